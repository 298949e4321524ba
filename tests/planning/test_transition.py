"""Laws of docs/phasing.md: T1 to T8."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.council.words import LANGS, note_text
from geo.errors import ScenarioError
from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.levels import GRADES, Level
from geo.model.measures import Dwellings, Opening, Phasing
from geo.model.plan import Plan
from geo.model.projection import CAUSES, ProjectionChoices
from geo.model.scenario import Scenario
from geo.model.transition import Transition
from geo.planning.classes import pressure
from geo.planning.projection.project import project
from geo.planning.transfers import moved_shares
from geo.planning.transition import baseline, school_years, transition

ROOT = Path(__file__).parents[2]
ELEMENTARY = GRADES[Level.ELEMENTARY]
START, COUNTED = 2028, 2026
FAST = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=8)
X, Y = 700_000.0, 6_600_000.0
Name = tuple[str, int, int]
Sits = dict[int, dict[Name, str]]
Counted = dict[tuple[str, str, int], float]


def asked(**changes: object) -> Scenario:
    """Give a scenario in which unit B, and no other, goes from the western school to the eastern one."""
    usual = {"name": "Test", "city": "toy", "level": Level.ELEMENTARY, "start_year": START, "moves": {"B": ("e",)}}
    return Scenario.model_validate(usual | changes)


# --- a village of children, each with a year of entry, a unit and perhaps an elder sibling ---


@dataclass(frozen=True)
class Child:
    unit: str
    number: int
    enters: int
    elder: Name | None = None
    """Unit, number and year of entry of the nearest elder sibling."""

    @property
    def name(self) -> Name:
        return self.unit, self.number, self.enters


def school_of(child: Child, plan: Plan) -> str:
    """Give the school of a child; those of a shared unit go to its schools in turn."""
    schools = plan.schools_of[child.unit]
    return schools[child.number % len(schools)]


def lives(children: list[Child], scenario: Scenario, *, plans: tuple[Plan, Plan], years: range) -> Sits:
    """Send each child to a school, September after September, as the rules say, and give who sits where."""
    old, new = plans
    sits: Sits = {}
    for year in years:
        now: dict[Name, str] = {}
        before = sits.get(year - 1, {})
        for child in sorted(children, key=lambda one: one.enters):
            if not 0 <= year - child.enters < len(ELEMENTARY):
                continue
            if child.name in before:
                at_once = year == scenario.start_year and scenario.phasing == Phasing.ALL_AT_ONCE
                shut = before[child.name] in scenario.closures and year >= scenario.start_year
                now[child.name] = school_of(child, new) if at_once or shut else before[child.name]
            else:
                told = school_of(child, new if year >= scenario.start_year else old)
                follows = scenario.phasing == Phasing.NEW_ENTRANTS and child.elder in now
                now[child.name] = now[child.elder] if follows and child.elder else told
        sits[year] = now
    return sits


def counted(sits: Sits, years: range) -> Counted:
    found: Counter[tuple[str, str, int]] = Counter()
    for year in years:
        found.update((school, ELEMENTARY[year - name[2]], year) for name, school in sits[year].items())
    return {key: float(count) for key, count in found.items()}


def told_pupils(told: Transition) -> Counted:
    pupils = told.after.pupils["pupils"]
    return {key: value for key, value in pupils.to_dict().items() if value > 1e-9}  # type: ignore[misc]


def changed(sits: Sits, year: int) -> float:
    """Count those who sit in another school than the year before."""
    return float(sum(1 for name, school in sits[year].items() if sits[year - 1].get(name, school) != school))


def with_children(toy: City, numbers: Mapping[tuple[str, int], float], plan: Plan | None = None) -> City:
    rows = [(unit, COUNTED, age, count) for (unit, age), count in numbers.items()]
    table = pd.DataFrame(rows, columns=["unit_id", "year", "age", "children"]).set_index(["unit_id", "year", "age"])
    current = {Level.ELEMENTARY: plan} if plan else toy.current
    return replace(toy, tables={**toy.tables, "children": table}, current=current)


def families(count: int, gaps: tuple[int, ...], years: range) -> Iterator[Child]:
    """Give as many children a unit and year, of whom one in so many (the base) has an elder sibling of each gap.

    The elders are spread evenly over their own cohort, so that as many of them have an elder sibling as of all.
    """
    base = 2 if len(gaps) == 1 else 4
    for enters in years:
        for unit in "ABCD":
            for i in range(count):
                place, rest = divmod(i, count // base)
                elder = (unit, base * rest, enters - gaps[place]) if place < len(gaps) else None
                yield Child(unit, i, enters, elder)


@pytest.mark.parametrize("phasing", Phasing)
@pytest.mark.parametrize(("gaps", "ahead"), [((1,), 5), ((2,), 8), ((3,), 8), ((4,), 8), ((1, 2), 4)])
def test_families_counted_child_by_child_sit_where_the_library_says(
    toy: City, phasing: Phasing, *, gaps: tuple[int, ...], ahead: int
) -> None:
    # T2. As many children in every cohort, unit by unit, so that the projection is the village itself.
    count = 64 if len(gaps) > 1 else 32
    city = with_children(toy, {(unit, age): float(count) for unit in "ABCD" for age in range(3, 11)})
    share = 1 / (2 if len(gaps) == 1 else 4)
    spread = [float(gap in gaps) / len(gaps) for gap in range(1, 5)]
    assumptions = {"elder_sibling_share": share * len(gaps), "sibling_gaps": spread}
    scenario = asked(phasing=phasing, assumptions=assumptions)
    told = transition(city, scenario, horizon_years=ahead)
    children = list(families(count, gaps, range(COUNTED - 10, COUNTED + ahead + 1)))
    plan = city.current[Level.ELEMENTARY]
    sits = lives(children, scenario, plans=(plan, scenario.plan(plan)), years=range(COUNTED - 10, COUNTED + ahead + 1))
    years = range(COUNTED + 1, COUNTED + ahead + 1)
    assert told_pupils(told) == pytest.approx(counted(sits, years))
    for year in years:
        in_b = {name: school for name, school in sits[year].items() if name[0] == "B"}
        here = list(in_b.values()) if year >= START else []
        assert told.years.loc[year, "moved_pupils"] == pytest.approx(here.count("e"))
        assert told.years.loc[year, "kept_pupils"] == pytest.approx(here.count("w"))
        follow = [school for name, school in in_b.items() if name[2] >= START]
        assert told.years.loc[year, "following_pupils"] == pytest.approx(follow.count("w"))
        assert told.years.loc[year, "changing_pupils"] == pytest.approx(changed(sits, year))


@pytest.mark.parametrize("phasing", Phasing)
@pytest.mark.parametrize(
    ("moves", "closures"),
    [
        ({"B": ("e",)}, ()),
        ({"C": ("w",)}, ()),
        ({"B": ("w", "e"), "D": ("w",)}, ()),
        ({"B": ("e",)}, ("w",)),
        ({}, ("e",)),
    ],
)
def test_a_cohort_keeps_its_homes_as_it_grows_up(
    toy: City, phasing: Phasing, *, moves: dict[str, tuple[str, ...]], closures: tuple[str, ...]
) -> None:
    # T2. Homes differ from age to age, C is shared; each school has 20 children of each age that is still to enter.
    rng = np.random.default_rng(5)
    numbers: dict[tuple[str, int], float] = {}
    for age in range(3, 11):
        whole, b, c = 20 if age <= 6 else int(rng.integers(18, 24)), *(2 * int(n) for n in rng.integers(0, 5, 2))
        numbers |= {("A", age): whole - b - c // 2, ("B", age): b, ("C", age): c, ("D", age): whole - c // 2}
    plan = Plan(Level.ELEMENTARY, {"A": ("w",), "B": ("w",), "C": ("e", "w"), "D": ("e",)})
    city = with_children(toy, numbers, plan)
    scenario = asked(
        phasing=phasing,
        moves=moves,
        closures=closures,
        projection={"last_year_weight": 0},
        assumptions={"elder_sibling_share": 0},
    )
    children = [Child(unit, i, COUNTED + 6 - age) for (unit, age), n in numbers.items() for i in range(int(n))]
    told = transition(city, scenario, horizon_years=3)
    sits = lives(children, scenario, plans=(plan, told.after.plan), years=range(COUNTED - 4, COUNTED + 4))
    years = range(COUNTED + 1, COUNTED + 4)
    assert told_pupils(told) == pytest.approx(counted(sits, years))
    assert told.years["changing_pupils"].tolist() == pytest.approx([changed(sits, year) for year in years])


# --- laws ---


def village(toy: City, *, seed: int = 1, dwellings: tuple[tuple[int, str, int], ...] = ()) -> City:
    """Give the village four years of rolls, children of uneven ages, and deliveries of ``year, unit, dwellings``."""
    rng = np.random.default_rng(seed)
    keys = [(school, year, grade) for school in "we" for year in range(2023, 2027) for grade in ELEMENTARY]
    rolls = pd.DataFrame(
        {"pupils": rng.integers(15, 40, len(keys))},
        index=pd.MultiIndex.from_tuples(keys, names=["school_id", "year", "grade"]),
    )
    built = pd.DataFrame(dwellings, columns=["delivery_year", "unit_id", "dwellings"]).assign(
        programme_id=[f"P{i}" for i in range(len(dwellings))], name="", social_share=np.nan, mean_rooms=np.nan
    )
    lived = with_children(toy, {(unit, age): float(rng.integers(1, 6)) for unit in "ABCD" for age in range(2, 11)})
    tables = {"rolls": rolls, "housing": built.set_index(["programme_id", "delivery_year"])}
    return replace(lived, tables={**lived.tables, **tables})


NEW = Opening(school_id="n", name="Neuve", x=X + 200, y=Y, rooms=2)
MEASURES = st.sampled_from(
    [
        {"moves": {"B": ("e",)}},
        {"moves": {"B": ("e",), "C": ("w",)}},
        {"moves": {"A": ("w", "e"), "D": ("w",)}},
        {"moves": {"B": ("n",), "C": ("n", "e")}, "openings": [NEW]},
        {"moves": {}, "closures": ["w"]},
        {"moves": {"A": ("n",)}, "openings": [NEW], "closures": ["w"], "rooms": {"e": 5}},
    ]
)


@given(
    seed=st.integers(0, 30),
    measures=MEASURES,
    phasing=st.sampled_from(Phasing),
    start=st.integers(2026, 2038),
    built=st.integers(-300, 300),
)
@FAST
def test_pupils_are_conserved_whatever_is_decided(
    toy: City, seed: int, *, measures: dict[str, object], phasing: Phasing, start: int, built: int
) -> None:
    # T1, T3, T5
    city = village(toy, seed=seed, dwellings=((2027, "B", built), (2030, "D", 50), (2031, "A", built // 2)))
    told = transition(city, asked(start_year=start, phasing=phasing, **measures))
    at_once = transition(city, asked(start_year=start, **measures), before=told.before)
    before, after = told.before.pupils, told.after.pupils
    sums = [table["pupils"].groupby(["grade", "year"]).sum() for table in (before, after)]
    assert sums[1].to_dict() == pytest.approx(sums[0].to_dict())
    assert told.after.totals.equals(told.before.totals)
    for table in (after, told.after.schools):
        assert table[list(CAUSES)].sum(axis=1).tolist() == pytest.approx(table["pupils"].tolist())
        assert (table["pupils"] >= 0).all()
        assert (table["low_pupils"].le(table["pupils"] + 1e-9) & table["high_pupils"].ge(table["pupils"])).all()
    grades = after["pupils"].groupby(["school_id", "year"]).sum()
    assert grades.to_dict() == pytest.approx(told.after.schools["pupils"].to_dict())
    moved = told.years["moved_pupils"] + told.years["kept_pupils"]
    assert moved.tolist() == pytest.approx(at_once.years["moved_pupils"].tolist())
    assert at_once.years["kept_pupils"].max() == pytest.approx(0)
    assert (told.years["changing_pupils"] <= told.years["moved_pupils"] + 1e-9).all()
    by_year = told.movers["pupils"].groupby("year").sum().reindex(told.years.index).fillna(0.0)
    assert by_year.tolist() == pytest.approx(told.years["moved_pupils"].tolist())


@pytest.mark.parametrize("phasing", Phasing)
def test_a_school_that_closes_is_empty_from_its_september_on(toy: City, phasing: Phasing) -> None:
    # T4
    city = village(toy, dwellings=((2028, "A", 60),))
    told = transition(city, asked(moves={}, closures=["w"], phasing=phasing))
    years = school_years(city, told).loc["w"]
    assert years.loc[2027, "pupils_after"] == pytest.approx(years.loc[2027, "pupils_before"])
    shut = years.loc[START:]
    assert (shut["pupils_after"] == 0).all()
    assert shut[["high_pupils_after", "rooms_after", "overflow_probability_after"]].max().max() == 0
    assert shut["moved_out_pupils"].tolist() == pytest.approx(shut["pupils_before"].tolist())
    # All but the youngest grade sat there the year before; later on nobody has to change any more.
    changing = told.years["changing_pupils"]
    assert (changing > 0).tolist() == [year == START for year in told.years.index]
    assert changing.max() <= told.before.pupils["pupils"].loc["w", :, 2027].sum()


def test_a_new_school_fills_from_the_first_grade_up_unless_all_move_at_once(toy: City) -> None:
    # T4
    city = village(toy)
    openings = {"moves": {"B": ("n",)}, "openings": [NEW], "assumptions": {"elder_sibling_share": 0}}
    slow, fast = (transition(city, asked(phasing=one, **openings)) for one in (Phasing.NEW_ENTRANTS, "all_at_once"))
    assert fast.after.pupils.loc[("n", slice(None), START), "pupils"].gt(0).all()
    filled = slow.after.pupils["pupils"].loc["n"].gt(0).groupby("year").sum()
    assert [filled[START + later] for later in range(6)] == [1, 2, 3, 4, 5, 5]
    told = school_years(city, slow).loc["n"]
    assert told.index.tolist() == list(range(START, 2037))
    assert told["pupils_before"].isna().all()
    assert set(told["rooms_after"]) == {2}


def test_newcomers_go_by_the_new_map_at_once(toy: City) -> None:
    # Dwellings in B, half-way to the new map and after it: those there by 2027 finish where they began.
    choices = {"housing_yield": 0.8, "rooms_effect": 0, "social_effect": 0, "housing_profile": (1.0,)}
    scenario = asked(
        phasing=Phasing.NEW_ENTRANTS,
        projection=choices,
        assumptions={"elder_sibling_share": 0},
        dwellings=[
            Dwellings(programme_id="old", unit_id="B", delivery_year=2027, dwellings=8),
            Dwellings(programme_id="new", unit_id="B", delivery_year=2029, dwellings=16),
        ],
    )
    empty = with_children(toy, {(unit, age): float(unit != "B") for unit in "ABCD" for age in range(2, 11)})
    told = transition(empty, scenario).after.pupils["pupils"] - 2
    # 0.8 pupils of eight ages: 0.1 a dwelling and grade, 0.8 from the first delivery and 1.6 from the second.
    assert [told["e", grade, 2027] for grade in ELEMENTARY] == pytest.approx([0] * 5)
    assert [told["e", grade, 2028] for grade in ELEMENTARY] == pytest.approx([0.8, 0, 0, 0, 0])
    assert [told["e", grade, 2029] for grade in ELEMENTARY] == pytest.approx([2.4, 2.4, 1.6, 1.6, 1.6])
    assert [told["e", grade, 2032] for grade in ELEMENTARY] == pytest.approx([2.4] * 5)


def test_the_doubt_about_dwellings_goes_where_their_pupils_go(toy: City) -> None:
    city = village(toy, dwellings=((2029, "B", 200),))
    told = transition(city, asked())
    before, after = (one.schools["high_pupils"] - one.schools["pupils"] for one in (told.before, told.after))
    assert after["e", 2031] > before["e", 2031] + 5
    assert after["w", 2031] < before["w", 2031] - 5


@pytest.mark.parametrize(("rooms", "more", "start"), [(0, 1, 2027), (1, 2, 2029), (2, 5, 2028)])
def test_more_rooms_never_raise_the_pressure(toy: City, rooms: int, *, more: int, start: int) -> None:
    # T6
    city, today = village(toy), project(village(toy), toy.current[Level.ELEMENTARY], horizon_years=4)
    few, many = (
        school_years(city, transition(city, asked(start_year=start, rooms={"e": count}), before=today)).loc["e"]
        for count in (rooms, more)
    )
    for name in ("overflow_probability_after", "short_probability_after"):
        assert (many[name] <= few[name]).all()
    later = many.index >= start
    assert set(many["rooms_after"][~later]) == {2}
    assert set(many["rooms_after"][later]) == {more}


def test_school_years_are_the_pressure_of_both_sides(toy: City) -> None:
    city, scenario = village(toy), asked(assumptions={"pupils_per_room_elementary": 20})
    told = transition(city, scenario)
    years = school_years(city, told)
    for name, one in (("before", told.before), ("after", told.after)):
        alone = pressure(city, one, assumptions=scenario.assumptions)
        pd.testing.assert_frame_equal(years[alone.add_suffix(f"_{name}").columns], alone.add_suffix(f"_{name}"))
    gained = years["pupils_after"] - years["pupils_before"]
    assert gained.tolist() == pytest.approx((years["moved_in_pupils"] - years["moved_out_pupils"]).tolist())
    given_before = pressure(city, told.before, assumptions=scenario.assumptions)
    pd.testing.assert_frame_equal(school_years(city, told, before=given_before), years)


def test_the_order_of_rows_changes_nothing(toy: City) -> None:
    # T7
    city = village(toy, dwellings=((2028, "B", 40), (2029, "D", 30)))
    mixed = {name: table.sample(frac=1, random_state=3) for name, table in city.tables.items() if len(table)}
    plan = Plan(Level.ELEMENTARY, dict(reversed(list(city.current[Level.ELEMENTARY].schools_of.items()))))
    shuffled = replace(city, tables={**city.tables, **mixed}, current={Level.ELEMENTARY: plan})
    scenario = asked(moves={"B": ("n", "e"), "C": ("n",)}, openings=[NEW], phasing=Phasing.NEW_ENTRANTS)
    one, other = (transition(place, scenario) for place in (city, shuffled))
    for first, second in (
        (one.after.pupils, other.after.pupils),
        (one.movers, other.movers),
        (one.years, other.years),
        (school_years(city, one), school_years(shuffled, other)),
    ):
        pd.testing.assert_frame_equal(first, second)


def test_a_map_that_stays_changes_no_figure(toy: City) -> None:
    city = village(toy)
    told = transition(city, asked(moves={}))
    pd.testing.assert_frame_equal(told.after.pupils, told.before.pupils)
    pd.testing.assert_frame_equal(told.after.schools, told.before.schools)
    assert told.years[["moved_pupils", "changing_pupils", "kept_pupils"]].max().max() == 0
    assert told.movers.empty


def test_a_baseline_that_is_there_already_gives_the_same_figures(toy: City) -> None:
    city, scenario = village(toy), asked(phasing=Phasing.NEW_ENTRANTS)
    kept = baseline(city, scenario)
    told = transition(city, scenario, before=kept)
    assert told.before is kept
    pd.testing.assert_frame_equal(told.after.pupils, transition(city, scenario).after.pupils)
    other = scenario.model_copy(update={"projection": ProjectionChoices(slip_years=2)})
    with pytest.raises(ValueError, match="expected the projection of the map in force"):
        transition(city, other, before=kept)


def test_a_school_without_children_of_a_grade_moves_that_grade_like_the_others(toy: City) -> None:
    # Unit B has a child of 8 only, A one of 8 and two of 9; nobody of 6, 7 or 10 in the sector of 'w'.
    numbers = {("A", 8): 1.0, ("A", 9): 2.0, ("B", 8): 1.0} | {("C", age): 4.0 for age in range(3, 11)}
    city = village(with_children(toy, {}))
    lived = with_children(city, numbers)
    told = transition(lived, asked(start_year=2027))
    shares = told.movers["pupils"].loc[2027, "w", "e"] / told.before.pupils["pupils"].loc["w", :, 2027]
    # The pupils of CE2 in 2027 were seven in 2026, those of CM1 eight, those of CM2 nine.
    assert shares.reindex(ELEMENTARY).fillna(0).tolist() == pytest.approx([0.25, 0.25, 0.25, 0.5, 0])


def test_a_closed_school_without_a_sector_sends_its_pupils_to_the_nearest_one(toy: City) -> None:
    plan = Plan(Level.ELEMENTARY, dict.fromkeys("ABCD", ("e",)))
    city = replace(village(toy), current={Level.ELEMENTARY: plan})
    told = transition(city, asked(moves={}, closures=["w"]))
    assert told.after.schools.loc[("w", 2030), "pupils"] == pytest.approx(0)
    assert "transition-closed-without-sector" in {note.code for note in told.notes}
    assert set(told.movers.index.unique("to_school")) == {"e"}


def test_moved_shares_of_a_shared_sector_are_those_done_by_hand() -> None:
    current = Plan(Level.ELEMENTARY, {"A": ("p", "q"), "B": ("p",), "C": ("p", "q"), "D": ("p", "q")})
    plan = current.moved({"A": ("r",), "B": ("p", "q", "r"), "C": ("q",), "D": ("q", "p")})
    told = moved_shares(current, plan).set_index(["unit_id", "from_school", "to_school"])["share"].to_dict()
    third = pytest.approx(1 / 3)
    assert told == {
        ("A", "p", "r"): 0.5,
        ("A", "q", "r"): 0.5,
        ("B", "p", "q"): third,
        ("B", "p", "r"): third,
        ("C", "p", "q"): 0.5,
    }


@pytest.mark.parametrize(("start", "code"), [(2020, "transition-start-past"), (2060, "transition-start-late")])
def test_a_start_outside_the_projected_years_is_said_in_words(toy: City, start: int, code: str) -> None:
    # T8
    told = transition(village(toy), asked(start_year=start))
    note = next(note for note in told.notes if note.code == code)
    assert all(str(start) in note_text(note, lang) for lang in LANGS)
    assert told.years["moved_pupils"].loc[2027] > 0 if start < COUNTED else told.movers.empty


@pytest.mark.parametrize("years", [0, 21])
def test_a_horizon_outside_what_can_be_projected_is_refused(toy: City, years: int) -> None:
    # T8
    with pytest.raises(ScenarioError, match="projection-refused-horizon"):
        transition(village(toy), asked(), horizon_years=years)


# --- Villebrune ---


@pytest.fixture(scope="module")
def example(villebrune: City) -> Scenario:
    scenario = Scenario.read(ROOT / "data" / "scenarios" / "villebrune-example.json")
    assert scenario.city == villebrune.code
    return scenario


def test_the_planted_overflow_lies_within_the_interval_of_its_year(villebrune: City, example: Scenario) -> None:
    planted = json.loads((ROOT / "data" / "villebrune_truth.json").read_text(encoding="utf-8"))["overflow"]
    school, year = planted["school_id"], str(planted["first_year"])
    years = school_years(villebrune, transition(villebrune, example.without_changes()))
    row = years.loc[(school, int(year))]
    assert row["low_pupils_after"] <= planted["expected_pupils"][school][year] <= row["high_pupils_after"]
    assert row["capacity_pupils_after"] == planted["capacity_pupils"]
    risk = years.loc[school, "overflow_probability_after"]
    assert risk[int(year)] > 0.4
    assert risk[int(year) - 2] < 0.2


def test_a_move_out_of_the_growing_school_takes_its_overflow_away(villebrune: City, example: Scenario) -> None:
    plan = villebrune.current[Level.ELEMENTARY]
    sector = sorted(unit for unit, schools in plan.schools_of.items() if schools == ("0000205Y",))
    moves = dict.fromkeys(sector[: len(sector) // 4], ("0000201U",))
    slow, fast = (
        school_years(
            villebrune,
            transition(villebrune, example.model_copy(update={"moves": moves, "start_year": 2028, "phasing": phasing})),
        ).loc["0000205Y"]
        for phasing in (Phasing.NEW_ENTRANTS, Phasing.ALL_AT_ONCE)
    )
    risk = "overflow_probability"
    assert fast[f"{risk}_before"].loc[2030] > 0.4
    assert fast[f"{risk}_after"].loc[2030:2032].max() < 0.1
    between = slow["pupils_after"].between(fast["pupils_after"], fast["pupils_before"])
    assert between.all()


def test_moved_pupils_are_about_those_of_the_evaluated_map(villebrune: City, example: Scenario) -> None:
    truth = json.loads((ROOT / "data" / "villebrune_truth.json").read_text(encoding="utf-8"))["better_map"]
    told = transition(villebrune, example)
    assert told.years.loc[2027, "moved_pupils"] == pytest.approx(truth["pupils_moved"], rel=0.1)


def test_without_rolls_the_children_of_the_sectors_move(villebrune: City, example: Scenario) -> None:
    bare = replace(villebrune, tables={**villebrune.tables, "rolls": villebrune.tables["rolls"].iloc[:0]})
    told = transition(bare, example.model_copy(update={"assumptions": Assumptions(attendance_share_elementary=1)}))
    assert told.years["moved_pupils"].min() > 0
    assert {"projection-from-children", "transition-homes"} <= {note.code for note in told.notes}


def test_every_remark_can_be_said_in_both_languages(villebrune: City, example: Scenario) -> None:
    told = transition(villebrune, example.model_copy(update={"phasing": Phasing.NEW_ENTRANTS, "start_year": 2020}))
    assert {"transition-siblings", "transition-start-past"} <= {note.code for note in told.notes}
    assert all(note_text(note, lang) for note in told.notes for lang in LANGS)
