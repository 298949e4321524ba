"""What is said of a proposed map."""

from __future__ import annotations

import pytest

from geo.council.revising import gap_text, proposal_lines, proposal_rows
from geo.council.words import LANGS, Lang
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.revision.propose import Proposal, propose
from geo.planning.revision.rules import Rules


@pytest.fixture
def proposal(toy: City) -> Proposal:
    plan = toy.current[Level.ELEMENTARY].moved({"B": ("e",)})
    scenario = Scenario(name="x", city="toy", level=Level.ELEMENTARY, start_year=2027)
    asked = scenario.with_plan(plan, toy.current[Level.ELEMENTARY])
    return propose(toy, asked, Rules(largest_moved_share=1, time_limit_s=5))


@pytest.mark.parametrize("lang", LANGS)
def test_the_rows_show_whole_pupils_that_add_up(toy: City, proposal: Proposal, lang: Lang) -> None:
    rows = proposal_rows(proposal, toy.tables["schools"]["name"], lang=lang)
    assert rows.iloc[:, 0].tolist() == ["École de l'Est", "École de l'Ouest"]
    assert rows.iloc[:, 1].astype(int).sum() == rows.iloc[:, 2].astype(int).sum() == 40


def test_the_lines_say_the_walk_the_moves_and_the_certainty(toy: City, proposal: Proposal) -> None:
    told = "\n".join(proposal_lines(proposal, toy, lang="en"))
    assert "Mean walk of a pupil: 105\u00a0m → 105\u00a0m" in told
    assert "0 in 0 sides of street" in told.replace(",", "")
    assert "can cost more than" in told


def test_a_gap_is_never_said_smaller_than_it_is() -> None:
    assert gap_text(0.000002, "en") == "0.01%"
    assert gap_text(0.0, "en") == "0.00%"
    assert gap_text(0.00813, "fr").startswith("0,82")
