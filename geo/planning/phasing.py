"""Who follows a new school map in which year: arithmetic of cohorts and of brothers and sisters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.model.measures import Phasing
from geo.planning.projection.progression import Floats


def share_at_new(
    years: Sequence[int], *, grades: int, start_year: int, phasing: Phasing, siblings: Sequence[float] = ()
) -> Floats:
    """Part of the pupils of a moved unit who attend the new school, by grade and year [0-1], shape (grades, years).

    A pupil keeps the school of the first grade all along. The pupils of grade ``g`` (0 is the first) in year ``y``
    have entered in ``y - g``, so a cohort has one share, see `share_kept`.

    Parameters
    ----------
    years
        Calendar years of the Septembers to look at.
    grades
        Grades of the level.
    start_year
        First September of the new map.
    phasing
        Everybody at once, or new entrants only.
    siblings
        Part of the entrants whose nearest elder sibling is one, two, ... years older [0-1].

    Raises
    ------
    ValueError
        If there is no grade, or the parts of siblings are negative or exceed one together.
    """
    entered = np.asarray(years, dtype=np.int64)[None, :] - np.arange(grades)[:, None]
    begun = np.broadcast_to(np.asarray(years) >= start_year, entered.shape)
    if phasing == Phasing.ALL_AT_ONCE:
        return begun.astype(np.float64)
    since = entered - start_year
    kept = share_kept(max(int(since.max(initial=-1)) + 1, 0), grades=grades, siblings=siblings)
    padded = np.append(kept, 1.0)  # the last one stands for every cohort that entered before the start
    shares: Floats = np.where(begun, 1.0 - padded[np.where(since >= 0, since, -1)], 0.0)
    return shares


def share_kept(cohorts: int, *, grades: int, siblings: Sequence[float]) -> Floats:
    """Part of each cohort of entrants that an elder sibling keeps at the old school [0-1], from the start year on.

    ``kept(e) = sum over d of p(d) * kept(e - d)``, where ``p(d)`` is the part whose nearest elder sibling is ``d``
    years older and so still attends the level, and ``kept = 1`` for the cohorts before the start, who have all begun
    at the old school.

    Parameters
    ----------
    cohorts
        How many cohorts to look at, the first one entering in the start year.
    grades
        Grades of the level: an elder sibling of as many years or more has left it.
    siblings
        ``p(1), p(2), ...`` [0-1]; further ones than ``grades - 1`` do not count.

    Raises
    ------
    ValueError
        If there is no grade, or the parts of siblings are negative or exceed one together.
    """
    parts = [float(part) for part in siblings][: max(grades - 1, 0)]
    if grades < 1 or min(parts, default=0.0) < 0 or sum(parts) > 1 + 1e-9:
        msg = f"phasing: expected a grade and parts of siblings that are at most one together, got {grades} and {parts}"
        raise ValueError(msg)
    kept = [1.0] * len(parts)
    for _ in range(cohorts):
        kept.append(sum(part * kept[-older] for older, part in enumerate(parts, start=1)))
    return np.array(kept[len(parts) :], dtype=np.float64)
