"""The same work on many tasks: done here, or shared out among processes and machines by dask.distributed.

The only place that knows dask. It need not be installed: without it everything is done here, with the same answers.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, TypeVar

from geo.errors import Fault, GeoError, WorkersError

try:
    import distributed
except ImportError:
    distributed = None  # type: ignore[assignment]

T = TypeVar("T")
R = TypeVar("R")

_dask: Final[Any] = distributed
# A full disk or a lack of memory may pass; a bad file stays bad.
TRIES: Final = 3
# So many tasks a worker are sent ahead, so that none waits and their arrays do not fill the memory.
_AHEAD: Final = 4
_BYTES_A_GB: Final = 1_000_000_000
# A scheduler that runs answers at once, even over a slow network.
_PATIENCE_S: Final = 10


@dataclass(frozen=True)
class Done:
    """One task that has come to its end.

    Attributes
    ----------
    number
        Its place among the tasks, from 0 on.
    total
        Count of the tasks, None where they are made one by one.
    failure
        Why it failed for good, empty if it did not.
    fault
        The same for all languages, where the library refused with a fault.
    """

    number: int
    total: int | None
    failure: str = ""
    fault: Fault | None = None


@dataclass(frozen=True)
class _Outcome(Generic[R]):
    """What a task gave, or why it gave nothing."""

    result: R | None
    failure: str = ""
    fault: Fault | None = None


@dataclass(frozen=True)
class Crew:
    """Work shared out to one crew; see `hire`."""

    client: Any
    ahead: int
    told: Callable[[Done], None]

    def __call__(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R | None]:
        """Give the result of each task in order, None where it failed for good."""
        outcomes = _shared_out(self.client, work, tasks, ahead=self.ahead) if self.client else _here(work, tasks)
        total = len(tasks) if isinstance(tasks, Sized) else None
        for number, outcome in enumerate(outcomes):
            self.told(Done(number, total, outcome.failure, outcome.fault))
            yield outcome.result


@contextmanager
def hire(
    workers: int = 0,
    *,
    scheduler: str = "",
    memory_gb: float = 2.0,
    told: Callable[[Done], None] = lambda _done: None,
) -> Iterator[Crew]:
    """Hire who does the work, and let them go at the end.

    Parameters
    ----------
    workers
        Count of processes to start on this machine; none: everything is done here.
    scheduler
        Address of a running scheduler of dask, such as ``tcp://10.0.0.5:8786``: its workers do it, on all machines.
    memory_gb
        Memory that each process started here may take [GB]. One that takes more is ended, and its task tried again.
    told
        Called for each task that has come to its end.

    Raises
    ------
    WorkersError
        If dask is needed and not installed, or the scheduler does not answer.
    """
    if not workers and not scheduler:
        yield Crew(None, 1, told)
        return
    if _dask is None:
        got, remedy = "not installed", "Install it with: pip install 'cartable[national]'; or leave --workers out."
        raise WorkersError(Fault("no-dask", "dask.distributed", None, "", "the library", got, remedy))
    with _cluster(workers, scheduler, memory_gb=memory_gb) as address, _client(address) as client:
        yield Crew(client, _AHEAD * max(len(client.ncores()), workers, 1), told)


@contextmanager
def _cluster(workers: int, scheduler: str, *, memory_gb: float) -> Iterator[str]:
    """Give the address of the scheduler, one of our own unless named."""
    if scheduler:
        yield scheduler
        return
    with _dask.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        memory_limit=int(memory_gb * _BYTES_A_GB),
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
        # Its pages are not looked at; on any free port, they are in nobody's way.
        scheduler_kwargs={"allowed_failures": TRIES - 1, "dashboard_address": "127.0.0.1:0"},
    ) as cluster:
        yield cluster.scheduler_address


@contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        client = _dask.Client(address, timeout=_PATIENCE_S)
    except (OSError, ValueError) as error:
        got, remedy = f"{type(error).__name__}", "Start it with: dask scheduler; or give --workers instead."
        fault = Fault("no-scheduler", address, None, "", "a scheduler that answers", got, remedy, {"reason": got})
        raise WorkersError(fault) from error
    with client:
        yield client


def _here(work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[_Outcome[R]]:
    return map(partial(_tried, work), tasks)


def _shared_out(client: Any, work: Callable[[T], R], tasks: Iterable[T], *, ahead: int) -> Iterator[_Outcome[R]]:  # noqa: ANN401
    """Send tasks ahead, and give their outcomes in order."""
    waiting: deque[Any] = deque()
    for task in tasks:
        if len(waiting) == ahead:
            yield _arrived(waiting.popleft())
        waiting.append(client.submit(_tried, work, task, pure=False))
    while waiting:
        yield _arrived(waiting.popleft())


def _arrived(future: Any) -> _Outcome[Any]:  # noqa: ANN401
    """Give the outcome of a task; workers that end during it, as those without memory do, are an outcome too."""
    error = future.exception()
    if error is None:
        outcome: _Outcome[Any] = future.result()
        return outcome
    if isinstance(error, _dask.KilledWorker):
        return _Outcome(None, f"its workers ended {error.allowed_failures + 1} times, for lack of memory most likely")
    raise error


def _tried(work: Callable[[T], R], task: T) -> _Outcome[R]:
    """Do one task, again if it failed by what may pass."""
    failure = ""
    for _ in range(TRIES):
        try:
            return _Outcome(work(task))
        except GeoError as error:
            return _Outcome(None, str(error), getattr(error, "fault", None))
        except (OSError, MemoryError) as error:
            failure = f"{type(error).__name__}: {error}"
    return _Outcome(None, failure)
