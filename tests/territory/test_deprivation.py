"""Laws of docs/deprivation.md: D3 sign, D4 order, D5 card, D6 dissimilarity, and Scotland's own index."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from geo.model.city import City
from geo.model.index_card import IndexCard
from geo.model.note import Note
from geo.territory.deprivation import VARIABLES, CardError, city_card, deprivation, dissimilarity, fit_card


def _region(areas: int = 400, seed: int = 1) -> pd.DataFrame:
    """Make areas whose four variables follow one hidden hardship, with noise."""
    rng = np.random.default_rng(seed)
    hardship = rng.normal(size=areas)
    noise = rng.normal(scale=0.4, size=(areas, 4))
    return pd.DataFrame(
        {
            "population": rng.integers(200, 4000, areas).astype(float),
            "median_income_eur": 22_000 - 3_000 * (hardship + noise[:, 0]),
            "baccalaureate_share": 0.45 - 0.08 * (hardship + noise[:, 1]),
            "blue_collar_share": 0.22 + 0.05 * (hardship + noise[:, 2]),
            "unemployed_share": 0.11 + 0.03 * (hardship + noise[:, 3]),
            "hardship": hardship,
        },
        index=pd.Index([f"{k:09d}" for k in range(areas)], name="iris"),
    )


def test_the_score_follows_the_hidden_hardship() -> None:
    region = _region()
    card = fit_card(region, reference="test")
    assert deprivation(card, region)["score"].corr(region["hardship"], method="spearman") > 0.95


def test_more_is_worse_for_each_variable() -> None:
    # D3
    card = fit_card(_region(), reference="test")
    assert {one.name: np.sign(one.loading) for one in card.variables} == VARIABLES
    assert {one.name: np.sign(one.correlation) for one in card.variables} == VARIABLES


def test_the_component_is_that_of_the_weighted_correlation_matrix() -> None:
    region = _region()
    card = fit_card(region, reference="test")
    names = list(VARIABLES)
    covariance = np.cov(region[names].to_numpy().T, aweights=region["population"], ddof=0)
    spread = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
    assert card.explained_share == pytest.approx(values[-1] / 4)
    assert np.abs([one.loading for one in card.variables]) == pytest.approx(np.abs(vectors[:, -1]))


def test_a_fifth_of_the_population_lives_in_each_quintile_of_the_reference() -> None:
    region = _region(areas=2000)
    fifth = deprivation(fit_card(region, reference="test"), region)["quintile"]
    shares = region["population"].groupby(fifth).sum() / region["population"].sum()
    assert shares.to_numpy() == pytest.approx([0.2] * 5, abs=0.005)


def test_the_order_of_areas_changes_nothing() -> None:
    # D4
    region = _region()
    shuffled = region.sample(frac=1, random_state=3)
    card, again = fit_card(region, reference="test"), fit_card(shuffled, reference="test")
    first, second = deprivation(card, region), deprivation(again, shuffled).loc[region.index]
    assert first["score"].to_numpy() == pytest.approx(second["score"].to_numpy())
    assert first["quintile"].equals(second["quintile"])


def test_a_card_comes_back_from_its_json_with_the_same_key() -> None:
    # D5
    card = fit_card(_region(), reference="test")
    again = IndexCard.model_validate_json(card.model_dump_json())
    assert again == card
    assert again.key == card.key


def test_an_area_that_lacks_a_variable_has_no_score() -> None:
    region = _region()
    card = fit_card(region, reference="test")
    city = region.iloc[:3].assign(unemployed_share=[0.1, np.nan, 0.2])
    found = deprivation(card, city)
    assert found["score"].isna().tolist() == [False, True, False]
    assert found["quintile"].isna().tolist() == [False, True, False]


def test_too_few_areas_are_refused_in_words() -> None:
    with pytest.raises(CardError, match="expected at least 200 areas with all variables, got 12"):
        fit_card(_region(areas=12), reference="test")


def test_a_variable_that_is_the_same_everywhere_is_refused_in_words() -> None:
    with pytest.raises(CardError, match="unemployed_share"):
        fit_card(_region().assign(unemployed_share=0.1), reference="test")


def test_dissimilarity_of_the_case_done_by_hand() -> None:
    # D6
    schools = pd.DataFrame([(30, 70), (60, 40), (10, 90)])
    assert dissimilarity(schools[0], schools[1]) == pytest.approx(0.40)


def test_dissimilarity_is_zero_for_one_mix_and_one_for_a_full_split() -> None:
    assert dissimilarity(pd.Series([10, 20]), pd.Series([30, 60])) == pytest.approx(0)
    assert dissimilarity(pd.Series([10, 0]), pd.Series([0, 60])) == pytest.approx(1)
    assert np.isnan(dissimilarity(pd.Series([0, 0]), pd.Series([1, 2])))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=9))
def test_dissimilarity_lies_between_zero_and_one_and_is_the_same_both_ways(pairs: list[tuple[int, int]]) -> None:
    first, second = pd.Series([a for a, _ in pairs]), pd.Series([b for _, b in pairs])
    found = dissimilarity(first, second)
    if first.sum() and second.sum():
        assert 0 <= found <= 1 + 1e-12
        assert found == pytest.approx(dissimilarity(second, first))
    else:
        assert np.isnan(found)


@pytest.mark.real
def test_such_an_index_follows_scotland_s_official_one(real_data: Path) -> None:
    # Four of its indicators stand for ours: income, qualifications, crowding for class, employment.
    scotland = pd.read_csv(real_data / "deprivation" / "simd2020_indicators_ranks.csv.gz")
    census = pd.DataFrame(
        {
            "population": scotland["Total_population"],
            "median_income_eur": -scotland["Income_rate"],
            "baccalaureate_share": -scotland["no_qualifications"],
            "blue_collar_share": scotland["overcrowded_rate"],
            "unemployed_share": scotland["Employment_rate"],
        }
    )
    card = fit_card(census, reference="Scotland 2020")
    found = deprivation(card, census)
    official = -scotland["IMD_rank"]
    same = found["quintile"] == pd.qcut(official, 5, labels=range(1, 6)).astype("Int64")
    assert found["score"].corr(official, method="spearman") == pytest.approx(0.96, abs=0.01)
    assert same[found["score"].notna()].mean() == pytest.approx(0.745, abs=0.02)
    assert card.explained_share == pytest.approx(0.81, abs=0.02)


# Which card a city is measured with ----------------------------------------------------------------------------------


def _with(city: City, card: IndexCard | None = None, **tables: pd.DataFrame) -> City:
    return replace(city, card=card, tables={**city.tables, **tables})


def _codes(notes: tuple[Note, ...]) -> list[str]:
    return [note.code for note in notes]


def test_a_city_is_measured_with_the_card_that_came_with_it(toy: City) -> None:
    card = fit_card(_region(), reference="test")
    found, notes = city_card(_with(toy, card))
    assert found is card
    assert notes == (Note("index-card", {"reference": "test", "areas": 400}),)


def test_a_card_with_few_digits_is_still_that_of_its_region(toy: City) -> None:
    card = fit_card(_region(), reference="test")
    short = card.model_copy(
        update={"variables": tuple(one.model_copy(update={"mean": round(one.mean, 4)}) for one in card.variables)}
    )
    assert _codes(city_card(_with(toy, short, reference=_region()))[1]) == ["index-card"]


@pytest.mark.parametrize(
    "other", [_region().iloc[1:], _region().assign(unemployed_share=lambda areas: areas["unemployed_share"] + 0.01)]
)
def test_a_card_of_another_region_than_the_one_beside_it_is_used_and_said(toy: City, other: pd.DataFrame) -> None:
    card = fit_card(_region(), reference="test")
    found, notes = city_card(_with(toy, card, reference=other))
    assert found is card
    assert _codes(notes) == ["index-card", "index-card-differs"]


def test_without_a_card_it_is_fitted_on_the_region_of_reference(toy: City) -> None:
    found, notes = city_card(_with(toy, reference=_region(), census=_region(300, seed=2)))
    assert found == fit_card(_region(), reference="Toyville")
    assert _codes(notes) == ["index-fitted"]


def test_without_a_region_it_is_fitted_on_the_city_s_own_areas_and_that_is_said(toy: City) -> None:
    found, notes = city_card(_with(toy, census=_region(300, seed=2), reference=_region(areas=20)))
    assert found is not None
    assert found.areas == 300
    assert notes == (Note("index-own-areas", {"reference": "Toyville", "areas": 300}),)


@pytest.mark.parametrize("same", [{}, {"unemployed_share": 0.1}])
def test_with_too_few_areas_or_one_that_never_differs_there_is_no_index(toy: City, same: dict[str, float]) -> None:
    census = _region(areas=300 if same else 12).assign(**same)
    assert city_card(_with(toy, census=census)) == (
        None,
        (Note("index-unknown", {"count": len(census), "fewest": 200}),),
    )


@pytest.mark.parametrize(
    "spoilt",
    [{"limits": (0.0, 2.0, 1.0, 3.0)}, {"variables": ()}, {"areas": 0}, {"explained_share": 1.2}, {"colour": "red"}],
)
def test_a_card_that_makes_no_sense_is_refused(spoilt: dict[str, object]) -> None:
    told = fit_card(_region(), reference="test").model_dump()
    with pytest.raises(ValidationError):
        IndexCard.model_validate({**told, **spoilt})
