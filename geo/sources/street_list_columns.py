"""Which column of a file says what: presets in `street_lists.toml`, or a TOML file of the user."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geo.errors import Fault, SourceError
from geo.sources.files import UnreadableFileError, missing_file
from geo.sources.names import plain

Names = tuple[str, ...]
_CATALOGUE: Final = "street_lists.toml"


class _Columns(BaseModel):
    """Headings for each role; of several headings the first one that is there counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def roles(self) -> dict[str, Names]:
        """The roles and their headings, those without a heading left out."""
        return {role: names for role, names in self.model_dump().items() if names}


class ListColumns(_Columns):
    """Headings of a street list.

    Attributes
    ----------
    street
        Name of the street with its type, or a text that says its numbers too ("rue A (pairs)").
    street_type, bare_street
        The type if it stands in a column of its own; the name without it, which counts beside a type.
    street_id, insee, commune, postcode, place, level
        Code of the street; INSEE code of the commune, else its name, else its postal code; hamlet or former commune
        that tells twins apart; level.
    number_from, suffix_from, number_to, suffix_to, parity
        The numbers and the side; `number` and `suffix` if each row is one address; `numbers` if one cell says them all
        ("1 à 33 bis").
    school, more_schools
        The school; further columns, all of them, for the other schools of a shared sector.
    nursery, elementary, college
        The school of that level, where a row names one for each level.
    priority
        1, 2, ... among the schools of a shared sector.
    whole
        Whether the row is a whole commune.
    """

    street: Names = ()
    street_type: Names = ()
    bare_street: Names = ()
    street_id: Names = ()
    insee: Names = ()
    commune: Names = ()
    postcode: Names = ()
    place: Names = ()
    level: Names = ()
    number_from: Names = ()
    suffix_from: Names = ()
    number_to: Names = ()
    suffix_to: Names = ()
    number: Names = ()
    suffix: Names = ()
    numbers: Names = ()
    parity: Names = ()
    school: Names = ()
    more_schools: Names = ()
    nursery: Names = ()
    elementary: Names = ()
    college: Names = ()
    priority: Names = ()
    whole: Names = ()


class AddressColumns(_Columns):
    """Headings of an address base; `x, y` in metres, `lon, lat` in degrees, for a table without shapes.

    ``address`` is number and street in one cell, ``point`` latitude and longitude in one cell; ``street_type`` and
    ``bare_street`` are as in a street list; ``commune`` and ``postcode`` are its name and its postal code.
    """

    address_id: Names = ()
    street_id: Names = ()
    street: Names = ()
    street_type: Names = ()
    bare_street: Names = ()
    number: Names = ()
    suffix: Names = ()
    address: Names = ()
    insee: Names = ()
    commune: Names = ()
    postcode: Names = ()
    place: Names = ()
    point: Names = ()
    lon: Names = ()
    lat: Names = ()
    x: Names = ()
    y: Names = ()


class PolygonColumns(_Columns):
    """Headings of drawn sectors: the school, further columns for the others of a shared sector, the level."""

    school: Names = ()
    more_schools: Names = ()
    level: Names = ()


class ListWords(BaseModel):
    """Words within the cells of a street list, in small letters without accents.

    Attributes
    ----------
    odd, even, both
        How the side of a street is said.
    open_end
        What stands for a last number that is not fixed; an empty text if an empty cell does.
    nothing
        What stands for an empty cell.
    yes
        How it is said that a row is a whole commune.
    nursery, elementary, college
        How a level is said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    odd: Names = ()
    even: Names = ()
    both: Names = ()
    open_end: Names = ()
    nothing: Names = ()
    yes: Names = ()
    nursery: Names = ()
    elementary: Names = ()
    college: Names = ()


class Mapped(BaseModel):
    """What the columns of a street list, of its addresses and of its polygons mean.

    Attributes
    ----------
    list, addresses, polygons
        Headings of the three files.
    words
        Words within the cells.
    streets
        Streets matched by hand: from the name in the list to that in the address base.
    school_separator
        Sign between several schools in one cell; empty if a cell holds one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    list: ListColumns = ListColumns()
    addresses: AddressColumns = AddressColumns()
    polygons: PolygonColumns = PolygonColumns()
    words: ListWords = ListWords()
    streets: dict[str, str] = Field(default_factory=dict)
    school_separator: str = ""

    def over(self, other: Mapped) -> Mapped:
        """Give what is said here, and what `other` says where nothing is said here."""
        parts = {name: _over(getattr(self, name), getattr(other, name)) for name in ("addresses", "polygons", "words")}
        return self.model_copy(update=parts)


def presets() -> dict[str, Mapped]:
    """Give the presets of the catalogue, from the name of each; the last one, ``any``, knows many headings."""
    text = (resources.files("geo.sources") / _CATALOGUE).read_text(encoding="utf-8")
    read = {name: Mapped.model_validate(content) for name, content in tomllib.loads(text).items()}
    return {name: mapped.over(read["any"]) for name, mapped in read.items()}


def find_columns(columns: str) -> dict[str, Mapped]:
    """Give the preset of that name, the mapping of the file of that name, or every preset if nothing is named.

    Raises
    ------
    SourceError
        If there is neither a preset nor a file of that name, or the file breaks its form.
    """
    known = presets()
    if not columns:
        return known
    if columns in known:
        return {columns: known[columns]}
    path = Path(columns)
    if path.suffix != ".toml":
        raise SourceError(
            columns,
            expected=f"one of the presets {', '.join(known)}, or a file MAPPING.toml",
            got="neither",
            remedy="Correct the name; docs/street_list.md shows how to write a mapping.",
        )
    return {path.name: _mapping(path).over(known["any"])}


def pick(headings: Iterable[str], wanted: Mapping[str, Names]) -> dict[str, str]:
    """Give the heading of each role that has one, whatever its accents, capitals and signs."""
    there: dict[str, str] = {}
    for heading in headings:
        there.setdefault(plain(heading), heading)
    found = {role: [there[plain(name)] for name in names if plain(name) in there] for role, names in wanted.items()}
    return {role: names[0] for role, names in found.items() if names}


def beside_type(roles: Mapping[str, str], bare: Names) -> dict[str, str]:
    """Give the headings of a street and of its type: beside a type its bare name counts, a full name has its own."""
    found = {role: heading for role, heading in roles.items() if role != "bare_street"}
    if "street_type" not in roles or "street" not in roles:
        return found
    if plain(roles["street"]) in {plain(name) for name in bare}:
        return found | {"street": roles.get("bare_street", roles["street"])}
    return {role: heading for role, heading in found.items() if role != "street_type"}


def _over(own: Any, other: Any) -> Any:  # noqa: ANN401, three models of one form
    said = {name: value for name, value in own.model_dump().items() if value}
    return other.model_copy(update=said)


def _mapping(path: Path) -> Mapped:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return Mapped.model_validate(_as_tuples(content))
    except FileNotFoundError as error:
        raise UnreadableFileError(missing_file(path.name)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _broken(path, str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _broken(path, f"{place}: {first['msg']}") from error


def _as_tuples(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give the tables with single headings as lists of one: a person writes ``street = "RUE"``."""
    return {
        name: {key: [value] if isinstance(value, str) and name != "streets" else value for key, value in part.items()}
        if isinstance(part, Mapping)
        else part
        for name, part in content.items()
    }


def _broken(path: Path, reason: str) -> UnreadableFileError:
    return UnreadableFileError(
        Fault(
            "broken-mapping",
            path.name,
            None,
            "",
            "a mapping of the form in docs/street_list.md",
            reason,
            "Correct the file.",
            {"reason": reason},
        )
    )
