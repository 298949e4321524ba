/**
 * A map of shapes and numbered marks on which a place can be clicked, browser half (the Python half is point_map.py).
 *
 * Few shapes, so they come with each run; outlines of streets and water come by address and are fetched once. No word
 * and no colour of a figure is written here: all come from Python. What both maps need is handed over by the loader.
 */

const BASE = ['water', 'streets', 'rails', 'areas', 'sectors', 'catchments'];
// What is under the pointer is told in this order.
const TOLD = ['areas', 'sectors', 'catchments'];
const INK = '#17212b';
const TOOLS = ['zoom_in', 'zoom_out', 'fit'];
const ICONS = { zoom_in: 'M10 4v12M4 10h12', zoom_out: 'M4 10h12', fit: 'M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4' };

const maps = new WeakMap(); // box in the page -> PointMap
let kit = null;
let lastSerial = 0;

export default function mount({ parentElement, data, setTriggerValue }, given) {
  kit = given;
  Object.assign(PointMap.prototype, kit.common);
  const root = parentElement.querySelector('.pm-root');
  if (!maps.has(root)) maps.set(root, new PointMap(root));
  maps.get(root).receive(data, setTriggerValue);
  // Streamlit also calls this for a call that a newer one has overtaken: only a box that left the page is closed.
  return () => setTimeout(() => { if (!root.isConnected) maps.get(root)?.close(); });
}

class PointMap {
  constructor(root) {
    this.root = root;
    this.urls = {};
    this.marks = new Map(); // id -> { marker, button, mark }
    this.sent = 0;
    this.mark({ ready: 0, points: 0, marks: 0 });
  }

  receive(data, setTriggerValue) {
    this.wanted = data;
    this.setTriggerValue = setTriggerValue;
    document.documentElement.lang = data.texts.lang;
    this.root.style.height = `${data.height}px`;
    this.again = true;
    this.running ??= this.run().finally(() => { this.running = null; });
  }

  /** Build the map once. False when it cannot be drawn (a message then stands in the box). */
  async start({ assets, texts, view }) {
    await Promise.all([assets.maplibre_css, assets.css, assets.own_css].map((path) => kit.stylesheet(this.root, path)));
    this.buildFrame(texts);
    if (!kit.hasWebGL()) return this.giveUp(texts.no_webgl);
    this.gl = await kit.loadLibrary(assets.maplibre_js);
    if (!this.gl) return this.giveUp(kit.fill(texts.layer_failed, { layer: 'MapLibre' }));
    await kit.untilVisible(this.root);
    this.map = new this.gl.Map({
      container: this.parts.canvas, style: style(), bounds: kit.corners(view), fitBoundsOptions: { padding: 28 },
      attributionControl: false, dragRotate: false, maxPitch: 0, pitchWithRotate: false, boxZoom: false,
      doubleClickZoom: false, renderWorldCopies: false, fadeDuration: 0, maxZoom: 22, locale: { 'Map.Title': texts.map },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new this.gl.ScaleControl({ maxWidth: 120 }), 'bottom-left');
    this.view = String(view);
    this.root.__map = this.map;
    await new Promise((done) => { this.map.once('load', done); });
    for (const kind of ['diagonal', 'pale']) this.map.addImage(kind, kit.hatch(kind), { pixelRatio: 2 });
    this.listen();
    return true;
  }

  async loadLayers(layers) {
    const changed = BASE.filter((name) => (layers[name] ?? '') !== (this.urls[name] ?? ''));
    await Promise.all(changed.map(async (name) => {
      this.urls[name] = layers[name];
      const data = layers[name] ? await kit.getJSON(kit.absolute(layers[name])) : kit.EMPTY;
      if (this.closed || this.urls[name] !== layers[name]) return;
      if (!data) this.warn(kit.fill(this.texts.layer_failed, { layer: this.texts[`layer_${name}`] ?? name }));
      this.map.getSource(name).setData(data ?? kit.EMPTY);
    }));
  }

  apply({ shapes, marks, clickable, texts, view, serial }) {
    this.setTexts(texts);
    this.clickable = clickable;
    this.map.getSource('shapes').setData(shapes);
    if (serial >= this.sent) this.map.getSource('pending').setData(kit.EMPTY);
    this.map.getCanvas().style.cursor = clickable ? 'crosshair' : '';
    if (String(view) !== this.view) {
      this.view = String(view);
      this.map.fitBounds(kit.corners(view), { padding: 28, animate: false });
    }
    this.drawMarks(marks);
    const points = shapes.features.filter(({ properties }) => properties.kind.endsWith('_stem')).length;
    this.mark({ points, marks: marks.length, serial });
    this.settle();
  }

  drawMarks(marks) {
    const wanted = new Map(marks.map((mark) => [mark.id, mark]));
    for (const [id, { marker }] of this.marks) {
      if (!wanted.has(id)) { marker.remove(); this.marks.delete(id); }
    }
    for (const mark of marks) {
      if (!this.marks.has(mark.id)) this.marks.set(mark.id, this.newMark(mark.id));
      const drawn = this.marks.get(mark.id);
      drawn.mark = mark;
      drawn.marker.setLngLat([mark.lon, mark.lat]);
      if (!drawn.button.isConnected) drawn.marker.addTo(this.map);
      drawn.button.style.setProperty('--pm-fill', mark.fill);
      drawn.button.style.setProperty('--pm-ink', mark.ink);
      drawn.button.setAttribute('aria-label', [mark.name, mark.text].filter(Boolean).join('\n'));
      drawn.button.setAttribute('aria-pressed', String(mark.chosen));
      kit.say(drawn.button, mark.label);
    }
    const buttons = [...this.marks.values()].map(({ button }) => button);
    if (buttons.length && buttons.every(({ tabIndex }) => tabIndex < 0)) buttons[0].tabIndex = 0;
  }

  newMark(id) {
    const button = kit.element('button', 'pm-mark', { type: 'button', tabindex: -1 });
    button.dataset.mark = id;
    const show = () => {
      const { name, text, lon, lat } = this.marks.get(id).mark;
      this.showTip(this.map.project([lon, lat]), [name, ...text.split('\n')]);
    };
    button.addEventListener('click', (event) => {
      event.stopPropagation();
      button.focus({ preventScroll: true }); // which MapLibre keeps the mouse from doing
      this.send('mark', { mark: id });
    });
    button.addEventListener('mousemove', (event) => { event.stopPropagation(); show(); });
    button.addEventListener('mouseleave', () => this.showTip(null));
    button.addEventListener('focus', () => {
      for (const other of this.marks.values()) other.button.tabIndex = -1;
      button.tabIndex = 0;
      show();
    });
    button.addEventListener('blur', () => this.showTip(null));
    button.addEventListener('keydown', (event) => this.step(event, id));
    return { marker: new this.gl.Marker({ element: button }), button };
  }

  /** One Tab stop for all marks; arrows go from one to the next. */
  step(event, id) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const ids = [...this.marks.keys()];
    this.marks.get(ids[(ids.indexOf(id) + by + ids.length) % ids.length]).button.focus();
  }

  listen() {
    const { map, parts } = this;
    map.on('click', ({ lngLat }) => {
      if (!this.clickable) return;
      // Seen at once; the answer of Python takes its place.
      this.map.getSource('pending').setData({ type: 'Point', coordinates: [lngLat.lng, lngLat.lat] });
      this.send('point', { lon: lngLat.lng, lat: lngLat.lat });
    });
    map.on('movestart', () => this.showTip(null));
    map.on('mousemove', ({ point }) => this.tell(point));
    map.on('mouseout', () => this.showTip(null));
    parts.zoom_in.addEventListener('click', () => map.zoomIn());
    parts.zoom_out.addEventListener('click', () => map.zoomOut());
    parts.fit.addEventListener('click', () => map.fitBounds(kit.corners(this.wanted.view), { padding: 28 }));
  }

  /** Say what lies under the pointer, if the map has areas. */
  tell(point) {
    const found = this.map.queryRenderedFeatures(point, { layers: TOLD.map((name) => `${name}-fill`) });
    const lines = TOLD.flatMap((name) => {
      const feature = found.find(({ source }) => source === name);
      if (!feature) return [];
      const { code, name: told } = feature.properties;
      return [name === 'areas' ? this.texts[`class_${code}`] : kit.fill(this.texts[`tip_${name}`] ?? '', { name: told })];
    });
    if (lines.length || this.telling) this.showTip(lines.length ? point : null, lines);
    this.telling = lines.length > 0;
  }

  send(kind, what) {
    lastSerial = Math.max(lastSerial + 1, Date.now());
    this.sent = lastSerial;
    this.mark({ ready: 0 });
    this.setTriggerValue('tapped', { kind, mark: null, lon: null, lat: null, ...what, serial: lastSerial });
  }

  buildFrame(texts) {
    const parts = {
      canvas: kit.element('div', 'sm-canvas'), toolbar: kit.element('div', 'sm-toolbar', { role: 'toolbar' }),
      tip: kit.element('div', 'sm-tip', { 'aria-hidden': 'true' }), attribution: kit.element('div', 'sm-attribution'),
      loading: kit.element('div', 'sm-loading'), alerts: kit.element('div', 'sm-alerts', { role: 'alert' }),
    };
    for (const name of TOOLS) {
      parts[name] = kit.element('button', 'sm-tool', { type: 'button' });
      parts[name].append(kit.icon(ICONS[name]));
      parts.toolbar.append(parts[name]);
    }
    parts.tip.hidden = true;
    const { toolbar, canvas, attribution, loading, tip, alerts } = parts;
    this.root.replaceChildren(toolbar, canvas, attribution, loading, tip, alerts);
    this.parts = parts;
    this.setTexts(texts);
  }

  setTexts(texts) {
    this.texts = texts;
    for (const name of TOOLS) {
      this.parts[name].setAttribute('aria-label', texts[name]);
      this.parts[name].title = texts[name];
    }
    this.root.setAttribute('aria-label', texts.map);
    this.parts.toolbar.setAttribute('aria-label', texts.toolbar);
    this.map?.getCanvas().setAttribute('aria-label', texts.map);
    kit.say(this.parts.attribution, texts.attribution);
    kit.say(this.parts.loading, texts.loading);
  }

  close() {
    this.closed = true;
    this.map?.remove();
    maps.delete(this.root);
  }
}

// ---- how it looks ----------------------------------------------------------------------------------------------

function style() {
  const byZoom = (...stops) => ['interpolate', ['exponential', 1.4], ['zoom'], ...stops];
  const kind = (name) => ['==', ['get', 'kind'], name];
  const areas = ['in', 'Polygon', ['geometry-type']];
  const line = (id, source, paint, filter) => ({
    id, source, type: 'line', paint, layout: { 'line-cap': 'round', 'line-join': 'round' }, ...(filter && { filter }),
  });
  const area = (name, paint) => ({ id: name, source: 'shapes', type: 'fill', filter: kind(name), paint });
  const sources = Object.fromEntries([...BASE, 'shapes', 'pending'].map((name) => [name, { type: 'geojson', data: kit.EMPTY }]));
  // Shade is drawn by steps of a pixel of 1 m, which a tolerance would smooth away.
  sources.shapes.tolerance = 0;
  sources.shapes.maxzoom = 20;
  return {
    version: 8,
    sources,
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': '#f6f4ef' } },
      { id: 'water-fill', source: 'water', type: 'fill', filter: areas, paint: { 'fill-color': '#b5d3e7' } },
      line('water-line', 'water', { 'line-color': '#b5d3e7', 'line-width': byZoom(10, 1, 16, 6) }, ['!', areas]),
      { id: 'areas-fill', source: 'areas', type: 'fill', filter: areas, paint: {
        'fill-color': ['get', 'fill'], 'fill-antialias': false } },
      { id: 'areas-hatch', source: 'areas', type: 'fill', filter: ['!=', ['get', 'hatch'], ''], paint: {
        'fill-pattern': ['get', 'hatch'], 'fill-antialias': false, 'fill-opacity': 0.6 } },
      ...['sectors', 'catchments'].map((source) => ({
        id: `${source}-fill`, source, type: 'fill', filter: areas, paint: { 'fill-opacity': 0 } })),
      line('streets-line', 'streets', {
        'line-color': '#8a9199', 'line-opacity': 0.5, 'line-width': byZoom(11, 0.3, 14, 0.9, 17, 4, 19, 9) }),
      line('rails-line', 'rails', {
        'line-color': '#4a4a4a', 'line-width': byZoom(11, 1, 16, 3), 'line-dasharray': [4, 2] }),
      line('sectors-halo', 'sectors', { 'line-color': '#ffffff', 'line-opacity': 0.7, 'line-width': byZoom(11, 3, 16, 6) }),
      line('sectors-line', 'sectors', { 'line-color': INK, 'line-width': byZoom(11, 1.2, 16, 3) }),
      line('catchments-halo', 'catchments', { 'line-color': '#ffffff', 'line-width': byZoom(11, 4, 16, 7) }, ['!', areas]),
      line('catchments-line', 'catchments', {
        'line-color': '#0a3ba0', 'line-width': byZoom(11, 2.2, 16, 4), 'line-dasharray': [2.2, 1.4] }, ['!', areas]),
      line('commune', 'shapes', { 'line-color': INK, 'line-width': 1, 'line-opacity': 0.6 }, kind('commune')),
      area('yard', { 'fill-color': ['coalesce', ['get', 'fill'], '#fbe9c6'] }),
      area('shade', { 'fill-color': '#44546a', 'fill-opacity': 0.72, 'fill-antialias': false }),
      area('new_shade', { 'fill-color': '#0072b2', 'fill-opacity': 0.85, 'fill-antialias': false }),
      line('yard-line', 'shapes', { 'line-color': INK, 'line-width': byZoom(12, 0.6, 18, 2) }, kind('yard')),
      area('building', { 'fill-color': '#b9b4ac' }),
      line('building-line', 'shapes', { 'line-color': '#7d776d', 'line-width': 0.8 }, kind('building')),
      area('tree', { 'fill-color': '#3f8f4f', 'fill-opacity': 0.55 }),
      line('tree-line', 'shapes', { 'line-color': '#2c6a39', 'line-width': 1 }, kind('tree')),
      area('planted', { 'fill-color': '#74c476', 'fill-opacity': 0.5 }),
      line('planted-line', 'shapes', { 'line-color': '#000000', 'line-width': 1.8 }, kind('planted')),
      ...[['hand_stem', '#000000'], ['budget_stem', '#ffffff']].map(([name, fill]) => ({
        id: name, source: 'shapes', type: 'circle', filter: kind(name), paint: {
          'circle-radius': 4, 'circle-stroke-width': 1.6, 'circle-stroke-color': '#000000', 'circle-color': fill } })),
      line('walk-halo', 'shapes', { 'line-color': '#ffffff', 'line-width': 9 }, ['any', kind('own_walk'), kind('nearest_walk')]),
      line('own-walk', 'shapes', { 'line-color': '#000000', 'line-width': 5 }, kind('own_walk')),
      line('nearest-walk', 'shapes', {
        'line-color': '#0a3ba0', 'line-width': 4, 'line-dasharray': [1.4, 1.2] }, kind('nearest_walk')),
      { id: 'home', source: 'shapes', type: 'circle', filter: kind('home'), paint: {
        'circle-radius': 8, 'circle-stroke-width': 3, 'circle-stroke-color': '#000000', 'circle-color': '#ffffff' } },
      { id: 'pending', source: 'pending', type: 'circle', paint: {
        'circle-radius': 7, 'circle-color': '#74c476', 'circle-opacity': 0.6,
        'circle-stroke-width': 2, 'circle-stroke-color': '#000000' } },
    ],
  };
}
