"""What a page shows: the city, the work in hand and their figures, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st
from components.school_map import MapView
from views.work import Work

from geo.council.words import Lang
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.projection import Projection
from geo.model.transition import Transition

LANG: Final = "lang"


@dataclass(frozen=True)
class Visit:
    """What a page shows.

    Attributes
    ----------
    city, lang, level, work
        The city, the language, and the work in hand of one level.
    today, proposed
        The figures of the map in force and of the work in hand.
    schools
        Both side by side, as `geo.council.figures.school_figures` gives them, and ``number``, that of the school
        on the map.
    """

    city: City
    lang: Lang
    level: Level
    work: Work
    today: Evaluation
    proposed: Evaluation
    schools: pd.DataFrame


@dataclass(frozen=True)
class Ground:
    """What the map needs and no gesture changes: addresses of layers, what to show, a fill for each school."""

    layers: Mapping[str, str]
    view: MapView
    fills: Mapping[str, str]


@dataclass(frozen=True)
class Outlook:
    """Pupils and rooms to come with the work in hand.

    Attributes
    ----------
    transition
        How it comes into force, beside the map in force.
    both
        Its figures and those of the map in force, see `geo.planning.transition.school_years`.
    years
        Its figures by school and year, see `geo.council.pupils.side_of`.
    names
        Names of all schools, those that open too, index ``school_id``.
    """

    transition: Transition
    both: pd.DataFrame
    years: pd.DataFrame
    names: pd.Series

    @property
    def projection(self) -> Projection:
        """Pupils to come with the work in hand."""
        return self.transition.after


def language() -> Lang:
    """Give the language of the visit: that of the switch, at first that of the address, else French."""
    return "en" if st.session_state.get(LANG, st.query_params.get(LANG)) == "en" else "fr"
