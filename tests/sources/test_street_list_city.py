"""A street list audited against a city that is open."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geo.council.findings import finding_text
from geo.model.levels import Level
from geo.sources.cities import open_city
from geo.sources.street_list_city import audit_for_city

ROOT = Path(__file__).parents[2]


def test_a_street_given_to_a_far_school_is_told_as_a_piece_of_its_sector(tmp_path: Path) -> None:
    rows = pd.read_csv(ROOT / "data/schools/villebrune/street_list.csv", dtype="str", keep_default_na=False)
    rows = rows[rows["level"] == "elementary"]
    (own,) = rows.index[rows["street_name"] == "allée Arago"]
    assert rows.loc[own, "school_id"] == "0000207A"
    path = tmp_path / "list.csv"
    rows.assign(school_id=rows["school_id"].where(rows.index != own, "0000206Z")).to_csv(path, index=False)
    report = audit_for_city(open_city(ROOT / "data", "villebrune"), path, level=Level.ELEMENTARY)
    told = [finding_text(one, "en") for one in report.findings if one.kind == "sector-in-pieces"]
    assert told == [
        "The sector of 0000206Z is not in one piece; pieces with addresses apart from the rest: 1 (7 addresses).",
        "The sector of 0000203W is not in one piece; pieces with addresses apart from the rest: 1 (2 addresses).",
    ]
    assert not report.blocks
