"""The audit of street lists: faults planted in the list of Villebrune, and the counts of two real lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from geo.errors import AnnexError
from geo.sources.names import plain
from geo.sources.street_list_audit import AuditFiles, AuditReport, audit_files
from geo.territory.annex.audit import NONE, ONCE, SEVERAL
from geo.territory.annex.choices import AuditChoices

ROOT = Path(__file__).parents[2]
LIST = ROOT / "data/schools/villebrune/street_list.csv"
HOMES = ROOT / "data/streets/villebrune/addresses.csv"
SECTORS = ROOT / "data/boundaries/villebrune/sectors.gpkg"

Texts = pd.DataFrame


@pytest.fixture(scope="module")
def shipped() -> Texts:
    return pd.read_csv(LIST, dtype="str", keep_default_na=False)


def _audit(rows: Texts, folder: Path, *, sectors: bool = False, level: str = "") -> AuditReport:
    path = folder / "list.csv"
    rows.to_csv(path, index=False)
    return audit_files(AuditFiles(path, HOMES, SECTORS if sectors else None, level=level))


def _kinds(report: AuditReport) -> Counter[str]:
    return Counter(finding.kind for finding in report.findings)


def _whole_streets(rows: Texts, *, level: str = "nursery") -> pd.Index:
    """Give the rows that are the only one of their street and level, in the order of the file."""
    own = rows[rows["level"] == level]
    return own.index[~own["street_id"].duplicated(keep=False)]


def _homes() -> Texts:
    homes = pd.read_csv(HOMES, dtype="str", keep_default_na=False)
    return homes.assign(number=homes["number"].astype("int64"))


# Planted faults ------------------------------------------------------------------------------------------------------

Planter = Callable[[Texts, pd.Index], tuple[Texts, set[int]]]


def _with_row(rows: Texts, row: int, **changes: str) -> Texts:
    return pd.concat([rows, rows.loc[[row]].assign(**changes)], ignore_index=True)


def _other_school(rows: Texts, row: int) -> str:
    schools = rows.loc[rows["level"] == rows.loc[row, "level"], "school_id"]
    return str(schools[schools != rows.loc[row, "school_id"]].iloc[0])


def _contradict(rows: Texts, row: int) -> Texts:
    return _with_row(rows, row, number_from="3", number_to="9", school_id=_other_school(rows, row))


def _repeat(rows: Texts, row: int) -> Texts:
    return _with_row(rows, row)


def _overlap(rows: Texts, row: int) -> Texts:
    return _with_row(rows, row, number_from="2", number_to="8", parity="P")


def _reverse(rows: Texts, row: int) -> Texts:
    changed = rows.copy()
    changed.loc[row, ["number_from", "number_to"]] = ["9999", "1"]
    return changed


def _open_a_hole(rows: Texts, row: int) -> Texts:
    homes = _homes()
    numbers = sorted(set(homes.loc[homes["street_id"] == rows.loc[row, "street_id"], "number"]))
    changed = rows.copy()
    changed.loc[row, "number_from"] = str(numbers[0] + 1)
    return changed


def _misspell(rows: Texts, row: int) -> Texts:
    changed = rows.copy()
    name = str(rows.loc[row, "street_name"])
    changed.loc[row, ["street_id", "street_name"]] = ["", name[:-4] + "x" + name[-3:]]
    return changed


def _forget(rows: Texts, row: int) -> Texts:
    return rows.drop(index=row).reset_index(drop=True)


def _invent(rows: Texts, row: int) -> Texts:
    return _with_row(rows, row, street_id="00123_9999", street_name=f"quai de l'Invention {row} bis")


def _wrong_letter(rows: Texts, row: int) -> Texts:
    changed = rows.copy()
    code = str(rows.loc[row, "school_id"])
    # Another letter for each row: one wrong code is one finding, however many rows bear it.
    changed.loc[row, "school_id"] = code[:7] + next(letter for letter in "EFGHIJ"[row // 10 % 3 :] if letter != code[7])
    return changed


def _wrong_side(rows: Texts, row: int) -> Texts:
    changed = rows.copy()
    changed.loc[row, "parity"] = "X"
    return changed


PLANTERS: dict[str, Callable[[Texts, int], Texts]] = {
    "contradiction": _contradict,
    "duplicate-row": _repeat,
    "overlap": _overlap,
    "reversed-range": _reverse,
    "hole": _open_a_hole,
    "street-misspelt": _misspell,
    "street-unlisted": _forget,
    "street-unknown": _invent,
    "school-code": _wrong_letter,
    "list-parity": _wrong_side,
}


def test_thirty_faults_of_ten_kinds_are_found_and_none_is_invented(shipped: Texts, tmp_path: Path) -> None:
    rows, streets = shipped, []
    # Rows are dropped or added behind the others: those with the greatest labels are spoilt first.
    targets = list(reversed(_whole_streets(shipped)[5:305:10]))
    for place, (kind, plant) in enumerate(PLANTERS.items()):
        for row in targets[3 * place : 3 * place + 3]:
            streets.append((kind, str(shipped.loc[row, "street_name"])))
            rows = plant(rows, row)
    report = _audit(rows, tmp_path)
    found = _kinds(report) + Counter(fault.rule for fault in report.source.refused)
    assert found == dict.fromkeys(PLANTERS, 3)
    assert report.blocks
    named = {(finding.kind, finding.street) for finding in report.findings}
    for kind, street in streets:
        if kind in {"contradiction", "duplicate-row", "overlap", "reversed-range", "hole", "street-unlisted"}:
            assert (kind, street) in named


@pytest.mark.parametrize("kind", PLANTERS)
def test_each_fault_alone_is_the_only_finding(shipped: Texts, tmp_path: Path, kind: str) -> None:
    row = int(_whole_streets(shipped)[40])
    nursery = shipped[shipped["level"] == "nursery"].reset_index(drop=True)
    report = _audit(PLANTERS[kind](nursery, row), tmp_path)
    assert [*_kinds(report).elements(), *(fault.rule for fault in report.source.refused)] == [kind]


def test_the_shipped_list_is_clean_against_its_addresses_and_sectors(shipped: Texts, tmp_path: Path) -> None:
    report = _audit(shipped, tmp_path, sectors=True)
    assert report.findings == ()
    assert (report.count(ONCE), report.count(SEVERAL), report.count(NONE)) == (9246, 56, 0)
    assert report.disagreeing == 0
    assert report.has_sectors
    assert not report.blocks


def test_a_list_without_codes_is_matched_by_its_names_near_twins_included(shipped: Texts, tmp_path: Path) -> None:
    coded = _audit(shipped, tmp_path)
    named = _audit(shipped.drop(columns="street_id"), tmp_path)
    assert named.findings == ()
    for one, other in zip(coded.levels, named.levels, strict=True):
        assert one.decisions["schools"].equals(other.decisions["schools"])


def test_a_list_without_priorities_shares_by_itself(shipped: Texts, tmp_path: Path) -> None:
    report = _audit(shipped.drop(columns="priority"), tmp_path)
    assert report.findings == ()
    assert report.count(SEVERAL) == 56
    (sector,) = (sector for level in report.levels for sector in level.together)
    assert (sector.schools, sector.streets) == (frozenset({"0000203W", "0000202V"}), 3)


def test_a_row_of_another_school_shows_where_list_and_drawing_disagree(shipped: Texts, tmp_path: Path) -> None:
    row = int(_whole_streets(shipped)[40])
    rows = shipped.copy()
    rows.loc[row, "school_id"] = _other_school(shipped, row)
    report = _audit(rows, tmp_path, sectors=True)
    (finding,) = report.findings
    homes = _homes()
    assert finding.kind == "polygon-disagrees"
    assert finding.lines == (row + 2,)
    assert finding.addresses == report.disagreeing == int((homes["street_id"] == rows.loc[row, "street_id"]).sum())
    assert not report.blocks


def test_a_code_that_belongs_to_another_street_is_told_and_the_name_counts(shipped: Texts, tmp_path: Path) -> None:
    first, second = (int(row) for row in _whole_streets(shipped)[[40, 90]])
    rows = shipped.copy()
    rows.loc[first, "street_id"] = shipped.loc[second, "street_id"]
    report = _audit(rows, tmp_path)
    assert _kinds(report) == {"street-code": 1}
    assert report.count(NONE) == 0


def test_a_near_twin_is_never_taken_for_the_street_that_is_missing(shipped: Texts, tmp_path: Path) -> None:
    names = shipped["street_name"]
    rows = shipped.assign(street_id="", street_name=names.mask(names == "rue du Lilas", "rue de Lilas"))
    report = _audit(rows, tmp_path)
    assert _kinds(report) == {"street-misspelt": 3}
    assert {dict(finding.values)["meant"] for finding in report.findings} == {"rue du Lilas"}
    lilas = report.bound.addresses.query("street_name == 'rue des Lilas'")
    for level in report.levels:
        lines = {line for lines in level.decisions.loc[lilas.index, "lines"] for line in lines}
        assert {names[line - 2] for line in lines} == {"rue des Lilas"}


def test_a_list_of_more_streets_than_a_region_has_is_refused_in_words(shipped: Texts, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    shipped.to_csv(path, index=False)
    with pytest.raises(AnnexError, match="at most 100 streets, got 400"):
        audit_files(AuditFiles(path, HOMES), choices=AuditChoices(streets_most=100))


# Real lists ----------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_montpellier_resolves_more_than_98_3_percent_of_its_addresses(real_data: Path) -> None:
    folder = real_data / "montpellier"
    report = audit_files(
        AuditFiles(
            folder / "montpellier_carte_scolaire_rues_maternelle_2013.csv",
            folder / "montpellier_points_adresse_2014.gpkg",
            folder / "montpellier_secteurs_maternelles_2013.gpkg",
        )
    )
    assert len(report.states) == 36_395
    assert report.count(ONCE) == 36_130
    assert (report.source.read, len(report.source.refused)) == (6_096, 8)
    assert report.disagreeing == 1_964
    (level,) = report.levels
    # None to a wrong street: the row that decided bears the name of the street of the address.
    name_of = report.source.rows.set_index("line")["street_name"]
    decided = level.decisions[level.decisions["state"] == ONCE]
    said = [name_of[lines[0]] for lines in decided["lines"]]
    street = report.bound.addresses["street_name"].reindex(decided.index)
    assert {(one, other) for one, other in zip(said, street, strict=True) if plain(one) != plain(other)} == set()


@pytest.mark.real
def test_ille_et_vilaine_has_one_contradiction_and_its_sector_of_three_colleges_is_shared(real_data: Path) -> None:
    path = real_data / "rennes_ille_et_vilaine/fr-en-carte-scolaire-colleges-publics_dep35.csv"
    report = audit_files(AuditFiles(path))
    (level,) = report.levels
    assert (report.source.read, len(report.source.refused)) == (5_416, 0)
    (wrong,) = (finding for finding in level.findings if finding.kind == "contradiction")
    assert wrong.street == "LIEU DIT LES 5 CHEMINS"
    shared = {sector.schools: sector.streets for sector in level.together}
    assert shared[frozenset({"0351796M", "0350895H", "0351638R"})] == 439
    assert (len(level.gaps), level.silent_sides) == (16, 661)
