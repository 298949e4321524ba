"""Where a child may walk, as data: rules in order, each with its reason. The first rule that fits a street decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

OPEN: Final = ""


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes
    ----------
    code
        Why the street is left out, as the words of the report know it; empty where the rule lets people walk.
    column, values
        The rule fits a street if this column holds one of these values.
    reason
        Why the rule stands, in one line.
    """

    code: str
    column: str
    values: frozenset[str]
    reason: str


def _rule(code: str, column: str, values: str, reason: str) -> Rule:  # noqa: PLR0917 (a row of the tables below)
    return Rule(code, column, frozenset(values.split("|")), reason)


OSM_RULES: Final = (
    _rule("unbuilt", "highway", "construction|proposed|planned|abandoned|razed|disused", "There is no street."),
    _rule("special", "highway", "bus_guideway|busway|raceway|escape|rest_area|services|no", "Not made for walking."),
    _rule("special", "highway", "platform|via_ferrata", "It leads to a vehicle or up a rock, not to a school."),
    _rule("special", "railway", "platform", "It leads to a train."),
    _rule("area", "area", "yes", "The outline of a square is not a way; ways over it are drawn on their own."),
    _rule("indoor", "highway", "corridor", "Within a building, closed when the building is."),
    _rule("indoor", "indoor", "yes|room|area|corridor|level", "Within a building, closed when the building is."),
    _rule("foot_no", "foot", "no|private|use_sidepath|customers|delivery", "The base says that nobody walks here."),
    _rule(OPEN, "foot", "yes|designated|permissive|official|destination", "Said to be open to people on foot."),
    _rule("motorway", "highway", "motorway|motorway_link", "Forbidden to people on foot."),
    _rule("motorway", "motorroad", "yes", "Has the rules of a motorway."),
    _rule("cycleway", "highway", "cycleway", "Only for bicycles unless said otherwise."),
    _rule(
        "private",
        "access",
        "no|private|customers|delivery|agricultural|forestry|military|permit|residents|emergency|employees",
        "Open to some people only.",
    ),
    _rule("private", "service", "private", "Open to some people only."),
)
"""Rules for the tags of OpenStreetMap. A street that no rule fits may be walked."""

BDTOPO_RULES: Final = (
    _rule("unbuilt", "ETAT", "En construction|En projet|En travaux", "There is no street yet."),
    _rule("special", "NATURE", "Bac ou liaison maritime|Bac auto|Bac piéton", "A boat: not a walk."),
    _rule(
        "motorway",
        "NATURE",
        "Type autoroutier|Autoroute|Quasi-autoroute|Bretelle",
        "Forbidden to people on foot, or a slip road of such a road.",
    ),
    _rule(
        "foot_no", "ACCES_PED", "Physiquement impossible|Interdit|A péage|Restreint aux ayants droit", "Not for all."
    ),
    _rule("private", "PRIVE", "Oui|True|1", "Open to some people only."),
    _rule(OPEN, "ACCES_PED", "Libre", "Said to be open to people on foot."),
    _rule("cycleway", "NAT_RESTR", "Piste cyclable", "Only for bicycles unless said otherwise."),
)
"""Rules for the road sections of the BD TOPO. A section that no rule fits may be walked."""

LINE_RULES: Final = (_rule("foot_no", "walkable", "false|False|0|0.0|no|non", "The file says so."),)
"""Rules for a plain layer of lines: all may be walked unless a column ``walkable`` says otherwise."""

# Which way: 1 along the line only, -1 against it only.
DIRECTIONS: Final = (
    ("oneway:foot", {"yes": 1, "1": 1, "-1": -1}),
    ("foot:backward", {"no": 1}),
    ("foot:forward", {"no": -1}),
    ("conveying", {"forward": 1, "backward": -1}),
)
OSM_COLUMNS: Final = tuple(
    dict.fromkeys(
        [
            *(rule.column for rule in OSM_RULES),
            *(column for column, _ in DIRECTIONS),
            "name",
            "layer",
            "bridge",
            "tunnel",
        ]
    )
)
# A passage through a building is on the ground.
_ON_THE_GROUND: Final = frozenset({"no", "false", "0", "building_passage"})
_DEEPEST, _HIGHEST = -9, 9


def judge(tags: pd.DataFrame, rules: tuple[Rule, ...]) -> npt.NDArray[Any]:
    """Give for each street why it may not be walked: the code of a rule, or nothing.

    Parameters
    ----------
    tags
        One column for each thing that is said of a street; a cell may hold several values with ``;`` between them.
        A column that is not there says nothing.
    rules
        The rules in order.

    Returns
    -------
    codes
        Texts, shape (streets,).
    """
    codes = np.full(len(tags), OPEN, dtype=object)
    undecided = np.ones(len(tags), dtype=bool)
    for rule in rules:
        if rule.column in tags:
            hit = undecided & _fits(tags[rule.column], rule.values)
            codes[hit] = rule.code
            undecided &= ~hit
    return codes


def directions(tags: pd.DataFrame) -> npt.NDArray[np.int8]:
    """Give which way each street may be walked, shape (streets,): 0 both ways, 1 along its line only, -1 against it."""
    ways = np.zeros(len(tags), dtype=np.int8)
    for column, said in DIRECTIONS:
        for value, way in said.items():
            if column in tags:
                ways[(ways == 0) & _fits(tags[column], frozenset({value}))] = way
    return ways


def _fits(said: pd.Series[Any], values: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Tell where one of the values stands."""
    # Each text is looked at once, however many streets say it; the last entry is for those that say nothing.
    place, texts = pd.factorize(said)
    fits = [not values.isdisjoint(part.strip() for part in str(text).split(";")) for text in texts]
    return np.array([*fits, False])[place]


def road_classes(tags: pd.DataFrame) -> npt.NDArray[Any]:
    """Give the class of road that each street is said to have, as text, shape (streets,); empty where nothing is said.

    Of several classes the first counts; the BD TOPO has an importance from 1 to 6: ``importance-3``.
    """
    column, form = ("importance", "importance-{}") if "importance" in tags else ("highway", "{}")
    if column not in tags:
        return np.full(len(tags), "", dtype=object)
    place, texts = pd.factorize(tags[column])
    names = [form.format(str(text).split(";")[0].strip()) for text in texts]
    return np.array([*names, ""], dtype=object)[place]


def heights_above_ground(tags: pd.DataFrame, *, silent_is_ground: bool) -> pd.Series[Any]:
    """Give how many storeys above (or, negative, below) the ground each street is, whole numbers, NA where not known.

    Parameters
    ----------
    tags
        ``layer``, ``bridge``, ``tunnel``, as far as they are there; a bridge without layer is one above.
    silent_is_ground
        Whether a street of which nothing is said is on the ground, as in OpenStreetMap.
    """
    said = pd.Series(np.nan, index=tags.index)
    if "layer" in tags:
        place, texts = pd.factorize(tags["layer"])
        storeys = pd.to_numeric(pd.Series([str(text).split(";")[0] for text in texts], dtype=object), errors="coerce")
        said = pd.Series(np.array([*storeys, np.nan])[place], index=tags.index)
    if silent_is_ground:
        said = said.fillna(0)
    for column, storey in (("bridge", 1), ("tunnel", -1)):
        if column in tags:
            there = tags[column].notna() & ~_fits(tags[column], _ON_THE_GROUND)
            said = said.mask(there & ~(said * storey > 0), storey)
    return said.round().clip(_DEEPEST, _HIGHEST).astype("Int64")
