"""How hard life is where children live: a deprivation index, and how unevenly a group is spread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

from geo.errors import GeoError
from geo.model.city import City
from geo.model.index_card import IndexCard, IndexVariable
from geo.model.note import Note

# The four variables of FDep, and whether more of it is more deprivation.
VARIABLES: Final = {
    "median_income_eur": -1,
    "baccalaureate_share": -1,
    "blue_collar_share": 1,
    "unemployed_share": 1,
}
# A first component of fewer areas than this says more of their chance differences than of deprivation.
FEWEST_AREAS: Final = 200
_FIFTHS: Final = (0.2, 0.4, 0.6, 0.8)
# Means that differ by less than this part of a standard deviation are the same: a card may be kept with few digits.
_SAME: Final = 1e-3


class CardError(GeoError):
    """A deprivation index cannot be fitted on the areas given."""


def fit_card(census: pd.DataFrame, *, reference: str) -> IndexCard:
    """Fit a deprivation index on a reference set of areas.

    Parameters
    ----------
    census
        One row an area: ``population`` [inhabitants] and the columns of `VARIABLES`; rows that lack one are left out.
    reference
        What the areas are, in words: stands on the card.

    Returns
    -------
    card
        The first principal component of the four standardised variables, its sign fixed so that more is worse.

    Raises
    ------
    CardError
        If fewer than `FEWEST_AREAS` areas have all variables, or a variable is the same everywhere.

    Notes
    -----
    Source: Rey et al., BMC Public Health 9:33 (2009), FDep: the variables and the component. The loadings are ours,
    fitted with the population as weight; no published loading is used.
    """
    names = list(VARIABLES)
    known = usable_areas(census)
    if len(known) < FEWEST_AREAS:
        msg = f"deprivation index: expected at least {FEWEST_AREAS} areas with all variables, got {len(known)}"
        raise CardError(msg)
    values = known[names].to_numpy(dtype="float64")
    weight = known["population"].to_numpy(dtype="float64")
    mean = np.average(values, axis=0, weights=weight)
    deviation = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weight))
    if not (deviation > 0).all():
        same = [name for name, spread in zip(names, deviation, strict=True) if not spread > 0]
        msg = f"deprivation index: expected variables that differ between areas, got {same} the same everywhere"
        raise CardError(msg)
    standard = (values - mean) / deviation
    # Weighted rows: the components of the weighted correlation matrix. The weighted mean is zero already.
    component = PCA(n_components=1, svd_solver="full").fit(_weighted(standard, weight)).components_[0]
    loading = component * np.sign(component @ np.array(list(VARIABLES.values())))
    score = standard @ loading
    variance = float(np.average(score**2, weights=weight))
    return IndexCard(
        reference=reference,
        areas=len(known),
        variables=tuple(
            IndexVariable(
                name=name,
                mean=float(mean[place]),
                deviation=float(deviation[place]),
                loading=float(loading[place]),
                correlation=float(np.average(standard[:, place] * score, weights=weight) / np.sqrt(variance)),
            )
            for place, name in enumerate(names)
        ),
        explained_share=variance / len(names),
        limits=_limits(score, weight),
    )


def usable_areas(census: pd.DataFrame) -> pd.DataFrame:
    """Give the inhabited areas all of whose `VARIABLES` are known: those that an index can be fitted on."""
    known = census.dropna(subset=[*VARIABLES, "population"])
    return known[known["population"] > 0]


def city_card(city: City) -> tuple[IndexCard | None, tuple[Note, ...]]:
    """Give the index card that the areas of a city are measured with, and the remarks that say whence.

    The card that came with its files; else one fitted on its table of reference; else one fitted on its own areas,
    if there are `FEWEST_AREAS` of them; else none.
    """
    if city.card is not None:
        told = {"reference": city.card.reference, "areas": city.card.areas}
        notes = [Note("index-card", told), *_stale(city.card, city.tables["reference"])]
        return city.card, tuple(notes)
    for table, code in (("reference", "index-fitted"), ("census", "index-own-areas")):
        areas = usable_areas(city.tables[table])
        if len(areas) >= FEWEST_AREAS and (areas[list(VARIABLES)].max() > areas[list(VARIABLES)].min()).all():
            card = fit_card(areas, reference=_title(city, table))
            return card, (Note(code, {"reference": card.reference, "areas": card.areas}),)
    return None, (Note("index-unknown", {"count": len(usable_areas(city.tables["census"])), "fewest": FEWEST_AREAS}),)


def deprivation(card: IndexCard, census: pd.DataFrame) -> pd.DataFrame:
    """Give the deprivation of each area by an index card.

    Parameters
    ----------
    card
        The index as it was fitted on its reference set.
    census
        One row an area, with the columns of the card.

    Returns
    -------
    deprivation
        Index of `census`: ``score`` [standard deviations; more is worse], ``quintile`` [1 least to 5 most deprived
        fifth of the reference population], ``rank`` in the city [1 most deprived]. Not known where a variable is
        missing: nothing is filled in.

    Notes
    -----
    Show the fifth or the rank, never the score to the decimal: on Scottish data such an index puts three areas in
    four into the same fifth as the official one (docs/deprivation.md).
    """
    standard = [(census[one.name] - one.mean) / one.deviation * one.loading for one in card.variables]
    score = pd.concat(standard, axis=1).sum(axis=1, skipna=False).rename("score")
    fifth = pd.Series(np.searchsorted(card.limits, score.to_numpy(), side="right") + 1, index=score.index)
    return pd.DataFrame(
        {
            "score": score,
            "quintile": fifth.where(score.notna()).astype("Int64"),
            "rank": score.rank(ascending=False, method="min").astype("Int64"),
        }
    )


def dissimilarity(group: pd.Series, others: pd.Series) -> float:
    """Give the dissimilarity index of two groups over the same places [0 same mix everywhere, 1 wholly apart].

    It is the share of either group that would have to change place for the mix to be the same everywhere; NaN if
    one of the groups is empty.

    Notes
    -----
    Source: Duncan and Duncan (1955): half the sum of the differences between the shares of both groups.
    """
    if not (group.sum() > 0 and others.sum() > 0):
        return float("nan")
    return float((group / group.sum() - others / others.sum()).abs().sum() / 2)


def _title(city: City, table: str) -> str:
    """Name the areas of a table as its source does."""
    titles = [f"{source.title}, {source.vintage}" for source in city.sources if table in source.tables]
    return titles[0] if titles else city.name


def _stale(card: IndexCard, reference: pd.DataFrame) -> Iterator[Note]:
    """Say so if the card was not fitted on the table of reference that stands beside it."""
    areas = usable_areas(reference)
    if not len(areas):
        return
    weight = areas["population"].to_numpy(dtype="float64")
    apart = [abs(np.average(areas[one.name], weights=weight) - one.mean) / one.deviation for one in card.variables]
    if len(areas) != card.areas or max(apart) > _SAME:
        yield Note("index-card-differs", {"areas": card.areas, "count": len(areas)})


def _weighted(standard: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Give rows whose plain covariance is the weighted one, with mirrored twins so that their mean is zero."""
    rows = standard * np.sqrt(weight / weight.sum())[:, None]
    return np.concatenate([rows, -rows])


def _limits(score: np.ndarray, weight: np.ndarray) -> tuple[float, float, float, float]:
    """Give the scores below which one to four fifths of the population live."""
    order = np.argsort(score, kind="stable")
    reached = np.cumsum(weight[order]) / weight.sum()
    first, second, third, fourth = (float(score[order][np.searchsorted(reached, share)]) for share in _FIFTHS)
    return first, second, third, fourth
