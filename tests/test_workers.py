"""Work shared out among workers: in order, tried again where that helps, and told where it failed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import distributed
import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import workers
from geo.errors import NetworkError, WorkersError
from geo.sources.street_shards import ShardTask, write_shard
from geo.territory.walking.graph import Seeds, graph_of_edges
from geo.territory.walking.plain import Plain
from geo.territory.walking.tiles import nearest_in_tiles, parted
from geo.workers import Crew, Done, hire


def _square(number: int) -> int:
    return number * number


def _of_even(number: int) -> int:
    if number % 2:
        raise NetworkError(f"{number} is odd")
    return number


def _at_the_second_try(folder: Path) -> int:
    """Fail once, as a disk that is full for a moment, and leave a trace."""
    before = len(list(folder.iterdir()))
    (folder / str(before)).touch()
    if not before:
        raise OSError(28, "No space left on device")
    return before


def _never(folder: Path) -> int:
    (folder / str(len(list(folder.iterdir())))).touch()
    raise MemoryError


def test_without_workers_everything_is_done_here_in_order() -> None:
    with hire() as crew:
        assert list(crew(_square, range(5))) == [0, 1, 4, 9, 16]


def test_tasks_are_made_when_they_are_needed_and_not_all_at_once() -> None:
    made = []

    def tasks() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    with hire() as crew:
        assert next(iter(crew(_square, tasks()))) == 0
    assert made == [0]


def test_what_the_library_refuses_is_told_once_and_the_rest_goes_on() -> None:
    told: list[Done] = []
    with hire(told=told.append) as crew:
        assert list(crew(_of_even, range(4))) == [0, None, 2, None]
    assert [done.failure for done in told] == ["", "1 is odd", "", "3 is odd"]
    assert [done.number for done in told] == [0, 1, 2, 3]


def test_what_may_pass_is_tried_again(tmp_path: Path) -> None:
    told: list[Done] = []
    with hire(told=told.append) as crew:
        assert list(crew(_at_the_second_try, [tmp_path])) == [1]
    assert told == [Done(0, 1)]


def test_what_does_not_pass_is_tried_three_times(tmp_path: Path) -> None:
    told: list[Done] = []
    with hire(told=told.append) as crew:
        assert list(crew(_never, [tmp_path])) == [None]
    assert len(list(tmp_path.iterdir())) == 3
    assert told[0].failure.startswith("MemoryError")


def test_a_slip_of_our_own_is_not_swallowed() -> None:
    with hire() as crew, pytest.raises(TypeError):
        list(crew(_square, ["two"]))


def test_without_dask_one_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_dask", None)
    with pytest.raises(WorkersError, match=r"pip install 'cartable\[national\]'"), hire(2):
        pass
    with hire() as crew:
        assert list(crew(_square, [3])) == [9]


@pytest.fixture(scope="module")
def crew() -> Iterator[tuple[Crew, list[Done]]]:
    """Two processes of dask, started once: it takes some seconds."""
    told: list[Done] = []
    with hire(2, told=told.append) as two:
        yield two, told


def test_processes_of_dask_give_the_bits_of_one_search(crew: tuple[Crew, list[Done]]) -> None:
    # W50, through dask.distributed.
    side = 40
    rng = np.random.default_rng(1)
    node = np.arange(side * side).reshape(side, side)
    start = np.concatenate([node[:-1].ravel(), node[:, :-1].ravel()])
    end = np.concatenate([node[1:].ravel(), node[:, 1:].ravel()])
    lengths = rng.integers(100, 120, len(start)).astype(float)
    graph = graph_of_edges(start, end, (lengths, lengths), nodes=side * side)
    xy = np.stack(np.divmod(np.arange(side * side), side), axis=1) * 100.0
    seeds = Seeds(np.arange(4, dtype=np.int32), rng.choice(side * side, 3).astype(np.int32), np.zeros(3))
    found = nearest_in_tiles(graph, xy, seeds, tile=parted(xy, 3, 3), halo_m=300.0, run=crew[0])
    walk_m, source = Plain(graph).nearest(seeds)
    assert np.array_equal(found.walk_m, walk_m)
    assert np.array_equal(found.source, source)
    assert found.certified.all()
    assert len(found.passes) > 1


def test_processes_of_dask_tell_what_failed_and_go_on(crew: tuple[Crew, list[Done]], tmp_path: Path) -> None:
    two, told = crew
    told.clear()
    street = gpd.GeoDataFrame(geometry=[shapely.LineString([(7e5, 6.6e6), (7e5 + 90, 6.6e6)])], crs="EPSG:2154")
    street.to_file(tmp_path / "1.gpkg", driver="GPKG", engine="pyogrio")
    tasks = [ShardTask(str(tmp_path / f"{k}.gpkg"), "EPSG:2154", str(tmp_path / f"{k}.npz")) for k in range(20)]
    found = list(two(write_shard, tasks))
    assert [shard is not None for shard in found] == [k == 1 for k in range(20)]
    assert found[1].part_m.tolist() == [90.0]
    assert told[0].failure.startswith("0.gpkg: expected this file")
    assert told[1] == Done(1, 20)


def test_a_worker_that_ends_again_and_again_is_told() -> None:
    class Ended:
        """What dask gives when the processes that did a task were ended."""

        def exception(self) -> Exception:
            return distributed.KilledWorker("task", None, 2)

    outcome = workers._arrived(Ended())  # noqa: SLF001, to end real processes takes half a minute
    assert outcome.result is None
    assert outcome.failure == "its workers ended 3 times, for lack of memory most likely"


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_PATIENCE_S", 0.2)
    with pytest.raises(WorkersError, match=r"tcp://127.0.0.1:9"), hire(scheduler="tcp://127.0.0.1:9"):
        pass
