"""The street list of a scenario as files: tables of two forms, spreadsheets, the text that is voted, PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pandas as pd
import pyogrio

from geo.council.captions import today
from geo.council.street_list_pages import school_pages, whole_annex, write_pages
from geo.council.street_list_text import Names, annex_lines, article_lines, articles, row_texts, school_text, span_text
from geo.council.words import Lang, note_text, say
from geo.council.writing import drafts_within, replacing
from geo.model.city import City
from geo.model.scenario import Scenario
from geo.planning.applying import schools_under
from geo.planning.street_list import ListRevision
from geo.territory.annex.shortest import name_order, names_of

# Headings of the national form of collège sectors.
_NATIONAL: Final = (
    "code_region", "libelle_region", "code_academie", "libelle_academie", "code_departement", "libelle_departement",
    "code_postal", "code_insee", "libelle_commune", "lieu_dit", "Type_et_Libelle", "No_de_voie_debut",
    "Indice_de_repetition_debut", "No_de_voie_fin", "Indice_de_repetition_fin", "Parite", "Code_RNE", "Secteur_unique",
)  # fmt: skip
# Headings of the sheet that a town hall opens: ours, in French, known to every reading of a list.
_SHEET: Final[Mapping[str, str]] = MappingProxyType(
    {
        "level": "niveau",
        "street_id": "code_voie",
        "street_name": "nom_voie",
        "number_from": "numero_debut",
        "suffix_from": "indice_debut",
        "number_to": "numero_fin",
        "suffix_to": "indice_fin",
        "parity": "parite",
        "school_id": "code_uai",
        "priority": "priorite",
    }
)
_SPREADSHEETS: Final[Mapping[str, str]] = MappingProxyType({".xlsx": "XLSX", ".ods": "ODS"})
_OVERSEAS: Final = ("97", "98")


@dataclass(frozen=True, eq=False)
class ListEdition:
    """A street list as it is printed.

    Attributes
    ----------
    city, scenario, revision
        The city, the scenario, and its list (`geo.planning.street_list.revise_list`).
    date
        Date of the edition.
    """

    city: City
    scenario: Scenario
    revision: ListRevision
    date: dt.date

    @property
    def streets(self) -> Names:
        """From ``street_id`` to the name of every street."""
        lists = (self.revision.before, self.revision.after)
        return {name: told for rows in lists for name, told in names_of(rows).items()}

    @property
    def schools(self) -> Names:
        """From ``school_id`` to the name of every school, those that open included."""
        table = schools_under(self.city, self.scenario)["name"]
        return {str(code): str(name) for code, name in table.items()}


def write_street_list(
    folder: Path, city: City, scenario: Scenario, *, revision: ListRevision, date: dt.date | None = None
) -> list[Path]:
    """Write the street list of a scenario into a folder: all files, or none if one of them fails.

    Parameters
    ----------
    folder
        Where to write; made if it is not there. Files of the same names in it are replaced, others are left alone.
    city, scenario, revision
        The city, the scenario, and what `geo.planning.street_list.revise_list` gives.
    date
        Date of the edition; today by default.

    Returns
    -------
    files
        ``street_list`` as ``.csv`` (our form), ``.xlsx``, ``.ods``, ``.txt`` and ``.pdf`` (the text that is voted),
        ``street_list_national.csv``, ``street_list_by_school.pdf``, and the difference from the list in force:
        ``street_list_changes.txt`` and ``.csv``, ``street_list_changed_addresses.csv``.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    edition = ListEdition(city, scenario, revision, date or today())
    writers: dict[str, Callable[[Path], None]] = {
        "street_list.csv": lambda path: _csv(own_table(revision.after), path),
        "street_list_national.csv": lambda path: _csv(national_table(revision.after, city), path, separator=";"),
        "street_list.xlsx": lambda path: write_spreadsheet(sheet_table(revision.after, edition.schools), path),
        "street_list.ods": lambda path: write_spreadsheet(sheet_table(revision.after, edition.schools), path),
        "street_list.txt": lambda path: _text(list_text(edition), path),
        "street_list.pdf": lambda path: write_pages(_whole(edition), path, date=edition.date),
        "street_list_by_school.pdf": lambda path: write_pages(_by_school(edition), path, date=edition.date),
        "street_list_changes.txt": lambda path: _text(changes_text(edition), path),
        "street_list_changes.csv": lambda path: _csv(change_table(edition), path),
        "street_list_changed_addresses.csv": lambda path: _csv(address_table(revision), path),
    }
    with drafts_within(folder) as drafts:
        for name, write in writers.items():
            write(drafts / name)
        for name in writers:
            (drafts / name).replace(folder / name)
    return [folder / name for name in writers]


# Tables --------------------------------------------------------------------------------------------------------------


def own_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the rows in our own form, the contract `geo.model.tables.STREET_LIST`."""
    return rows


def national_table(rows: pd.DataFrame, city: City) -> pd.DataFrame:
    """Give the rows in the national form of collège sectors.

    It has no place for the code of a street nor for priorities: streets of one name are not told apart, and the schools
    of a shared sector stand in the order of its rows.
    """
    insee = city.insee
    table = pd.DataFrame(
        {
            "code_departement": "0" + insee[:2] if not insee.startswith(_OVERSEAS) else insee[:3],
            "code_insee": insee,
            "libelle_commune": city.name,
            "Type_et_Libelle": rows["street_name"],
            "No_de_voie_debut": rows["number_from"],
            "Indice_de_repetition_debut": rows["suffix_from"].str.upper(),
            "No_de_voie_fin": rows["number_to"],
            "Indice_de_repetition_fin": rows["suffix_to"].str.upper(),
            "Parite": rows["parity"],
            "Code_RNE": rows["school_id"],
            "Secteur_unique": "N",
        }
    )
    return table.reindex(columns=list(_NATIONAL), fill_value="")


def sheet_table(rows: pd.DataFrame, schools: Names) -> pd.DataFrame:
    """Give the rows as a town hall opens them in a spreadsheet: French headings, numbers in words, names of schools."""
    told = rows.rename(columns=dict(_SHEET))[list(_SHEET.values())]
    spans = [span_text({str(key): held for key, held in row.items()}, "fr") for row in rows.to_dict("records")]
    names = [schools.get(school, school) for school in rows["school_id"]]
    return told.assign(nom_de_l_etablissement=names, numeros_en_clair=spans)


def change_table(edition: ListEdition) -> pd.DataFrame:
    """Give the difference from the list in force, one item a row, schools by code and by name."""
    changes = edition.revision.changes
    names = edition.schools
    told = {
        f"{when}_{what}": ["|".join(one if what == "schools" else names.get(one, one) for one in own) for own in held]
        for when, held in (("before", changes["before"]), ("after", changes["after"]))
        for what in ("schools", "names")
    }
    numbers = [span_text({str(key): held for key, held in item.items()}, "fr") for item in changes.to_dict("records")]
    return changes.drop(columns=["before", "after"]).assign(numbers=numbers, **told)


def address_table(revision: ListRevision) -> pd.DataFrame:
    """Give the addresses that change school, with their schools before and after."""
    moved = revision.moved.reset_index()
    told = {when: ["|".join(own) for own in moved[when]] for when in ("before", "after")}
    return moved.assign(**told)


def write_spreadsheet(table: pd.DataFrame, path: Path) -> None:
    """Write a table as .xlsx or .ods, by the ending of the path.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    with replacing(path) as draft:
        pyogrio.write_dataframe(table, draft, driver=_SPREADSHEETS[path.suffix], layer=path.stem)


# Texts ---------------------------------------------------------------------------------------------------------------


def list_text(edition: ListEdition) -> str:
    """Give the whole list as the text that is voted, one line a row, in French."""
    lines = [say("street_list.text.annex", "fr", level=edition.revision.level), *_head(edition), ""]
    lines += annex_lines(edition.revision.after, edition.streets, edition.schools, lang="fr")
    return "\n".join(lines) + "\n"


def changes_text(edition: ListEdition, lang: Lang = "fr") -> str:
    """Give the difference from the list in force by article; the French text is the one that is voted."""
    told = articles(edition.revision.changes, edition.streets, edition.schools, lang=lang)
    lines = [say("street_list.text.changes", lang, level=edition.revision.level), *_head(edition, lang), ""]
    lines += article_lines(told, lang) if told else [say("street_list.article.nothing", lang)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(edition: ListEdition, lang: Lang = "fr") -> Iterator[str]:
    city, scenario = edition.city, edition.scenario
    yield say("street_list.text.subtitle", lang, city=city.name, scenario=scenario.name, year=scenario.start_year)
    if city.fictional:
        yield say("street_list.text.fiction", lang)
    yield say("street_list.text.rules", lang)
    yield from (note_text(note, lang) for note in edition.revision.notes)


def _page_head(edition: ListEdition, kind: str) -> dict[str, object]:
    lead = list(_head(edition))
    return {
        "lang": "fr",
        "author": "Cartable",
        "title": say(f"street_list.text.{kind}", "fr", level=edition.revision.level),
        "subtitle": lead[0],
        "lead": [*lead[1:], _size_text(edition.revision)],
        "footer": say("street_list.text.page", "fr", day=edition.date),
        "columns": [say(f"street_list.column.{name}", "fr") for name in ("street", "numbers", "school")],
    }


def _size_text(revision: ListRevision) -> str:
    rows, before = (
        say("street_list.count.rows", "fr", count=count) for count in (len(revision.after), revision.in_force)
    )
    streets = say("street_list.count.streets", "fr", count=revision.after["street_id"].nunique())
    return say("street_list.text.size", "fr", rows=rows, streets=streets, before=before)


def _whole(edition: ListEdition) -> dict[str, object]:
    """Give the pages of the whole list, what changes before it."""
    told = articles(edition.revision.changes, edition.streets, edition.schools, lang="fr")
    lines = row_texts(edition.revision.after, edition.streets, "fr")
    schools = [school_text(own, edition.schools, "fr") for own in lines["schools"]]
    rows = [list(row) for row in zip(lines["street"], lines["numbers"], schools, strict=True)]
    titles = [say(f"street_list.text.{name}", "fr", level=edition.revision.level) for name in ("changes", "annex")]
    return _page_head(edition, "annex") | whole_annex(told, rows, titles=titles)


def _by_school(edition: ListEdition) -> dict[str, object]:
    """Give a page for each school of the level."""
    lines = row_texts(edition.revision.after, edition.streets, "fr")
    names = edition.schools
    listed = {one for own in lines["schools"] for one in own}
    sectors: dict[str, list[str]] = {}
    for school in sorted(listed, key=lambda code: name_order(names.get(code, code))):
        sectors[names.get(school, school)] = [
            _with_others(f"{street}, {numbers}", own, school=school, names=names)
            for street, numbers, own in zip(lines["street"], lines["numbers"], lines["schools"], strict=True)
            if school in own
        ]
    return _page_head(edition, "by_school") | school_pages(sectors)


def _with_others(line: str, schools: tuple[str, ...], *, school: str, names: Names) -> str:
    others = [one for one in schools if one != school]
    if not others:
        return line
    return f"{line} ({say('street_list.text.shared_with', 'fr', schools=school_text(others, names, 'fr'))})"


def _csv(table: pd.DataFrame, path: Path, *, separator: str = ",") -> None:
    encoding = "utf-8-sig" if separator == ";" else "utf-8"
    with replacing(path) as draft:
        table.to_csv(draft, index=False, sep=separator, encoding=encoding, lineterminator="\n")


def _text(text: str, path: Path) -> None:
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")
