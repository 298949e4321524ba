"""Laws of docs/phasing.md: S1 cohorts, S2 siblings by hand, S3 no siblings, S4 all at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from geo.model.assumptions import Assumptions
from geo.model.measures import Phasing
from geo.planning.phasing import share_at_new, share_kept

YEARS = range(2026, 2034)


def test_siblings_are_kept_as_done_by_hand() -> None:
    # S2. p(1) = 0.1, p(2) = 0.3 in three grades: the first two cohorts meet only elders who have begun before.
    first = 0.1 + 0.3
    second = 0.1 * first + 0.3
    third = 0.1 * second + 0.3 * first
    assert share_kept(3, grades=3, siblings=(0.1, 0.3)).tolist() == pytest.approx([first, second, third])


def test_an_elder_sibling_who_has_left_the_level_keeps_nobody() -> None:
    # S2. In two grades only a sibling one year older is still there; in one grade nobody is.
    assert share_kept(2, grades=2, siblings=(0.1, 0.3, 0.2)).tolist() == pytest.approx([0.1, 0.01])
    assert share_kept(2, grades=1, siblings=(0.1, 0.3, 0.2)).tolist() == [0, 0]


def test_new_entrants_without_siblings_fill_the_new_school_grade_by_grade() -> None:
    # S3. Grades downwards, years 2026 to 2033; the new map holds from 2028 on.
    told = share_at_new(YEARS, grades=3, start_year=2028, phasing=Phasing.NEW_ENTRANTS)
    assert told.tolist() == [[0, 0, 1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1]]


def test_all_at_once_moves_every_grade_in_the_first_year() -> None:
    # S4
    told = share_at_new(YEARS, grades=3, start_year=2028, phasing=Phasing.ALL_AT_ONCE, siblings=(0.5, 0.5))
    assert told.tolist() == [[0, 0, 1, 1, 1, 1, 1, 1]] * 3


@given(
    start=st.integers(2024, 2035),
    grades=st.integers(1, 5),
    parts=st.lists(st.floats(0, 0.25), max_size=4),
    phasing=st.sampled_from(Phasing),
)
def test_a_cohort_has_one_share_from_the_start_to_the_last_grade(
    start: int, grades: int, *, parts: list[float], phasing: Phasing
) -> None:
    # S1
    told = share_at_new(YEARS, grades=grades, start_year=start, phasing=phasing, siblings=parts)
    assert told.shape == (grades, len(YEARS))
    assert ((told >= 0) & (told <= 1)).all()
    begun = np.array(YEARS) >= start
    assert (told[:, ~begun] == 0).all()
    after = told[:, begun]
    assert after[1:, 1:].tolist() == after[:-1, :-1].tolist()


@given(few=st.floats(0, 0.5), more=st.floats(0, 0.5))
def test_more_siblings_keep_more_pupils(few: float, more: float) -> None:
    low, high = sorted((few, more))
    kept = [share_kept(6, grades=5, siblings=(share * 0.4, share * 0.6)) for share in (low, high)]
    assert (kept[0] <= kept[1] + 1e-12).all()


@pytest.mark.parametrize(("grades", "parts"), [(0, ()), (3, (-0.1,)), (3, (0.6, 0.6))])
def test_parts_that_cannot_be_are_refused(grades: int, parts: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="expected a grade and parts of siblings"):
        share_kept(2, grades=grades, siblings=parts)


def test_the_parts_of_siblings_are_the_share_times_the_gaps() -> None:
    told = Assumptions(elder_sibling_share=0.5, sibling_gaps=(0.2, 0.8))
    assert told.sibling_shares == (0.1, 0.4)
    assert sum(Assumptions().sibling_shares) == pytest.approx(Assumptions().elder_sibling_share)
    with pytest.raises(ValidationError, match="add up to 1"):
        Assumptions(sibling_gaps=(0.2, 0.2))
