"""Laws W53 and W54 of docs/national.md: the streets of many files, tile by tile, are walked as those of one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import shapely

from geo.errors import NetworkError
from geo.sources.street_shards import Shard, ShardTask, cells_of, joined, load, write_shard
from geo.sources.street_tiles import locate, nearest_of_files, walk
from geo.sources.streets_files import read_streets
from geo.territory.network import build_network, snap
from geo.territory.walking.questions import nearest, prepare

CRS = "EPSG:2154"
X, Y = 700_000.0, 6_600_000.0
# Communes of 1.5 km side, four by two of them; squares of 100 m.
SIDE, ACROSS, UP = 15, 4, 2


def _country(seed: int) -> gpd.GeoDataFrame:
    """Make crooked squares, a fifth of the streets missing and some one way; column `commune` for where each begins."""
    rng = np.random.default_rng(seed)
    columns, rows = SIDE * ACROSS, SIDE * UP
    place = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1), indexing="ij"), axis=-1) * 100.0
    place += np.array([X, Y]) + rng.uniform(-30, 30, place.shape)
    lines, commune = [], []
    for i, j in np.ndindex(columns + 1, rows + 1):
        for end in ((i + 1, j), (i, j + 1)):
            if end[0] <= columns and end[1] <= rows and rng.random() > 0.2:
                lines.append(shapely.LineString([place[i, j], place[end]]))
                commune.append(min(i // SIDE, ACROSS - 1) * UP + min(j // SIDE, UP - 1))
    ways = rng.choice([0, 0, 0, 0, 0, 1, -1], len(lines))
    return gpd.GeoDataFrame({"commune": commune, "walk_direction": ways}, geometry=lines, crs=CRS)


def _files(country: gpd.GeoDataFrame, folder: Path) -> list[Path]:
    paths = []
    for commune, streets in country.groupby("commune"):
        paths.append(folder / f"commune_{commune}.gpkg")
        streets.drop(columns="commune").to_file(paths[-1], driver="GPKG", engine="pyogrio")
    return paths


def _shards(paths: list[Path]) -> list[Shard]:
    return joined([write_shard(ShardTask(str(path), CRS, str(path.with_suffix(".npz")))) for path in paths])


def _points(count: int, seed: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(seed).uniform((X, Y), (X + 100 * SIDE * ACROSS, Y + 100 * SIDE * UP), (count, 2))


def _in_one_piece(shards: list[Shard], schools: Any, homes: Any = None) -> Any:  # noqa: ANN401
    network, _ = load(shards)
    found = nearest(
        prepare(network, ranked=False), snap(network, schools), None if homes is None else snap(network, homes)
    )
    return network, found


@pytest.fixture(scope="module")
def country() -> gpd.GeoDataFrame:
    return _country(3)


@pytest.fixture(scope="module")
def shards(country: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory) -> list[Shard]:
    return _shards(_files(country, tmp_path_factory.mktemp("communes")))


@pytest.mark.parametrize("count", [1, 12])
def test_homes_of_many_communes_have_the_walks_of_one_network(
    country: gpd.GeoDataFrame, shards: list[Shard], count: int
) -> None:
    # W53, beside the way of a single city: one table of streets, one network, one search.
    schools, homes = _points(count, 1), _points(300, 2)
    found = nearest_of_files(shards, schools, homes)
    network = build_network(country.sort_values("commune", kind="stable"))
    expected = nearest(prepare(network), snap(network, schools), snap(network, homes))
    assert np.array_equal(found.walk_m, expected.walk_m)
    assert np.array_equal(found.school, expected.school)
    assert found.certified.all()
    assert np.array_equal(found.xy, homes)
    assert np.isfinite(found.walk_m).mean() > 0.9
    if count == 1:
        assert len(found.passes) > 1


def test_nodes_of_many_communes_have_the_walks_of_one_network_each_of_them_once(shards: list[Shard]) -> None:
    # W53
    schools = _points(5, 4)
    found = nearest_of_files(shards, schools)
    network, expected = _in_one_piece(shards, schools)
    ours, theirs = np.argsort(cells_of(found.xy)), np.argsort(cells_of(network.node_xy))
    assert np.array_equal(found.xy[ours], network.node_xy[theirs])
    assert np.array_equal(found.walk_m[ours], expected.walk_m[theirs])
    assert np.array_equal(found.school[ours], expected.school[theirs])
    assert found.certified.all()


def test_schools_at_the_limit_of_two_communes_are_brought_to_the_nearest_street_of_either(shards: list[Shard]) -> None:
    limit = np.stack([np.full(12, X + 100 * SIDE), np.linspace(Y + 50, Y + 100 * SIDE * UP - 50, 12)], axis=1)
    found = nearest_of_files(shards, limit, _points(80, 5))
    _, expected = _in_one_piece(shards, limit, _points(80, 5))
    assert np.array_equal(found.walk_m, expected.walk_m)
    assert np.array_equal(found.school, expected.school)


def test_files_that_overlap_and_stand_in_any_order_change_nothing(country: gpd.GeoDataFrame, tmp_path: Path) -> None:
    # Each file holds the streets of its neighbours as well, as an extract with whole ways does.
    both = [country[country["commune"].isin([one, one + 1])].assign(commune=one) for one in (4, 2, 0, 6, 5, 3, 1)]
    paths = _files(gpd.GeoDataFrame(pd.concat(both), crs=CRS), tmp_path)
    schools, homes = _points(3, 6), _points(60, 7)
    found = nearest_of_files(_shards(paths[::-1]), schools, homes)
    network = build_network(country)
    expected = nearest(prepare(network), snap(network, schools), snap(network, homes))
    assert np.array_equal(found.walk_m, expected.walk_m)
    assert found.certified.all()


def _two_islands(tmp_path: Path) -> list[Shard]:
    """Make a mainland in two files, an island of 2.4 km in the second, a courtyard of 40 m in the first."""

    def line(*xy: tuple[float, float]) -> shapely.LineString:
        return shapely.LineString([(X + x, Y + y) for x, y in xy])

    lines = [
        line((0, 0), (3000, 0)),
        line((0, 50), (40, 50)),
        line((3000, 0), (9000, 0)),
        line((3000, 500), (5400, 500)),
    ]
    return _shards(_files(gpd.GeoDataFrame({"commune": [0, 0, 1, 1]}, geometry=lines, crs=CRS), tmp_path))


def test_islands_stay_courtyards_go_and_what_has_no_school_is_certified_to_have_none(tmp_path: Path) -> None:
    # W54. The school at the start of the mainland; homes in the middle of it, in the courtyard and on the island.
    shards = _two_islands(tmp_path)
    assert [shard.kept.tolist() for shard in shards] == [[True, False], [True, True]]
    homes = np.array([(X + 6000, Y), (X + 20, Y + 60), (X + 4000, Y + 500)])
    found = nearest_of_files(shards, np.array([(X, Y)]), homes)
    # From the courtyard one goes to the street below it.
    assert found.walk_m == pytest.approx([6000, 60 + 20, np.inf])
    assert found.school.tolist() == [0, 0, -1]
    assert found.certified.all()


def test_points_that_no_street_is_near_have_no_walk_and_are_told(tmp_path: Path) -> None:
    far = np.array([(X + 50_000, Y + 50_000)])
    found = nearest_of_files(_two_islands(tmp_path), np.concatenate([far, [(X, Y)]]), np.concatenate([far, [(X, Y)]]))
    assert found.walk_m.tolist() == [np.inf, 0]
    assert found.school.tolist() == [-1, 1]
    assert found.lost_schools.tolist() == [0]
    assert found.certified.all()


def test_no_school_is_an_answer(tmp_path: Path) -> None:
    found = nearest_of_files(_two_islands(tmp_path), np.empty((0, 2)))
    assert np.isinf(found.walk_m).all()
    assert found.certified.all()
    assert len(found.walk_m) == 5


def _failing(at: Callable[[Any], Any]) -> Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]:
    return lambda work, tasks: (None if work is at and task.own == 0 else work(task) for task in tasks)


def test_a_tile_that_failed_is_named_and_not_certified(tmp_path: Path) -> None:
    shards = _two_islands(tmp_path)
    homes = np.array([(X + 500, Y), (X + 6000, Y)])
    found = nearest_of_files(shards, np.array([(X, Y)]), homes, run=_failing(walk))
    assert found.failed == (shards[0].name,)
    assert found.certified.tolist() == [False, True]
    assert found.walk_m == pytest.approx([np.inf, 6000])


def test_schools_that_could_not_be_placed_end_the_work(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"commune_0.gpkg: its schools"):
        nearest_of_files(_two_islands(tmp_path), np.array([(X, Y)]), run=_failing(locate))


def test_coordinates_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="of homes"):
        nearest_of_files(_two_islands(tmp_path), np.array([(X, Y)]), np.array([(np.nan, 0.0)]))
    with pytest.raises(NetworkError, match="at least one file"):
        joined([])


@pytest.mark.real
def test_heidelberg_cut_into_six_files_is_walked_as_one(real_data: Path, tmp_path: Path) -> None:
    # W53
    table = read_streets(real_data / "networks" / "heidelberg.osm.pbf", crs="EPSG:25832").table
    table = table[table["walkable"]]
    begin = shapely.get_coordinates(shapely.get_point(table.geometry.to_numpy(), 0))
    column = np.searchsorted(np.quantile(begin[:, 0], [1 / 3, 2 / 3]), begin[:, 0])
    cut = table.assign(commune=2 * column + (begin[:, 1] > np.median(begin[:, 1])))
    tasks = [ShardTask(str(path), "EPSG:25832", str(path.with_suffix(".npz"))) for path in _files(cut, tmp_path)]
    shards = joined([write_shard(task) for task in tasks])
    rng = np.random.default_rng(0)
    schools, homes = (begin[rng.choice(len(begin), count)] + rng.normal(0, 20, (count, 2)) for count in (40, 5000))
    found = nearest_of_files(shards, schools, homes)
    _, expected = _in_one_piece(shards, schools, homes)
    assert np.array_equal(found.walk_m, expected.walk_m)
    assert np.array_equal(found.school, expected.school)
    assert found.certified.all()
    assert len(found.passes) > 1
