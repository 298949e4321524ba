"""Areas drawn by hand are fitted to each other: every place of the commune is in one area."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.sources.limits import fit_to_commune

COMMUNE = shapely.box(0, 0, 1000, 500)


def _areas(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": [str(row) for row in range(len(shapes))]}, geometry=list(shapes), crs="EPSG:2154")


def test_fitted_areas_fill_the_commune_once() -> None:
    rng = np.random.default_rng(5)
    cuts = np.sort(rng.uniform(50, 950, 6))
    pairs = zip([-30.0, *cuts], [*cuts, 1030.0], strict=True)
    drawn = _areas(*(shapely.box(a + rng.uniform(-8, 8), -20, b + rng.uniform(-8, 8), 490) for a, b in pairs))
    fitted = fit_to_commune(drawn, COMMUNE)
    assert fitted.areas.area.sum() == pytest.approx(COMMUNE.area)
    assert shapely.area(shapely.union_all(fitted.areas.geometry.to_numpy())) == pytest.approx(COMMUNE.area)
    assert list(fitted.areas["name"]) == list(drawn["name"])


def test_what_was_changed_is_told() -> None:
    fitted = fit_to_commune(_areas(shapely.box(0, 0, 510, 500), shapely.box(500, 0, 980, 510)), COMMUNE)
    assert fitted.overlaps_m2 == pytest.approx(10 * 500)
    assert fitted.gaps_m2 == pytest.approx(20 * 500)
    assert fitted.outside_m2 == pytest.approx(480 * 10)
    assert list(fitted.areas.area) == pytest.approx([510 * 500, 490 * 500])


def test_a_wide_gap_goes_to_the_area_that_it_lies_along_most() -> None:
    fitted = fit_to_commune(_areas(shapely.box(0, 0, 300, 500), shapely.box(300, 0, 800, 300)), COMMUNE)
    assert fitted.areas.area.sum() == pytest.approx(COMMUNE.area)
    assert fitted.areas.geometry[1].contains(shapely.Point(990, 490))


def test_an_area_that_cuts_itself_is_repaired() -> None:
    bow = shapely.Polygon([(0, 0), (1000, 500), (1000, 0), (0, 500)])
    fitted = fit_to_commune(_areas(bow), COMMUNE)
    assert fitted.areas.geometry.is_valid.all()
    assert fitted.areas.area.sum() == pytest.approx(COMMUNE.area)
