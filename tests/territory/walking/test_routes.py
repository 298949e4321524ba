"""Law W9 of docs/catchments.md: the line that is drawn is as long as the walk that is told."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.territory.network import build_network, snap
from geo.territory.walking.questions import prepare, walk_table
from geo.territory.walking.routes import route


def _streets(*lines: list[tuple[float, float]], direction: list[int] | None = None) -> Network:
    shapes = [shapely.LineString(line) for line in lines]
    columns = {"walk_direction": direction or [0] * len(shapes)}
    return build_network(gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:2154"))


def _at(network: Network, x: float, y: float) -> Snap:
    return snap(network, np.array([[x, y]]))


SQUARE = ([(0.0, 0.0), (0.0, 100.0), (100.0, 100.0), (100.0, 0.0)], [(0.0, 0.0), (100.0, 0.0)])


@pytest.mark.parametrize("compiled", [False, True])
def test_the_line_leads_from_home_to_school_along_the_streets(compiled: bool) -> None:  # noqa: FBT001
    network = _streets([(0, 0), (100, 0)], [(100, 100), (100, 0)], [(100, 0), (200, 0)])
    found = route(prepare(network, compiled=compiled), _at(network, 105, 60), _at(network, 30, 2))
    assert found.walk_m == pytest.approx(2 + 70 + 60 + 5)
    assert list(found.line.coords) == [(30, 0), (100, 0), (100, 60)]
    assert len(found.edges) == 2


def test_within_one_street_the_line_is_a_part_of_it_and_may_run_backwards() -> None:
    network = _streets([(0, 0), (100, 0)])
    found = route(prepare(network), _at(network, 20, 0), _at(network, 60, 0))
    assert list(found.line.coords) == [(60, 0), (20, 0)]
    assert found.walk_m == pytest.approx(40)


def test_at_the_door_of_the_school_the_line_has_no_length() -> None:
    network = _streets([(0, 0), (100, 0)])
    found = route(prepare(network), _at(network, 20, 3), _at(network, 20, 0))
    assert found.line.length == 0
    assert found.walk_m == pytest.approx(3)


def test_a_one_way_street_is_drawn_in_its_direction_only() -> None:
    network = _streets(*SQUARE, direction=[0, -1])
    home, school = _at(network, 0, 0), _at(network, 100, 0)
    assert route(prepare(network), school, home).line.length == pytest.approx(300)
    away = route(prepare(network, towards=False), school, home)
    assert list(away.line.coords) == [(100, 0), (0, 0)]


def test_of_parallel_streets_the_one_that_counts_is_drawn() -> None:
    bow = [(0, 0), (50, 60), (100, 0)]
    network = _streets(bow, [(0, 0), (100, 0)], [(0, 0), (-50, 0)], [(100, 0), (150, 0)], direction=[0, -1, 0, 0])
    home, school = _at(network, -50, 0), _at(network, 150, 0)
    there, back = route(prepare(network), school, home), route(prepare(network), home, school)
    assert (50, 60) in list(there.line.coords)
    assert back.line.length == pytest.approx(200)


def test_the_drawn_line_is_as_long_as_the_walk_that_is_told() -> None:
    # W9
    rng = np.random.default_rng(5)
    place = rng.uniform(0, 600, (40, 2))
    lines = [[tuple(place[a]), tuple(place[b])] for a, b in rng.integers(0, 40, (70, 2)) if a != b]
    network = _streets(*lines, direction=rng.choice([0, 0, 0, 1], len(lines)).tolist())
    schools, homes = (snap(network, rng.uniform(0, 600, (count, 2))) for count in (4, 25))
    streets = prepare(network)
    table = walk_table(streets, schools, homes)
    drawn = 0
    for home, school in zip(*np.nonzero(np.isfinite(table)), strict=True):
        one, two = (Snap(p.edge[[k]], p.along_m[[k]], p.access_m[[k]]) for p, k in ((schools, school), (homes, home)))
        found = route(streets, one, two)
        assert found.walk_m == table[home, school]
        assert found.line.length + one.access_m[0] + two.access_m[0] == pytest.approx(found.walk_m, abs=1e-4)
        drawn += 1
    assert drawn > 50


def test_where_there_is_no_way_the_answer_is_an_error_in_words() -> None:
    network = _streets([(0, 0), (100, 0)], direction=[1])
    with pytest.raises(NetworkError, match="expected a way between the two places, got none"):
        route(prepare(network), _at(network, 20, 0), _at(network, 60, 0))
