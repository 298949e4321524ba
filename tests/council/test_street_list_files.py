"""The files of a street list: each form is read back by our own reader, and says the same of every address."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

from geo.council.street_list_files import national_table, write_street_list
from geo.errors import ExportError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.street_list import ListRevision, revise_list
from geo.sources.cities import open_city
from geo.sources.street_list_audit import AuditFiles, audit_files
from geo.territory.annex.resolving import resolve

DATA = Path(__file__).parents[2] / "data"
ADDRESSES = DATA / "streets" / "villebrune" / "addresses.csv"
LEVEL = Level.ELEMENTARY
Written = tuple[City, Scenario, ListRevision, Path]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Give the example of Villebrune with its files."""
    city = open_city(DATA, "villebrune")
    scenario = Scenario.read(DATA / "scenarios" / "villebrune-example.json")
    revision = revise_list(city, scenario)
    folder = tmp_path_factory.mktemp("list") / "new"
    write_street_list(folder, city, scenario, revision=revision, date=dt.date(2026, 11, 22))
    return city, scenario, revision, folder


@pytest.mark.parametrize("name", ["street_list.csv", "street_list_national.csv", "street_list.xlsx", "street_list.ods"])
def test_each_form_is_read_back_and_sends_each_address_to_the_same_schools(written: Written, name: str) -> None:
    city, _, revision, folder = written
    report = audit_files(AuditFiles(folder / name, ADDRESSES))
    assert report.source.refused == ()
    assert [finding for finding in report.findings if finding.blocks] == []
    expected = resolve(city.tables["addresses"], revision.after, LEVEL)
    decided = report.levels[0].decisions["schools"].reindex(expected.index)
    # The national form has no priorities.
    kind = frozenset if name == "street_list_national.csv" else tuple
    assert [kind(own) for own in decided] == [kind(own) for own in expected]


def test_the_csv_keeps_the_contract(written: Written) -> None:
    _, _, revision, folder = written
    read = pd.read_csv(folder / "street_list.csv", dtype="str", keep_default_na=False)
    assert read.to_numpy().tolist() == revision.after.astype("str").to_numpy().tolist()


def test_the_national_form_has_its_headings_and_what_is_known_of_the_commune(written: Written) -> None:
    city, _, revision, _ = written
    table = national_table(revision.after, city)
    assert list(table.columns)[10:] == [
        "Type_et_Libelle", "No_de_voie_debut", "Indice_de_repetition_debut", "No_de_voie_fin",
        "Indice_de_repetition_fin", "Parite", "Code_RNE", "Secteur_unique",
    ]  # fmt: skip
    assert set(table["code_insee"]) == {"00123"}
    assert set(table["Secteur_unique"]) == {"N"}


def test_the_text_that_is_voted_names_every_street_and_says_that_the_city_does_not_exist(written: Written) -> None:
    _, scenario, revision, folder = written
    text = (folder / "street_list.txt").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert lines[0] == "Annexe : périmètres scolaires, niveau élémentaire"
    assert scenario.name in lines[1]
    assert "Ville fictive" in lines[2]
    assert "rue du Lilas, en totalité : « École élémentaire Jules-Michelet »" in lines
    assert sum(" : « " in line for line in lines) == len(
        revision.after.drop_duplicates(["street_id", "parity", "number_from"])
    )


def test_the_difference_is_told_by_article_and_by_address(written: Written) -> None:
    _, _, revision, folder = written
    text = (folder / "street_list_changes.txt").read_text(encoding="utf-8")
    assert text.count("Article ") == 3
    assert "Sont transférés de « École élémentaire Germaine-Tillion » à « École élémentaire Jules-Michelet » :" in text
    moved = pd.read_csv(folder / "street_list_changed_addresses.csv", dtype="str", keep_default_na=False)
    assert moved["address_id"].tolist() == revision.moved.index.tolist()
    items = pd.read_csv(folder / "street_list_changes.csv", dtype={"before_schools": "str"})
    assert items["addresses"].sum() == len(moved) == 664


def test_the_annex_and_a_page_for_each_school_are_set_as_pdf(written: Written) -> None:
    _, _, revision, folder = written
    whole = PdfReader(folder / "street_list.pdf")
    text = "\n".join(page.extract_text() for page in whole.pages)
    assert "Sont transférés de « École élémentaire Germaine-Tillion »" in " ".join(text.split())
    assert "allée Ada-Lovelace" in text
    pages = PdfReader(folder / "street_list_by_school.pdf").pages
    assert len(pages) == revision.after["school_id"].nunique()
    assert "secteur partagé avec" in " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_folder_that_cannot_be_written_is_told_and_nothing_stays(written: Written, tmp_path: Path) -> None:
    city, scenario, revision, _ = written
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ExportError):
        write_street_list(tmp_path / "file", city, scenario, revision=revision)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
