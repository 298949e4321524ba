"""The layers that every map draws."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from geo.council.layers import moved_layer, pupils_by_school, school_layer, sector_layer
from geo.model.city import City
from geo.model.evaluation import Evaluation

Case = tuple[City, Evaluation, Evaluation]


def test_schools_are_numbered_in_the_order_of_their_names(village: Case) -> None:
    schools = school_layer(village[0], village[2])
    assert schools["name"].tolist() == ["École de l'Est", "École de l'Ouest"]
    assert schools["number"].tolist() == [1, 2]
    assert schools["pupils"].tolist() == [30, 10]
    assert schools["band"].tolist() == ["under", "under"]


def test_the_sectors_of_the_village_are_those_done_by_hand(village: Case) -> None:
    city, _, proposed = village
    sectors = sector_layer(city, proposed, proposed.plan)
    assert sectors["pupils"].to_dict() == {"e": 30, "w": 10}
    assert sectors["occupancy_share"].to_dict() == {"e": 0.6, "w": 0.4}
    assert sectors["name"].to_dict() == {"e": "École de l'Est", "w": "École de l'Ouest"}
    assert sectors.area.to_dict() == {"e": 30_000.0, "w": 10_000.0}


def test_a_shared_sector_has_the_occupancy_of_its_schools_together(town: Callable[..., Case]) -> None:
    city, today, _ = town(5)
    sectors = sector_layer(city, today, today.plan)
    (shared,) = sectors[sectors["schools"].map(len) > 1].itertuples()
    rows = today.schools.loc[list(shared.schools)]
    assert shared.occupancy_share == pytest.approx(rows["pupils"].sum() / rows["capacity_pupils"].sum())
    assert " / " in shared.name


def test_a_sector_whose_school_tells_no_capacity_is_unknown(town: Callable[..., Case]) -> None:
    city, today, _ = town(5)
    sectors = sector_layer(city, today, today.plan)
    assert sectors.loc["s000", "band"] == "unknown"
    assert (sectors["band"] != "unknown").any()


def test_only_the_units_that_move_are_outlined(village: Case) -> None:
    city, today, proposed = village
    assert moved_layer(city, proposed).index.tolist() == ["B"]
    assert moved_layer(city, today).empty


def test_pupils_by_school_agree_with_the_evaluation(town: Callable[..., Case]) -> None:
    _, today, proposed = town(12)
    for evaluation in (today, proposed):
        sent = pupils_by_school(evaluation.units["pupils"], evaluation.plan)
        assert sent.to_dict() == pytest.approx(evaluation.schools["pupils"].to_dict())
