"""What children do not cross, as a scenario says it: by hand in the village, and followed everywhere in Villebrune."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pydantic import ValidationError

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.measures import Opening
from geo.model.reach import Asked, Offer
from geo.model.scenario import Scenario
from geo.model.walking import PaceChoices, WalkChoices
from geo.planning.applying import city_under
from geo.planning.catchments import Catchments, catchments
from geo.planning.evaluation import evaluate
from geo.planning.reach import reach_of
from geo.planning.revision.propose import propose
from geo.planning.revision.rules import Rules
from geo.planning.walk_areas import nearest_areas, walk_between
from geo.planning.walking import crossable_kinds, walked_city, walking_refusal
from geo.territory.network import build_network, node_heights

DATA = Path(__file__).parents[2] / "data"


def _scenario(city: City, **walking: object) -> Scenario:
    return Scenario(
        name="x",
        city=city.code,
        level=Level.ELEMENTARY,
        start_year=2027,
        walking=WalkChoices.model_validate(walking),
    )


def _found(city: City, **walking: object) -> Catchments:
    return catchments(city, _scenario(city, **walking))


def _with_barrier(city: City, *, kind: str, above_ground: int = 0) -> City:
    """Lay a railway or river, 20 m wide, across the street of the village at 200 m, between units B and C."""
    x, y = city.network.node_xy.min(axis=0)
    strip = gpd.GeoDataFrame(
        {"barrier_id": ["b1"], "kind": [kind], "name": ["La Coupure"]},
        geometry=[shapely.box(x + 190, y - 60, x + 210, y + 60)],
        crs=city.crs,
    ).set_index("barrier_id")
    streets = city.layer("streets").assign(above_ground=pd.array([0, above_ground, above_ground, 0], dtype="Int64"))
    return replace(city, tables={**city.tables, "barriers": strip, "streets": streets})


# By hand ------------------------------------------------------------------------------------------------------------


def test_a_railway_that_is_never_crossed_parts_the_village(toy: City) -> None:
    city = _with_barrier(toy, kind="railway")
    walk_m = city_under(city, _scenario(city, never_cross=["railway"])).walk_m
    assert walk_m["w"].tolist() == pytest.approx([55, 155, np.inf, np.inf])
    assert walk_m["e"].tolist() == pytest.approx([np.inf, np.inf, 155, 55])


def test_a_crossing_that_is_avoided_counts_once_each_way(toy: City) -> None:
    city = _with_barrier(toy, kind="railway")
    walk_m = city_under(city, _scenario(city, avoid_crossing=["la coupure"], crossing_m=300)).walk_m
    assert walk_m["w"].tolist() == pytest.approx([55, 155, 555, 655])
    assert walk_m["e"].tolist() == pytest.approx([655, 555, 155, 55])


def test_who_passes_a_railway_by_a_bridge_does_not_cross_it_but_a_river_is_crossed_by_its_bridges(toy: City) -> None:
    railway, river = (_with_barrier(toy, kind=kind, above_ground=1) for kind in ("railway", "river"))
    over = city_under(railway, _scenario(railway, never_cross=["railway"])).walk_m
    pd.testing.assert_frame_equal(over, toy.walk_m)
    assert np.isinf(city_under(river, _scenario(river, never_cross=["river"])).walk_m.loc["aA", "e"])


def test_what_is_never_crossed_is_not_merely_avoided(toy: City) -> None:
    city = _with_barrier(toy, kind="railway")
    both = _scenario(city, never_cross=["railway"], avoid_crossing=["railway"], crossing_m=10)
    assert np.isinf(city_under(city, both).walk_m.loc["aA", "e"])


def test_a_closed_street_is_not_walked(toy: City) -> None:
    # All addresses stand on the one street: who stands at its school need not walk, all others cannot.
    walk_m = city_under(toy, _scenario(toy, closed=["Rue droite"])).walk_m
    assert np.isinf(walk_m.to_numpy()).all()


def test_hills_count_where_the_streets_have_heights(toy: City) -> None:
    city = replace(
        toy,
        tables={
            **toy.tables,
            "streets": toy.layer("streets").assign(
                from_height_m=[0.0, 10.0, 20.0, 30.0], to_height_m=[10.0, 20.0, 30.0, 40.0]
            ),
        },
    )
    assert node_heights(city.network, city.layer("streets")) is not None
    walk_m = city_under(city, _scenario(city, slopes=True)).walk_m
    up, down = np.exp(3.5 * 0.1), np.exp(3.5 * (abs(-0.1 + 0.05) - 0.05))
    assert walk_m.loc["aA"].tolist() == pytest.approx([5 + 50 * down, 5 + 350 * up])


def test_a_name_that_nothing_has_and_hills_without_heights_are_refused_and_told(toy: City) -> None:
    unknown = walking_refusal(toy, WalkChoices(never_cross=("railway",)))
    assert unknown is not None
    assert dict(unknown.values)["names"] == "railway"
    assert walking_refusal(toy, WalkChoices(closed=("rue droite",))) is None
    hills = walking_refusal(toy, WalkChoices(slopes=True))
    assert hills is not None
    assert hills.code == "walks-no-heights"
    for walking in ({"never_cross": ["railway"]}, {"slopes": True}, {"closed": ["railway"]}):
        with pytest.raises(ScenarioError, match="walks of Toyville"):
            city_under(toy, _scenario(toy, **walking))


@pytest.mark.parametrize("walking", [{"crossing_m": -1}, {"crossing_m": np.nan}, {"pace": {"speed_college_km_h": 0}}])
def test_numbers_that_cannot_be_are_refused(walking: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WalkChoices.model_validate(walking)


def test_a_scenario_with_rules_of_walking_is_read_back_and_one_without_reads_as_before(toy: City) -> None:
    scenario = _scenario(toy, never_cross=["  railway ", "railway", ""], slopes=True)
    assert scenario.walking.never_cross == ("railway",)
    assert Scenario.from_json(scenario.to_json()) == scenario
    assert Scenario.from_json('{"name": "x", "city": "toy", "level": "elementary", "start_year": 2027}').walking == (
        WalkChoices()
    )
    assert scenario.without_changes().walking == scenario.walking


# Followed everywhere ------------------------------------------------------------------------------------------------

RULES = {"never_cross": ["railway", "bd Carnot", "boulevard Pasteur"], "avoid_crossing": ["river"], "crossing_m": 200}


def test_nobody_walks_a_shorter_way_because_of_a_rule(villebrune: City) -> None:
    ruled = city_under(villebrune, _scenario(villebrune, **RULES)).walk_m
    assert (ruled.to_numpy() >= villebrune.walk_m.to_numpy() - 1e-6).all()
    assert (ruled.to_numpy() > villebrune.walk_m.to_numpy() + 1).any()


def test_a_crossing_that_counts_nothing_changes_no_walk_over_barriers(villebrune: City) -> None:
    free = city_under(villebrune, _scenario(villebrune, avoid_crossing=["river", "railway"], crossing_m=0)).walk_m
    np.testing.assert_allclose(free.to_numpy(), villebrune.walk_m.to_numpy(), atol=1e-5)


def test_figures_maps_and_single_walks_say_the_same(villebrune: City) -> None:
    found, scenario = _found(villebrune, **RULES), _scenario(villebrune, **RULES)
    proposed = evaluate(villebrune, scenario)
    # Pupils are children times one share: the medians of both are those of the same walks.
    assert proposed.totals["walk_p90_m"] == pytest.approx(found.totals["walk_p90_m"], rel=0.02)
    areas = nearest_areas(villebrune, found)
    homes = villebrune.layer("addresses")[["geometry"]].join(found.homes["nearest_id"])
    drawn = homes.sjoin(areas.reset_index()[["school_id", "geometry"]])
    drawn = drawn[~drawn.index.duplicated()]
    assert (drawn["school_id"] != drawn["nearest_id"]).mean() <= 0.001
    reached = found.homes[np.isfinite(found.homes["nearest_m"])]
    for address, home in reached.iloc[::500].iterrows():
        route = walk_between(villebrune, scenario, str(address), school_id=str(home["nearest_id"]))
        assert route is not None
        assert route.walk_m == pytest.approx(home["nearest_m"], abs=1e-3)


def test_a_school_that_opens_is_walked_to_by_the_same_rules(villebrune: City) -> None:
    place = villebrune.layer("addresses").geometry.iloc[0]
    opening = Opening(school_id="new", name="Neuve", x=place.x, y=place.y, rooms=5)
    scenario = _scenario(villebrune, never_cross=["river"]).model_copy(update={"openings": (opening,)})
    walk_m = city_under(villebrune, scenario).walk_m
    assert np.isinf(walk_m["new"]).any()
    assert walk_m.loc[walk_m.index[0], "new"] < 100


def test_who_may_not_cross_reaches_fewer_places_and_who_is_slow_as_well(villebrune: City) -> None:
    asked = Asked(Offer.LIBRARY)
    free = reach_of(villebrune, asked).totals["without"]
    assert reach_of(villebrune, asked, walking=WalkChoices(never_cross=("railway",))).totals["without"] > free
    slow = PaceChoices(speed_nursery_km_h=2, speed_elementary_km_h=2, speed_college_km_h=2)
    assert reach_of(villebrune, asked, walking=WalkChoices(pace=slow)).totals["without"] > free


def test_figures_carry_what_their_walks_count(villebrune: City) -> None:
    codes = {note.code for note in _found(villebrune, **RULES).notes}
    assert {"walks-never-cross", "walks-avoid-crossing"} <= codes
    assert {note.code for note in evaluate(villebrune, _scenario(villebrune, **RULES)).notes} >= {"walks-never-cross"}
    assert walked_city(villebrune, WalkChoices()) is villebrune
    assert set(crossable_kinds(villebrune)) == {"railway", "river", "primary", "secondary", "residential", "footway"}


def test_the_streets_of_the_city_stay_as_they_are(villebrune: City) -> None:
    before = villebrune.network.length_m.sum()
    _found(villebrune, **RULES)
    assert villebrune.network.counted_m is None
    assert villebrune.network.length_m.sum() == before
    assert build_network(villebrune.layer("streets")).length_m.sum() == pytest.approx(before)


def test_a_better_map_sends_children_where_they_can_walk(villebrune: City) -> None:
    scenario = _scenario(villebrune, never_cross=["river"])
    proposal = propose(villebrune, scenario, Rules(time_limit_s=5.0))
    assert proposal.totals["no_way_pupils_before"] > 20
    assert proposal.totals["no_way_pupils_after"] < 5
    assert np.isfinite(proposal.totals["walk_mean_m_after"])
    assert {note.code for note in proposal.notes} >= {"walks-never-cross", "revision-no-way"}


def test_the_hills_of_villebrune_and_its_level_crossing_are_known(villebrune: City) -> None:
    sloped = city_under(villebrune, _scenario(villebrune, slopes=True)).walk_m
    ratio = sloped.to_numpy() / villebrune.walk_m.to_numpy()
    assert 0.85 < np.nanmin(ratio) < 1 < np.nanmax(ratio) < 1.3
    # Bridge and underpass are left to those who may not cross the tracks on the level.
    safe = city_under(villebrune, _scenario(villebrune, never_cross=["railway"])).walk_m
    longer_m = safe.to_numpy() - villebrune.walk_m.to_numpy()
    assert np.isfinite(longer_m).all()
    assert longer_m.max() > 300
