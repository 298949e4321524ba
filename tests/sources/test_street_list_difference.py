"""Two street lists of any form compared: by item, by address, in words where they cannot be."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from geo.errors import AnnexError
from geo.sources.street_list_difference import CompareFiles, compare_files

OWN = "street_name,number_from,number_to,parity,school_id\n"
NATIONAL = "code_insee;Type_et_Libelle;No_de_voie_debut;No_de_voie_fin;Parite;Code_RNE\n"
HOMES = "id;numero;rep;nom_voie;code_insee;lon;lat\n" + "".join(
    f"h{number};{number};;Avenue du Général Leclerc;00123;2.0;46.0\n" for number in (1, 2, 3, 4, 9, 10)
)


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_lists_of_two_forms_are_compared_by_address_whatever_the_spelling(tmp_path: Path) -> None:
    old = _file(tmp_path, "old.csv", OWN + "AV DU GAL LECLERC,1,9999,PI,A\n")
    new = _file(
        tmp_path,
        "new.csv",
        NATIONAL + "00123;avenue du General Leclerc;1;7;I;A\n00123;avenue du General Leclerc;2;8;P;A\n"
        "00123;avenue du General Leclerc;9;9999;PI;B\n",
    )
    homes = _file(tmp_path, "homes.csv", HOMES)
    (found,) = compare_files(CompareFiles(old, new, homes)).levels
    told = found.changes[["number_from", "number_to", "parity", "before", "after", "addresses"]]
    assert list(told.itertuples(index=False, name=None)) == [(9, 9999, "PI", ("A",), ("B",), 2)]
    assert found.moved.index.tolist() == ["h9", "h10"]
    assert (len(found.before), len(found.after)) == (1, 2)


def test_without_addresses_every_number_counts(tmp_path: Path) -> None:
    old = _file(tmp_path, "old.csv", OWN + "Rue X,1,9999,PI,A\n")
    new = _file(tmp_path, "new.csv", OWN + "rue X,1,99,I,A\nrue X,2,98,P,A\n")
    (found,) = compare_files(CompareFiles(old, new)).levels
    told = found.changes[["number_from", "number_to", "parity", "before", "after"]]
    assert list(told.itertuples(index=False, name=None)) == [(100, 9999, "PI", ("A",), ())]
    assert found.moved.empty


def test_a_commune_that_becomes_two_sectors_is_told_street_by_street(tmp_path: Path) -> None:
    whole = "code_insee;Type_et_Libelle;No_de_voie_debut;No_de_voie_fin;Parite;Code_RNE;Secteur_unique\n"
    old = _file(tmp_path, "old.csv", whole + "00123;;;;;A;O\n")
    new = _file(
        tmp_path, "new.csv", whole + "00123;Avenue du Général Leclerc;1;9999;PI;A;N\n00123;Rue Neuve;1;9999;PI;B;N\n"
    )
    homes = _file(tmp_path, "homes.csv", HOMES + "n1;1;;Rue Neuve;00123;2.0;46.0\n")
    (found,) = compare_files(CompareFiles(old, new, homes)).levels
    assert found.changes["street_name"].tolist() == ["Rue Neuve"]
    assert found.moved.index.tolist() == ["n1"]


def test_rows_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    old = _file(tmp_path, "old.csv", OWN + "Rue X,1,9999,PI,A\n,1,9999,PI,A\n")
    new = _file(tmp_path, "new.csv", OWN + "Rue X,1,9999,PI,A\n")
    found = compare_files(CompareFiles(old, new))
    assert [fault.line for fault in found.refused] == [3]
    assert found.levels[0].changes.empty


def test_lists_that_cannot_be_compared_are_refused_in_words(tmp_path: Path) -> None:
    old = _file(tmp_path, "old.csv", OWN + "Rue X,1,9999,PI,A\n")
    new = _file(tmp_path, "new.csv", OWN + "Rue X,1,9999,PI,École A\n")
    with pytest.raises(AnnexError, match="schools under the same names"):
        compare_files(CompareFiles(old, new))
    leveled = "level," + OWN
    one = _file(tmp_path, "one.csv", leveled + "nursery,Rue X,1,9999,PI,A\n")
    two = _file(tmp_path, "two.csv", leveled + "college,Rue X,1,9999,PI,A\n")
    with pytest.raises(AnnexError, match="a level that both have"):
        compare_files(CompareFiles(one, two))
    both = _file(tmp_path, "both.csv", leveled + "nursery,Rue X,1,9999,PI,A\ncollege,Rue X,1,9999,PI,B\n")
    with pytest.raises(AnnexError, match="--level"):
        compare_files(CompareFiles(old, both))
    assert [one.level for one in compare_files(CompareFiles(old, both, level="nursery")).levels] == ["nursery"]


def test_a_packed_list_is_read(tmp_path: Path) -> None:
    text = (OWN + "Rue X,1,9999,PI,A\n").encode()
    (tmp_path / "old.csv.gz").write_bytes(gzip.compress(text))
    (tmp_path / "new.csv").write_bytes(text)
    (found,) = compare_files(CompareFiles(tmp_path / "old.csv.gz", tmp_path / "new.csv")).levels
    assert found.changes.empty
