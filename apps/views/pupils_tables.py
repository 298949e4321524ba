"""Tables of schools and years, coloured by class and readable without the colours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from views.frame import classes
from visits import Outlook

from geo.council.colours import UNKNOWN, Band
from geo.council.outlook import starts_from_children
from geo.council.pupils import ABSENT, YearTable, overflow_cells, overflow_years, year_table
from geo.council.scales import MEASURES, SIGNS, classes_of
from geo.council.words import Lang, number, say
from geo.model.projection import Projection

_NAME_PX, _WORDS_PX, _COUNTED_PX, _TALL_PX, _ROW_PX = 222, 180, 104, 740, 35
# As wide as the longest text of the measure.
_YEAR_PX = {
    "pupils": 66,
    "occupancy_share": 72,
    "rooms_balance": 86,
    "overflow_probability": 68,
    "short_probability": 68,
}
_SCHOOL, _OVERFLOW = "school", "overflow"


def year_cells(ahead: Outlook, lang: Lang, *, key: str) -> None:
    """Draw the choice of a figure, what its classes mean, and the table of schools and years.

    Parameters
    ----------
    ahead
        Pupils and rooms to come.
    lang
        Language of the words.
    key
        Name of the choice in the session.
    """
    measure = st.segmented_control(
        say("app.pupils.measure", lang),
        MEASURES,
        format_func=lambda one: say(f"projection.column.{one}", lang),
        default=MEASURES[0],
        required=True,
        key=key,
    )
    table = year_table(ahead.years, ahead.names, measure=measure, lang=lang)
    shown = set(table.classes.to_numpy().ravel())
    bands = [*classes_of(measure), *([UNKNOWN] if UNKNOWN.code in shown else [])]
    classes(bands, lang, signs=SIGNS)
    years = list(table.figures)
    # A heading that is a number would be taken for the place of a column.
    figures = table.figures.rename(columns=str)
    told = figures.assign(**{_SCHOOL: ahead.names.reindex(figures.index), _OVERFLOW: overflow_cells(ahead.years, lang)})
    first = overflow_years(ahead.years)["expected_year"].dropna().astype(str).to_dict()
    st.container(key="year_table").dataframe(
        _styled(told[[_SCHOOL, *figures, _OVERFLOW]], table, first, bands=bands),
        hide_index=True,
        height=min((len(told) + 1) * _ROW_PX + 3, _TALL_PX),
        column_config=_headings(years, ahead.projection, width=_YEAR_PX[measure], lang=lang),
        placeholder=number(math.nan, lang),
        alt=say(f"app.pupils.alt.{measure}", lang),
    )


def plain_table(table: pd.DataFrame, *, key: str) -> None:
    """Draw a table of texts whose first column names the rows; every row is seen."""
    config = {name: st.column_config.Column(alignment="right") for name in table.columns[1:]}
    st.dataframe(table, hide_index=True, height="content", column_config=config, key=key)


def _styled(told: pd.DataFrame, table: YearTable, first: Mapping[str, str], *, bands: list[Band]) -> Styler:
    """Colour each cell by its class and write it with its sign; it is still sorted as a figure."""
    looks = {band.code: f"background-color: {band.fill}; color: {band.ink}" for band in bands}
    looks |= dict.fromkeys((UNKNOWN.code, ABSENT), "color: #1A1A1A")
    classes, texts = table.classes.rename(columns=str), table.texts.rename(columns=str)
    styled = told.style.apply(partial(_looks, classes=classes, first=first, looks=looks), axis=None)
    for school in texts.index:
        told_of = dict(zip(table.figures.loc[school], texts.loc[school], strict=True))
        unknown = [text for value, text in told_of.items() if math.isnan(value)]
        here = pd.IndexSlice[[school], list(texts)]
        styled = styled.format(partial(_written, texts=told_of, unknown=unknown), subset=here)
    return styled


def _looks(
    told: pd.DataFrame, *, classes: pd.DataFrame, first: Mapping[str, str], looks: Mapping[str, str]
) -> pd.DataFrame:
    """Give the look of each cell; that of the year in which pupils first exceed the places is bold."""
    cells = pd.DataFrame("", index=told.index, columns=told.columns)
    for school, codes in classes.iterrows():
        for year, code in codes.items():
            bold = "; font-weight: bold" if first.get(school) == year else ""
            cells.loc[school, year] = looks[code] + bold
    return cells


def _written(value: float, *, texts: Mapping[float, str], unknown: list[str]) -> str:
    """Write a figure of a school; one that is not known is not equal to itself."""
    return texts.get(value) or unknown[0]


def _headings(years: list[int], projection: Projection, *, width: int, lang: Lang) -> dict[str, object]:
    """Give the headings: the last rolls are counted, or estimated from children; all that follows is expected."""
    start = "estimated" if starts_from_children(projection) else "counted"
    column = st.column_config.Column
    overflow, meaning = say("app.pupils.overflow", lang), say("app.pupils.overflow_help", lang)
    headings: dict[str, object] = {
        _SCHOOL: column(say("figure.school.name", lang).capitalize(), width=_NAME_PX, pinned=True),
        _OVERFLOW: column(overflow, width=_WORDS_PX, help=meaning),
    }
    for year in years:
        first = year == projection.last_year
        kind, wide = (start, max(width, _COUNTED_PX)) if first else ("expected", width)
        headings[str(year)] = column(say(f"app.pupils.heading.{kind}", lang, year=year), width=wide)
    return headings
