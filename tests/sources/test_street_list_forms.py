"""Street lists and address bases of other cities: their headings, words and ways, without a line of code for each."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from geo.errors import AnnexError, SourceError
from geo.sources.street_list_addresses import read_addresses
from geo.sources.street_list_audit import AuditFiles, audit_files
from geo.sources.street_list_columns import presets
from geo.sources.street_lists import StreetListFile, read_street_list

Told = list[tuple[object, ...]]


def _read(folder: Path, content: str, *, name: str = "list.csv", encoding: str = "utf-8") -> StreetListFile:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return read_street_list(path)


def _rows(source: StreetListFile, *columns: str) -> Told:
    return list(source.rows[list(columns)].itertuples(index=False, name=None))


def _spans(source: StreetListFile) -> Told:
    return _rows(source, "street_name", "number_from", "number_to", "parity", "school_id")


# Schools -------------------------------------------------------------------------------------------------------------


def test_one_row_may_name_a_school_for_each_level(tmp_path: Path) -> None:
    heading = "VOIE;TYPE_VOIE;LIBELLE;NUM_DEB;NUM_FIN;PAIR/IMPAIR/TOUS;ECOLE_MATERNELLE;ECOLE_ELEMENTAIRE;COLLEGE\n"
    rows = (
        "0012;RUE;PASTEUR;1;33 bis;IMPAIR;Ferry mat.;Ferry;Zay\n0013;AV;FOCH;1;9999;TOUS;;Zola;\n0014;;LE MAS;;;;;;\n"
    )
    source = _read(tmp_path, heading + rows, encoding="cp1252")
    assert _rows(source, "level", "street_name", "number_to", "parity", "school_id", "priority") == [
        ("nursery", "RUE PASTEUR", 33, "I", "Ferry mat.", 0),
        ("elementary", "RUE PASTEUR", 33, "I", "Ferry", 0),
        ("college", "RUE PASTEUR", 33, "I", "Zay", 0),
        ("elementary", "AV FOCH", 9999, "PI", "Zola", 0),
    ]
    assert [fault.rule for fault in source.refused] == ["list-no-school"]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ("RUE,RUE PASTEUR,X\nIMP,DES LILAS,X\nPLAN,DU PARC,X\n", ["RUE PASTEUR", "IMP DES LILAS", "PLAN DU PARC"]),
        ("urbaine,Rue Haute,X\nrurale,Le Mas,X\n", ["Rue Haute", "Le Mas"]),
    ],
)
def test_a_type_that_the_name_repeats_stands_once_and_what_is_no_type_is_left_out(
    tmp_path: Path, rows: str, names: list[str]
) -> None:
    assert _read(tmp_path, "TYPE_VOIE,NOM_VOIE,ECOLE\n" + rows).rows["street_name"].tolist() == names


def test_levels_said_in_words_are_those_of_the_house(tmp_path: Path) -> None:
    source = _read(tmp_path, "Niveau;Rue;École\nMaternelle;rue A;X\nÉLÉM.;rue A;Y\nCollège;rue A;Z\nlycée;rue A;W\n")
    assert source.rows["level"].tolist() == ["nursery", "elementary", "college", "lycée"]
    path = tmp_path / "list.csv"
    report = audit_files(AuditFiles(path, level="élémentaire"))
    assert [level.level for level in report.levels] == ["elementary"]


# Numbers -------------------------------------------------------------------------------------------------------------


def test_the_numbers_may_stand_in_one_cell_as_they_are_spoken(tmp_path: Path) -> None:
    rows = "rue A;1 à 33 bis;X\nrue B;n° impairs;X\nrue C;;X\nrue D;du 2 au 8 et du 12 au 20;X\nrue E;sauf le 3;X\n"
    source = _read(tmp_path, "Rue;Numéros;École\n" + rows)
    assert _spans(source) == [
        ("rue A", 1, 33, "PI", "X"),
        ("rue B", 0, 9999, "I", "X"),
        ("rue C", 0, 9999, "PI", "X"),
        ("rue D", 2, 8, "PI", "X"),
        ("rue D", 12, 20, "PI", "X"),
    ]
    (fault,) = source.refused
    assert (fault.rule, fault.line, fault.values["value"]) == ("list-span", 6, "sauf le 3")


def test_the_side_beside_the_numbers_holds_for_them_and_must_not_contradict_them(tmp_path: Path) -> None:
    source = _read(tmp_path, "Rue;Tranche;Côté;École\nrue A;1 à 33;impair;X\nrue B;pairs;impair;X\nrue C;;PAIR;X\n")
    assert _spans(source) == [("rue A", 1, 33, "I", "X"), ("rue C", 0, 9999, "P", "X")]
    assert [fault.rule for fault in source.refused] == ["list-span"]


def test_the_numbers_may_stand_behind_the_name_of_the_street(tmp_path: Path) -> None:
    rows = "Rue A (pairs du 2 au 38),X\nrue du 8 mai 1945,X\nrue B sauf le 3,X\nChemin rural n° 4,X\n"
    source = _read(tmp_path, "Rues,Ecole\n" + rows)
    assert _spans(source) == [
        ("Rue A", 2, 38, "P", "X"),
        ("rue du 8 mai 1945", 0, 9999, "PI", "X"),
        ("Chemin rural n° 4", 0, 9999, "PI", "X"),
    ]
    assert [(fault.rule, fault.line) for fault in source.refused] == [("list-span", 4)]


@pytest.mark.parametrize(
    ("rows", "ends"),
    [
        ("rue A;1;;X\nrue B;2;;X\n", [9999, 9999]),
        ("rue A;15;;X\nrue B;7;7;X\n", [9999, 7]),
        ("rue A;15;;X\nrue B;1;9;X\n", [9]),
    ],
)
def test_an_empty_last_number_is_an_open_end_where_it_cannot_be_a_single_number(
    tmp_path: Path, rows: str, ends: list[int]
) -> None:
    source = _read(tmp_path, "Voie;Du;Au;École\n" + rows)
    assert source.rows["number_to"].tolist() == ends
    assert len(source.refused) == 2 - len(ends)


def test_a_refused_empty_last_number_says_the_mapping_that_reads_it(tmp_path: Path) -> None:
    text = "Voie;Du;Au;École\nrue A;5;;X\nrue B;1;9;X\n"
    (refused,) = _read(tmp_path, text).refused
    assert (refused.rule, 'open_end = [""]' in refused.remedy) == ("list-no-end", True)
    mapping = '[list]\nstreet = "Voie"\nnumber_from = "Du"\nnumber_to = "Au"\nschool = "École"\n'
    (tmp_path / "MAPPING.toml").write_text(mapping + '[words]\nopen_end = [""]\n', encoding="utf-8")
    (tmp_path / "mapped.csv").write_text(text, encoding="utf-8")
    source = read_street_list(tmp_path / "mapped.csv", columns=str(tmp_path / "MAPPING.toml"))
    assert source.refused == ()
    assert source.rows["number_to"].tolist() == [9999, 9]


def test_from_nought_to_nought_is_the_whole_street_unless_other_rows_speak_of_it(tmp_path: Path) -> None:
    source = _read(tmp_path, "Voie;Du;Au;École\nrue A;0;0;X\nrue B;0;0;X\nrue B;1;9;Y\n")
    assert source.rows["number_to"].tolist() == [9999, 0, 9]


def test_commas_within_cells_do_not_pass_for_the_separator(tmp_path: Path) -> None:
    source = _read(tmp_path, "Rue;Numéros;École\nrue A;1, 3, 5, 7, 9, 11;X\nrue B;2, 4, 6, 8, 10;X\n")
    assert len(source.rows) == 11
    assert source.refused == ()


# Communes ------------------------------------------------------------------------------------------------------------

HOMES = "numero;nom_voie;code_insee;code_postal;nom_commune;lon;lat\n"
HOMES += "1;rue A;01004;01500;Ambérieu-en-Bugey;5.36;45.96\n1;rue A;35238;35000;Rennes;-1.68;48.11\n"


@pytest.mark.parametrize("said", ["1004", "01004", "Amberieu en Bugey", "01500", "1500"])
def test_a_commune_is_known_by_its_code_its_name_or_its_postal_code(tmp_path: Path, said: str) -> None:
    (tmp_path / "homes.csv").write_text(HOMES, encoding="utf-8")
    (tmp_path / "list.csv").write_text(f"commune;voie;ecole\n{said};rue A;X\n", encoding="utf-8")
    report = audit_files(AuditFiles(tmp_path / "list.csv", tmp_path / "homes.csv"))
    assert (report.count("once"), report.addresses_elsewhere) == (1, 1)


def test_a_postal_code_of_two_communes_is_refused_with_those_of_the_base(tmp_path: Path) -> None:
    (tmp_path / "homes.csv").write_text(HOMES.replace("35000", "01500"), encoding="utf-8")
    (tmp_path / "list.csv").write_text("code_insee;voie;ecole\n01500;rue A;X\n", encoding="utf-8")
    with pytest.raises(AnnexError, match=r"\(01500\); theirs are 01004, 35238"):
        audit_files(AuditFiles(tmp_path / "list.csv", tmp_path / "homes.csv"))


# Addresses -----------------------------------------------------------------------------------------------------------


def _addresses(folder: Path, content: str) -> Told:
    path = folder / "homes.csv"
    path.write_text(content, encoding="utf-8")
    homes = read_addresses(path, presets()["any"]).addresses
    places = zip(homes.geometry.x.round(), homes.geometry.y.round(), strict=True)
    return [
        (*own, *place)
        for own, place in zip(
            homes[["street_name", "number", "suffix"]].itertuples(index=False, name=None), places, strict=True
        )
    ]


@pytest.mark.parametrize(
    "content",
    [
        "id;numero;rep;nom_voie;lon;lat\na;12;bis;RUE PASTEUR;3.0;46.5\n",
        "cle_interop;numero;suffixe;voie_nom;x;y;long;lat\na;12;bis;RUE PASTEUR;0;0;3.0;46.5\n",
        'NUM,BTQ,TYPE_VOIE,NOM_VOIE,Geo Point\n12,BIS,RUE,PASTEUR,"46.5, 3.0"\n',
        "ADRESSE;X_L93;Y_L93\n12 bis RUE PASTEUR;700000;6600000\n",
        "numero;rep;voie;x;y\n12;bis;RUE PASTEUR;3,0;46,5\n",
        "numero;rep;voie;x;y\n12;bis;RUE PASTEUR;1700000;6144444\n",
    ],
)
def test_address_bases_of_many_forms_say_the_same(tmp_path: Path, content: str) -> None:
    ((street, number, suffix, x, y),) = _addresses(tmp_path, content)
    assert (street, number, suffix) == ("RUE PASTEUR", 12, "BIS")
    assert x == pytest.approx(700_000, abs=1)
    assert y == pytest.approx(6_600_000, abs=2_000)


def test_an_address_with_several_places_counts_once(tmp_path: Path) -> None:
    rows = "k1;12;;rue A;3;46\nk1;12;;rue A;3;46\nk1;14;;rue A;3;46\nk2;16;;rue A;3;46\n"
    assert [home[1] for home in _addresses(tmp_path, "cle_interop;numero;suffixe;voie_nom;long;lat\n" + rows)] == [
        12,
        14,
        16,
    ]


# Texts ---------------------------------------------------------------------------------------------------------------

TEXT = """Le conseil municipal, considérant que les écoles sont pleines,
ÉCOLES MATERNELLES
École Jules Ferry :
- rue Pasteur, côté pair du 2 au 38 et impair du 1 au 41 ;
- Bd Voltaire (pairs), rue Foch. Allée des Roses
Les Grands Champs
rue Haute sauf le n° 12
Nord : rue de Lyon (exclue)
Les enfants qui y sont déjà inscrits finissent leur scolarité sur place.
Article 2 : le secteur scolaire de l'école élémentaire Zola est défini comme suit :
rue du Port
rue Basse, toute la voie : « Zola » / « Ferry »
"""
READ = [
    ("nursery", "rue Pasteur", 2, 38, "P", "École Jules Ferry"),
    ("nursery", "rue Pasteur", 1, 41, "I", "École Jules Ferry"),
    ("nursery", "Bd Voltaire", 0, 9999, "P", "École Jules Ferry"),
    ("nursery", "rue Foch", 0, 9999, "PI", "École Jules Ferry"),
    ("nursery", "Allée des Roses", 0, 9999, "PI", "École Jules Ferry"),
    ("nursery", "Les Grands Champs", 0, 9999, "PI", "École Jules Ferry"),
    ("elementary", "rue du Port", 0, 9999, "PI", "École élémentaire Zola"),
    ("elementary", "rue Basse", 0, 9999, "PI", "Zola"),
    ("elementary", "rue Basse", 0, 9999, "PI", "Ferry"),
]


def _check_text(source: StreetListFile) -> None:
    assert source.columns == "text"
    assert _rows(source, "level", "street_name", "number_from", "number_to", "parity", "school_id") == READ
    assert [(fault.rule, fault.line) for fault in source.refused] == [
        ("list-span", 7),
        ("list-bounds", 8),
        ("list-sentence", 9),
    ]


def test_a_text_is_read_line_by_line_and_what_it_leaves_open_is_refused(tmp_path: Path) -> None:
    _check_text(_read(tmp_path, TEXT, name="list.txt", encoding="cp1252"))


def test_a_text_document_is_read_as_its_lines(tmp_path: Path) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in TEXT.splitlines())
    with zipfile.ZipFile(tmp_path / "list.docx", "w") as packed:
        packed.writestr("word/document.xml", f"<w:document {space}><w:body>{lines}</w:body></w:document>")
    _check_text(read_street_list(tmp_path / "list.docx"))


def test_a_text_without_schools_and_streets_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="names of schools, and under each of them its streets"):
        _read(tmp_path, "Bonjour,\nvoici une lettre.\n", name="letter.txt")
