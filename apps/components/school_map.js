/**
 * The interactive school map, browser half (the Python half is school_map.py).
 *
 * What is heavy (outlines) is fetched once by its address and kept; what changes between two runs of the page
 * (colours, moves, selection) is a few ids. The map object lives as long as its box is in the page, so zoom and
 * position survive every rerun. No word, colour of a school or address of a layer is written here: all come from
 * Python. No network font, sprite or tile is used.
 */

const EMPTY = collection([]);
const LAYERS = ['units', 'sectors_base', 'streets', 'water', 'rails', 'zones'];
const SCHOOL_HATCHES = ['diagonal', 'cross', 'dots'];
const INK = '#17212b';
const NO_SCHOOL_FILL = '#dcdcdc';
const DRAG_PX = 4; // below this, a press and release is a click, not a box
const KEPT_LAYERS = 12; // parsed layers kept while the browser page lives, so that changing page and back is free

const maps = new WeakMap(); // box in the page -> SchoolMap
const parsedLayers = new Map(); // address -> promise of GeoJSON
let library = null; // promise of MapLibre
let lastSerial = 0;

export default function mount({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector('.sm-root');
  if (!maps.has(root)) maps.set(root, new SchoolMap(root));
  maps.get(root).receive(data, setTriggerValue);
  // Streamlit also calls this for a call that a newer one has overtaken: only a box that left the page is closed.
  return () => setTimeout(() => { if (!root.isConnected) maps.get(root)?.close(); });
}

class SchoolMap {
  constructor(root) {
    this.root = root;
    this.urls = {};
    this.units = new Units([]);
    this.schools = new Map();
    this.markers = new Map();
    this.moves = {};
    this.selected = new Set();
    this.shared = [];
    this.fetches = 0;
    this.sent = 0;
    this.boxMode = false;
    this.mark({ ready: 0, units: 0, fetches: 0, selected: 0, moved: 0 });
  }

  // ---- from Python -------------------------------------------------------------------------------------------

  receive(data, setTriggerValue) {
    this.wanted = data;
    this.setTriggerValue = setTriggerValue;
    document.documentElement.lang = data.texts.lang;
    this.root.style.height = `${data.height}px`;
    this.again = true;
    this.running ??= this.run().finally(() => { this.running = null; });
  }

  /** Build the map once. False when it cannot be drawn (a message then stands in the box). */
  async start(data) {
    const { assets, texts, view } = data;
    await Promise.all([stylesheet(this.root, assets.maplibre_css), stylesheet(this.root, assets.css)]);
    this.buildFrame(texts);
    if (!hasWebGL()) return this.giveUp(texts.no_webgl);
    this.gl = await loadLibrary(assets.maplibre_js);
    if (!this.gl) return this.giveUp(fill(texts.layer_failed, { layer: 'MapLibre' }));
    await untilVisible(this.root);
    this.map = new this.gl.Map({
      container: this.parts.canvas, style: style(), bounds: corners(view), fitBoundsOptions: { padding: 24 },
      attributionControl: false, dragRotate: false, maxPitch: 0, pitchWithRotate: false, boxZoom: false,
      doubleClickZoom: false, renderWorldCopies: false, fadeDuration: 0, locale: { 'Map.Title': texts.map },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new this.gl.ScaleControl({ maxWidth: 120 }), 'bottom-left');
    this.view = String(view);
    this.root.__map = this.map;
    await new Promise((done) => { this.map.once('load', done); });
    for (const kind of ['moved', 'shared', ...SCHOOL_HATCHES]) {
      this.map.addImage(kind, hatch(kind), { pixelRatio: 2 });
    }
    this.listen();
    return true;
  }

  async loadLayers(layers) {
    const changed = LAYERS.filter((name) => (layers[name] ?? '') !== (this.urls[name] ?? ''));
    await Promise.all(changed.map(async (name) => {
      this.urls[name] = layers[name];
      const data = layers[name] ? await this.fetchLayer(name, layers[name]) : EMPTY;
      if (this.closed || this.urls[name] !== layers[name]) return;
      if (name === 'units') this.setUnits(data);
      this.map.getSource(name).setData(data);
    }));
  }

  async fetchLayer(name, url) {
    if (!parsedLayers.has(url)) {
      this.mark({ fetches: ++this.fetches });
      parsedLayers.set(url, getJSON(absolute(url)));
      if (parsedLayers.size > KEPT_LAYERS) parsedLayers.delete(parsedLayers.keys().next().value);
    }
    const data = await parsedLayers.get(url);
    if (data) return data;
    parsedLayers.delete(url); // the next visit tries again
    this.warn(fill(this.texts.layer_failed, { layer: this.texts[`layer_${name}`] ?? name }));
    return EMPTY;
  }

  setUnits(data) {
    this.map.removeFeatureState({ source: 'units' });
    this.hovered = null;
    this.units = new Units(data.features);
    this.fadeOutlines();
    this.mark({ units: this.units.ids.length });
  }

  /** Outlines of units appear when units are large enough on the screen, or they would cover the colours. */
  fadeOutlines() {
    const { width } = this.units;
    if (!width) return;
    const zoom = Math.log2((10 * 360) / (512 * width)); // a typical unit is then 10 px wide
    const alpha = (colour) => ['interpolate', ['linear'], ['zoom'],
      zoom - 1, `rgba(${colour}, 0)`, zoom + 1, `rgba(${colour}, 0.9)`];
    this.map.setPaintProperty('units-fill', 'fill-outline-color', alpha('255, 255, 255'));
    this.map.setPaintProperty('selected-each', 'line-color', alpha('0, 0, 0'));
  }

  apply({ paint, texts, view, serial }) {
    this.setTexts(texts);
    this.schools = new Map(paint.schools.map((school) => [school.id, school]));
    this.moves = paint.moves;
    this.shared = paint.shared;
    // A newer gesture is on its way to Python: its answer will bring the selection.
    if (serial >= this.sent) this.selected = new Set(paint.selected.filter((id) => this.units.position.has(id)));
    if (String(view) !== this.view) {
      this.view = String(view);
      this.map.fitBounds(corners(view), { padding: 24, animate: false });
    }
    this.drawUnits();
    this.drawMarks();
    this.drawSchools();
    this.sayHowMany();
    this.settle();
  }

  // ---- drawing -----------------------------------------------------------------------------------------------

  schoolOf(id) {
    return this.moves[id] ?? this.units.home[this.units.position.get(id)];
  }

  /** Colours by feature state: only units whose look changes are touched, and no tile is laid out again. */
  drawUnits() {
    const { ids, look } = this.units;
    const hatches = new Set();
    const schools = ids.map((id) => this.schoolOf(id));
    ids.forEach((id, i) => {
      const school = this.schools.get(schools[i]);
      const fillColor = school?.fill ?? NO_SCHOOL_FILL;
      const pattern = school?.pattern ?? '';
      if (pattern) hatches.add(pattern);
      if (look[i] === fillColor + pattern) return;
      look[i] = fillColor + pattern;
      this.map.setFeatureState({ source: 'units', id }, { fill: fillColor, pattern });
    });
    for (const kind of SCHOOL_HATCHES) {
      this.map.setLayoutProperty(`hatch-${kind}`, 'visibility', hatches.has(kind) ? 'visible' : 'none');
    }
    const key = schools.join('\n');
    if (key !== this.bordersKey) this.map.getSource('borders').setData(this.units.borders(schools));
    this.bordersKey = key;
  }

  /** Moved, shared and selected units, drawn again on top: few, so sent whole. */
  drawMarks() {
    const moved = Object.keys(this.moves).filter((id) => this.units.position.has(id));
    const key = JSON.stringify([moved, this.shared, [...this.selected], this.urls.units]);
    if (key === this.marksKey) return;
    this.marksKey = key;
    const features = [];
    for (const [kind, ids] of [['shared', this.shared], ['moved', moved], ['selected', this.selected]]) {
      for (const id of ids) {
        const geometry = this.units.geometry(id);
        if (geometry) features.push(feature(kind, geometry));
      }
    }
    features.push(feature('limit', this.units.limit(this.selected)));
    features.push(feature('moved-limit', this.units.limit(new Set(moved))));
    this.map.getSource('marks').setData(collection(features));
    this.mark({ selected: this.selected.size, moved: moved.length });
    this.sayHowMany();
  }

  sayHowMany() {
    const n = this.selected.size;
    const text = n === 0 ? this.texts.selected_none : n === 1 ? this.texts.selected_one : this.texts.selected_many;
    say(this.parts.status, fill(text, { n: n.toLocaleString(this.texts.lang) }));
    this.parts.clear.disabled = n === 0;
  }

  drawSchools() {
    for (const [id, { marker }] of this.markers) {
      if (!this.schools.has(id)) { marker.remove(); this.markers.delete(id); }
    }
    for (const school of this.schools.values()) {
      if (!this.markers.has(school.id)) this.markers.set(school.id, this.newMarker(school.id));
      const { marker, button, label } = this.markers.get(school.id);
      marker.setLngLat([school.lon, school.lat]);
      if (!button.isConnected) marker.addTo(this.map);
      button.style.setProperty('--sm-fill', school.fill);
      button.setAttribute('aria-label', [school.name, school.text].filter(Boolean).join('\n'));
      say(label, school.label);
    }
    const buttons = [...this.markers.values()].map(({ button }) => button);
    if (buttons.length && buttons.every(({ tabIndex }) => tabIndex < 0)) buttons[0].tabIndex = 0;
    this.placeLabels();
  }

  newMarker(id) {
    const button = element('button', 'sm-school', { type: 'button', tabindex: -1 });
    button.dataset.school = id;
    button.append(element('span', 'sm-dot'));
    const label = element('span', 'sm-label', { 'aria-hidden': 'true' });
    button.append(label);
    const show = () => {
      const { name, text, lon, lat } = this.schools.get(id);
      this.showTip(this.map.project([lon, lat]), [name, text]);
    };
    button.addEventListener('click', (event) => {
      event.stopPropagation();
      button.focus({ preventScroll: true }); // which MapLibre keeps the mouse from doing
      this.send('school', id);
    });
    button.addEventListener('mousemove', (event) => { event.stopPropagation(); this.hover(null); show(); });
    button.addEventListener('mouseleave', () => this.showTip(null));
    button.addEventListener('focus', () => {
      for (const other of this.markers.values()) other.button.tabIndex = -1;
      button.tabIndex = 0;
      show();
    });
    button.addEventListener('blur', () => this.showTip(null));
    button.addEventListener('keydown', (event) => this.stepThroughSchools(event, id));
    return { marker: new this.gl.Marker({ element: button }), button, label };
  }

  /** One Tab stop for all schools; arrows go from one to the next. */
  stepThroughSchools(event, id) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const ids = [...this.markers.keys()];
    this.markers.get(ids[(ids.indexOf(id) + step + ids.length) % ids.length]).button.focus();
  }

  /** Show the names that fit on the map without covering one another or a school; the others appear under the pointer. */
  placeLabels() {
    const shown = [...this.markers.entries()].map(([id, { label, button }]) => {
      const { lon, lat } = this.schools.get(id);
      return { at: this.map.project([lon, lat]), width: label.offsetWidth, height: label.offsetHeight, button };
    });
    const { clientWidth: right, clientHeight: bottom } = this.root;
    const seen = (box) => box.left >= 0 && box.top >= 0 && box.right <= right && box.bottom <= bottom;
    const taken = shown.map(({ at }) => ({ left: at.x - 9, right: at.x + 9, top: at.y - 9, bottom: at.y + 9 }));
    shown.forEach(({ at, width, height, button }, own) => {
      const boxes = {
        right: { left: at.x + 12, right: at.x + 14 + width, top: at.y - height / 2, bottom: at.y + height / 2 },
        left: { left: at.x - 14 - width, right: at.x - 12, top: at.y - height / 2, bottom: at.y + height / 2 },
        top: { left: at.x - width / 2, right: at.x + width / 2, top: at.y - 11 - height, bottom: at.y - 11 },
        bottom: { left: at.x - width / 2, right: at.x + width / 2, top: at.y + 11, bottom: at.y + 11 + height },
      };
      const free = (spot) => seen(spot) && taken.every((box, i) => i === own || !overlap(box, spot));
      const side = Object.keys(boxes).find((name) => free(boxes[name]));
      button.dataset.side = side ?? 'none';
      if (side) taken.push(boxes[side]);
    });
  }

  // ---- what the person does ----------------------------------------------------------------------------------

  listen() {
    const { map, parts } = this;
    map.on('click', ({ point }) => this.toggle(this.unitAt(point)));
    map.on('mousemove', ({ point }) => this.hover(this.boxFrom ? null : this.unitAt(point), point));
    map.on('mouseout', () => this.hover(null));
    map.on('movestart', () => this.showTip(null));
    map.on('moveend', () => this.placeLabels());
    map.on('resize', () => this.placeLabels());
    parts.zoom_in.addEventListener('click', () => map.zoomIn());
    parts.zoom_out.addEventListener('click', () => map.zoomOut());
    parts.fit.addEventListener('click', () => map.fitBounds(corners(this.wanted.view), { padding: 24 }));
    parts.box.addEventListener('click', () => this.setBoxMode(!this.boxMode));
    parts.clear.addEventListener('click', () => this.select([], 'click'));
    this.root.addEventListener('keydown', (event) => { if (event.key === 'Escape') this.setBoxMode(false); });
    this.listenForBoxes(map.getCanvasContainer());
  }

  listenForBoxes(surface) {
    surface.addEventListener('pointerdown', (event) => {
      if (!event.isPrimary || event.button !== 0 || event.target !== this.map.getCanvas()) return;
      if (!event.shiftKey && !this.boxMode) return;
      this.map.dragPan.disable(); // before the map sees the press, which follows this event
      surface.setPointerCapture(event.pointerId);
      this.boxFrom = this.pointIn(event);
    });
    surface.addEventListener('pointermove', (event) => {
      if (!this.boxFrom) return;
      const { left, top, right, bottom } = rectangle(this.boxFrom, this.pointIn(event));
      Object.assign(this.parts.rubber.style, {
        left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px`,
      });
      this.parts.rubber.hidden = right - left < DRAG_PX && bottom - top < DRAG_PX;
    });
    surface.addEventListener('pointerup', (event) => {
      const from = this.boxFrom;
      this.endBox();
      if (!from) return;
      const box = rectangle(from, this.pointIn(event));
      if (box.right - box.left < DRAG_PX && box.bottom - box.top < DRAG_PX) return; // the map reports the click
      const [west, north] = this.map.unproject([box.left, box.top]).toArray();
      const [east, south] = this.map.unproject([box.right, box.bottom]).toArray();
      this.select([...this.selected, ...this.units.within(west, south, east, north)], 'box');
    });
    surface.addEventListener('pointercancel', () => this.endBox());
  }

  endBox() {
    this.boxFrom = null;
    this.parts.rubber.hidden = true;
    if (!this.boxMode) this.map.dragPan.enable();
  }

  setBoxMode(on) {
    this.boxMode = on;
    this.boxFrom = null;
    this.parts.rubber.hidden = true;
    this.parts.box.setAttribute('aria-pressed', String(on));
    this.root.classList.toggle('sm-boxing', on);
    say(this.parts.hint, on ? this.texts.box_hint : '');
    if (on) this.map.dragPan.disable(); else this.map.dragPan.enable();
  }

  toggle(id) {
    if (id === null) return;
    const without = [...this.selected].filter((one) => one !== id);
    this.select(without.length < this.selected.size ? without : [...without, id], 'click');
  }

  /** Shown at once; Python learns the whole selection, so that no gesture is lost when several come quickly. */
  select(ids, kind) {
    this.selected = new Set(ids);
    this.drawMarks();
    this.settle();
    this.send(kind, null);
  }

  send(kind, school) {
    lastSerial = Math.max(lastSerial + 1, Date.now());
    this.sent = lastSerial;
    this.setTriggerValue('picked', { kind, units: [...this.selected], school, serial: lastSerial });
  }

  pointIn(event) {
    const { left, top } = this.parts.canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  /** The unit under the pointer, or beside it where the simplified outlines of neighbours leave a gap. */
  unitAt({ x, y }) {
    const around = [[x, y], [[x - 2, y - 2], [x + 2, y + 2]]];
    for (const place of around) {
      const found = this.map.queryRenderedFeatures(place, { layers: ['units-fill'] });
      if (found.length) return found[0].id;
    }
    return null;
  }

  hover(id, point = null) {
    if (id !== this.hovered) {
      if (this.hovered) this.map.setFeatureState({ source: 'units', id: this.hovered }, { hover: false });
      if (id !== null) this.map.setFeatureState({ source: 'units', id }, { hover: true });
      this.hovered = id;
      this.map.getCanvas().style.cursor = id === null || this.boxMode ? '' : 'pointer';
    }
    this.showTip(id === null ? null : point, id === null ? [] : this.unitLines(id));
  }

  unitLines(id) {
    const i = this.units.position.get(id);
    const name = (school) => this.schools.get(school)?.name ?? this.texts.no_school;
    const lines = [this.units.label[i], name(this.schoolOf(id))];
    if (id in this.moves) lines.push(fill(this.texts.moved, { school: name(this.units.home[i]) }));
    if (this.shared.includes(id)) lines.push(this.texts.shared);
    return lines;
  }

  // ---- the frame around the map --------------------------------------------------------------------------------

  buildFrame(texts) {
    const parts = {
      canvas: element('div', 'sm-canvas'), toolbar: element('div', 'sm-toolbar', { role: 'toolbar' }),
      rubber: element('div', 'sm-rubber'), tip: element('div', 'sm-tip', { 'aria-hidden': 'true' }),
      foot: element('div', 'sm-foot'), status: element('div', 'sm-status', { 'aria-live': 'polite' }),
      hint: element('div', 'sm-hint', { 'aria-live': 'polite' }), attribution: element('div', 'sm-attribution'),
      loading: element('div', 'sm-loading'), alerts: element('div', 'sm-alerts', { role: 'alert' }),
    };
    for (const [name, drawing] of Object.entries(ICONS)) {
      parts[name] = element('button', 'sm-tool', { type: 'button' });
      parts[name].append(icon(drawing));
      parts.toolbar.append(parts[name]);
    }
    parts.box.setAttribute('aria-pressed', 'false');
    parts.rubber.hidden = true;
    parts.tip.hidden = true;
    parts.foot.append(parts.status, parts.hint);
    const { toolbar, canvas, rubber, foot, attribution, loading, tip, alerts } = parts;
    this.root.replaceChildren(toolbar, canvas, rubber, foot, attribution, loading, tip, alerts);
    this.parts = parts;
    this.setTexts(texts);
  }

  setTexts(texts) {
    this.texts = texts;
    for (const name of Object.keys(ICONS)) {
      this.parts[name].setAttribute('aria-label', texts[name]);
      this.parts[name].title = texts[name];
    }
    this.root.setAttribute('aria-label', texts.map);
    this.parts.toolbar.setAttribute('aria-label', texts.toolbar);
    this.map?.getCanvas().setAttribute('aria-label', texts.map);
    say(this.parts.attribution, texts.attribution);
    say(this.parts.loading, texts.loading);
    if (this.boxMode) say(this.parts.hint, texts.box_hint);
  }

  close() {
    this.closed = true;
    this.map?.remove();
    maps.delete(this.root);
  }
}

/** The units of the layer, by position in the file, and the edges that separate them. */
class Units {
  constructor(features) {
    this.features = features;
    this.ids = features.map(({ properties }) => String(properties.id));
    this.home = features.map(({ properties }) => (properties.school == null ? null : String(properties.school)));
    this.label = features.map(({ properties }) => properties.label ?? String(properties.id));
    this.look = new Array(features.length).fill('');
    this.position = new Map(this.ids.map((id, i) => [id, i]));
    const shapes = features.map(({ geometry }) => shape(geometry));
    this.centres = shapes.map(([middle]) => middle);
    this.width = Math.sqrt(shapes.reduce((sum, [, area]) => sum + area, 0) / features.length); // typical [degrees]
    this.edges = sharedEdges(features);
  }

  geometry(id) {
    return this.features[this.position.get(id)]?.geometry;
  }

  /** Units whose middle lies in the box [degrees]. */
  within(west, south, east, north) {
    return this.ids.filter((_, i) => {
      const [x, y] = this.centres[i];
      return x >= west && x <= east && y >= south && y <= north;
    });
  }

  /** Lines between units of different schools, and the outer limit. `schools` is in the order of the units. */
  borders(schools) {
    const between = [];
    for (const [one, other, lines] of this.edges.inner) {
      if (schools[one] !== schools[other]) between.push(...lines);
    }
    const outer = this.edges.outer.map(([, line]) => line);
    return collection([feature('outer', multiLine(outer)), feature('between', multiLine(between))]);
  }

  /** The line around a set of units taken together. */
  limit(ids) {
    const inside = this.ids.map((id) => ids.has(id));
    const lines = [];
    for (const [one, other, shared] of this.edges.inner) if (inside[one] !== inside[other]) lines.push(...shared);
    for (const [one, line] of this.edges.outer) if (inside[one]) lines.push(line);
    return multiLine(lines);
  }
}

function ringsOf(geometry) {
  if (geometry?.type === 'Polygon') return geometry.coordinates;
  return geometry?.type === 'MultiPolygon' ? geometry.coordinates.flat() : [];
}

function collection(features) {
  return { type: 'FeatureCollection', features };
}

function feature(kind, geometry) {
  return { type: 'Feature', properties: { kind }, geometry };
}

function multiLine(coordinates) {
  return { type: 'MultiLineString', coordinates };
}

/** Centroid and area [square degrees] of the largest ring (plane shoelace: units are small). */
function shape(geometry) {
  let best = [[NaN, NaN], 0];
  for (const ring of ringsOf(geometry)) {
    const [x0, y0] = ring[0]; // relative coordinates, or the products lose their digits
    let twice = 0, x = 0, y = 0;
    for (let i = 1; i < ring.length; i += 1) {
      const ax = ring[i - 1][0] - x0, ay = ring[i - 1][1] - y0, bx = ring[i][0] - x0, by = ring[i][1] - y0;
      const cross = ax * by - bx * ay;
      twice += cross; x += (ax + bx) * cross; y += (ay + by) * cross;
    }
    if (Math.abs(twice) / 2 > best[1]) best = [[x0 + x / (3 * twice), y0 + y / (3 * twice)], Math.abs(twice) / 2];
  }
  return best;
}

/**
 * The segments of a coverage, sorted by who owns them: `inner` holds [unit, unit, lines] for each pair of
 * neighbours, `outer` [unit, line] for lines with one owner. Neighbours must meet vertex for vertex (to 1e-7 degree,
 * about 1 cm).
 */
function sharedEdges(features) {
  const vertices = new Map();
  let origin = null;
  const vertex = ([lon, lat]) => {
    origin ??= [lon, lat];
    // Both steps in one exact integer: within 3 degrees of the first point each fits in 26 bits.
    const key = Math.round((lon - origin[0]) * 1e7) * 2 ** 26 + Math.round((lat - origin[1]) * 1e7);
    if (!vertices.has(key)) vertices.set(key, vertices.size);
    return vertices.get(key);
  };
  const half = new Map(); // segment seen once -> [owner, line]
  const pairs = new Map();
  features.forEach(({ geometry }, owner) => {
    for (const ring of ringsOf(geometry)) {
      const numbers = ring.map(vertex);
      for (let i = 1; i < ring.length; i += 1) {
        const low = Math.min(numbers[i - 1], numbers[i]), high = Math.max(numbers[i - 1], numbers[i]);
        const key = high * 2 ** 26 + low;
        const seen = half.get(key);
        if (!seen) { half.set(key, [owner, [ring[i - 1], ring[i]]]); continue; }
        half.delete(key);
        const pair = seen[0] * features.length + owner;
        if (!pairs.has(pair)) pairs.set(pair, [seen[0], owner, []]);
        pairs.get(pair)[2].push(seen[1]);
      }
    }
  });
  return { inner: [...pairs.values()], outer: [...half.values()] };
}

// ---- how it looks ----------------------------------------------------------------------------------------------

function style() {
  const byZoom = (...stops) => ['interpolate', ['exponential', 1.4], ['zoom'], ...stops];
  const state = (name, otherwise) => ['coalesce', ['feature-state', name], otherwise];
  const hovered = ['boolean', ['feature-state', 'hover'], false];
  const line = (id, source, paint, filter) => ({
    id, source, type: 'line', paint, layout: { 'line-cap': 'round', 'line-join': 'round' }, ...(filter && { filter }),
  });
  const marked = (kind) => ['==', ['get', 'kind'], kind];
  const areas = ['in', 'Polygon', ['geometry-type']];
  const sources = Object.fromEntries(LAYERS.map((name) => [name, { type: 'geojson', data: EMPTY }]));
  sources.units.promoteId = 'id';
  // Both hold lines made of short segments, which a tolerance would drop.
  sources.marks = { type: 'geojson', data: EMPTY, tolerance: 0 };
  sources.borders = { type: 'geojson', data: EMPTY, tolerance: 0 };
  return {
    version: 8,
    sources,
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': '#f6f4ef' } },
      { id: 'units-fill', source: 'units', type: 'fill', paint: {
        'fill-color': ['to-color', state('fill', NO_SCHOOL_FILL)],
        'fill-opacity': ['case', hovered, 0.95, 0.62],
        // The outline that comes with a fill is one pixel wide and far cheaper than a layer of lines.
        'fill-outline-color': '#ffffff' } },
      ...SCHOOL_HATCHES.map((kind) => ({
        id: `hatch-${kind}`, source: 'units', type: 'fill', layout: { visibility: 'none' },
        paint: {
          'fill-antialias': false, 'fill-pattern': kind,
          'fill-opacity': ['case', ['==', state('pattern', ''), kind], 0.5, 0] },
      })),
      { id: 'water-fill', source: 'water', type: 'fill', filter: areas, paint: { 'fill-color': '#b5d3e7' } },
      line('water-line', 'water', { 'line-color': '#b5d3e7', 'line-width': byZoom(10, 1, 16, 6) }, ['!', areas]),
      line('streets-line', 'streets', {
        'line-color': '#6d747b', 'line-opacity': 0.55, 'line-width': byZoom(11, 0.3, 14, 0.9, 17, 3) }),
      line('rails-line', 'rails', {
        'line-color': '#4a4a4a', 'line-width': byZoom(11, 1, 16, 3), 'line-dasharray': [4, 2] }),
      line('zones-line', 'zones', {
        'line-color': '#5b2a86', 'line-width': 2, 'line-dasharray': [1, 2.5] }),
      ...['shared', 'moved'].map((kind) => ({
        id: `${kind}-fill`, source: 'marks', type: 'fill', filter: marked(kind), paint: { 'fill-pattern': kind } })),
      line('borders-outer', 'borders', { 'line-color': INK, 'line-width': 1, 'line-opacity': 0.6 }, marked('outer')),
      line('borders-line', 'borders', { 'line-color': INK, 'line-width': byZoom(10, 1.2, 14, 2.4) }, marked('between')),
      line('sectors_base-line', 'sectors_base', {
        'line-color': INK, 'line-width': 1.2, 'line-dasharray': [3, 3], 'line-opacity': 0.8 }),
      line('moved-line', 'marks', { 'line-color': INK, 'line-width': 1.6 }, marked('moved-limit')),
      line('shared-line', 'marks', { 'line-color': INK, 'line-width': 0.8 }, marked('shared')),
      { id: 'selected-fill', source: 'marks', type: 'fill', filter: marked('selected'),
        paint: { 'fill-color': '#000000', 'fill-opacity': 0.22 } },
      line('selected-each', 'marks', { 'line-color': '#000000' }, marked('selected')),
      line('limit-casing', 'marks', { 'line-color': '#ffffff', 'line-width': byZoom(10, 4.5, 15, 7) }, marked('limit')),
      line('limit-line', 'marks', { 'line-color': '#000000', 'line-width': byZoom(10, 2.4, 15, 4) }, marked('limit')),
    ],
  };
}

/** A square of hatching that repeats without a seam, drawn at twice its size on the map. */
function hatch(kind) {
  const size = 16;
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.strokeStyle = kind === 'pale' ? '#ffffff' : INK;
  pen.fillStyle = INK;
  pen.lineWidth = { moved: 2.6, shared: 1.5 }[kind] ?? 2;
  const stroke = (...points) => {
    pen.beginPath();
    points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  };
  const rising = () => [-size, 0, size].forEach((x) => stroke([x - 2, size + 2], [x + size + 2, -2]));
  const falling = () => [-size, 0, size].forEach((x) => stroke([x - 2, -2], [x + size + 2, size + 2]));
  const drawings = {
    moved: falling,
    diagonal: rising,
    pale: rising,
    cross: () => { rising(); falling(); },
    dots: () => { pen.arc(size / 2, size / 2, 3, 0, 2 * Math.PI); pen.fill(); },
    shared: () => [4, 12].forEach((y) => stroke([0, y], [size, y])),
  };
  drawings[kind]();
  return pen.getImageData(0, 0, size, size);
}

const ICONS = {
  zoom_in: 'M10 4v12M4 10h12',
  zoom_out: 'M4 10h12',
  fit: 'M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4',
  box: 'M4 7V4h3M9 4h2M13 4h3v3M16 9v2M16 13v3h-3M11 16H9M7 16H4v-3M4 11V9M8 10h4M10 8v4',
  clear: 'M5 5l10 10M15 5L5 15',
};

// ---- small things ------------------------------------------------------------------------------------------------

function icon(drawing) {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', drawing);
  svg.append(path);
  return svg;
}

function element(tag, name, attributes = {}) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Set a text only when it differs, so that a screen reader is not told twice. */
function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function corners([west, south, east, north]) {
  return [[west, south], [east, north]];
}

function rectangle([x1, y1], [x2, y2]) {
  return { left: Math.min(x1, x2), right: Math.max(x1, x2), top: Math.min(y1, y2), bottom: Math.max(y1, y2) };
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Addresses are relative to the page, as Streamlit's own are, so that a prefix set by a proxy is kept. */
function absolute(path) {
  return new URL(path, document.baseURI).href;
}

async function getJSON(url) {
  try {
    const answer = await fetch(url);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // no network or not JSON: the caller says which layer is missing
  }
}

function stylesheet(root, path) {
  return new Promise((done) => {
    const link = element('link', '', { rel: 'stylesheet', href: absolute(path) });
    link.addEventListener('load', done);
    link.addEventListener('error', done);
    root.before(link);
  });
}

function loadLibrary(path) {
  library ??= new Promise((done) => {
    const script = element('script', '', { src: absolute(path) });
    script.addEventListener('load', () => done(window.maplibregl));
    script.addEventListener('error', () => { library = null; done(null); });
    document.head.append(script);
  });
  return library;
}

function hasWebGL() {
  const canvas = document.createElement('canvas');
  return Boolean(canvas.getContext('webgl2') ?? canvas.getContext('webgl'));
}

/** A map made in a box without size (a closed tab or expander) would never find its bounds. */
function untilVisible(root) {
  return new Promise((done) => {
    const watcher = new ResizeObserver(() => {
      if (root.clientWidth === 0 || root.clientHeight === 0) return;
      watcher.disconnect();
      done();
    });
    watcher.observe(root);
  });
}

/** What every map on a page does, whatever it shows: apply the newest data, say what it says, come to rest. */
const common = {
  /** Apply the newest data; data that arrive meanwhile are applied after, and only the newest. */
  async run() {
    while (this.again && !this.closed) {
      this.again = false;
      const data = this.wanted;
      this.started ??= this.start(data);
      if (!(await this.started)) return;
      await this.loadLayers(data.layers);
      if (!this.closed) this.apply(this.wanted);
    }
  },

  /** data-ready is 1 when what is on the screen is what was last asked for. */
  settle() {
    this.mark({ ready: 0 });
    if (!this.settling) {
      this.settling = true;
      this.map.once('idle', () => {
        this.settling = false;
        this.parts.loading.hidden = true;
        this.mark({ ready: 1 });
      });
    }
    this.map.triggerRepaint();
  },

  showTip(point, lines = []) {
    const { tip } = this.parts;
    tip.hidden = !point;
    if (!point) return;
    tip.replaceChildren(...lines.filter(Boolean).map((line, i) => {
      const row = element(i ? 'div' : 'strong', '');
      row.textContent = line;
      return row;
    }));
    const x = Math.min(point.x + 14, this.root.clientWidth - tip.offsetWidth - 6);
    const y = point.y + 18 + tip.offsetHeight < this.root.clientHeight ? point.y + 18 : point.y - 12 - tip.offsetHeight;
    tip.style.transform = `translate(${Math.max(6, x)}px, ${Math.max(6, y)}px)`;
  },

  warn(message) {
    const line = element('p', '');
    line.textContent = message;
    this.parts.alerts.append(line);
  },

  giveUp(message) {
    this.root.classList.add('sm-failed');
    this.parts.loading.hidden = true;
    this.warn(message);
    return false;
  },

  mark(values) {
    for (const [name, value] of Object.entries(values)) this.root.dataset[name] = String(value);
  },
};
Object.assign(SchoolMap.prototype, common);

/** What the map of points (point_map.js) shares with this one; its loader hands it over. */
export const kit = {
  EMPTY, absolute, common, corners, element, fill, getJSON, hasWebGL, hatch, icon, loadLibrary, say, stylesheet, untilVisible,
};
