"""``cartable annex draw``: the sectors that a street list means, drawn from any address base."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from geo.cli.opening import JsonOption, LangOption
from geo.cli.teller import Teller
from geo.council.street_sectors import joined_levels, sector_table, write_layer
from geo.council.words import Lang, number, percent, say
from geo.sources.street_list_audit import AuditFiles
from geo.sources.street_list_drawing import DrawFiles, Drawing, LevelDrawing, draw_files
from geo.territory.annex.audit import NONE

_SHOWN = 5


def draw(
    street_list: Annotated[Path, typer.Argument(metavar="LIST", help="The street list: CSV, XLSX, ODS, text, layer.")],
    addresses: Annotated[Path, typer.Option("--addresses", help="The address base, with coordinates.")],
    out: Annotated[Path, typer.Option("--out", help="The layer to write: .gpkg, .geojson or .fgb.")],
    streets: Annotated[
        Path | None, typer.Option("--streets", help="Lines of the streets: limits then run along their middle.")
    ] = None,
    commune: Annotated[
        Path | None, typer.Option("--commune", help="Area that is parted; what lies near the addresses by default.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="Sectors of another hand, any layer: how much is the same.")
    ] = None,
    columns: Annotated[
        str, typer.Option("--columns", help="Preset (national, montpellier, cartable, any) or a MAPPING.toml.")
    ] = "",
    insee: Annotated[str, typer.Option("--insee", help="INSEE code of the only commune to look at.")] = "",
    level: Annotated[str, typer.Option("--level", help="The only level to draw.")] = "",
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Draw the sectors that a street list means: areas without gap or overlap, each address in that of its school.

    Example: `cartable annex draw street_list.csv --addresses adresses-35.csv --out sectors.gpkg`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        listed = AuditFiles(street_list, addresses, against, columns=columns, insee=insee, level=level)
        files = DrawFiles(listed, streets, commune)
        drawing = told.busy("annex.drawing", lambda: draw_files(files), name=street_list.name)
        write_layer(joined_levels([sector_table(one.sectors, one.level) for one in drawing.levels]), out)
        for one in drawing.levels:
            _tell(told, one, _without_school(drawing, one))
            _tell_beside(told, one)
        told.say(str(out))
        told.result(
            {
                "levels": [_level_json(one, _without_school(drawing, one)) for one in drawing.levels],
                "rows_refused": len(drawing.report.source.refused),
                "file": str(out),
            }
        )


def _without_school(drawing: Drawing, level: LevelDrawing) -> int:
    (own,) = (one for one in drawing.report.levels if one.level == level.level)
    return int((own.decisions["state"] == NONE).sum())


def _tell(told: Teller, one: LevelDrawing, without: int) -> None:
    lang = told.lang
    share = percent(one.inside / one.drawn, lang, digits=2) if one.drawn else ""
    told.say(say("annex.drawn", lang, count=len(one.sectors), level=_level_name(one.level, lang), share=share))
    if without:
        told.say(say("annex.drawn_without", lang, count=without))
    if len(one.pieces):
        told.say(say("annex.pieces", lang, count=len(one.pieces)))
    for piece in one.pieces[["sector_id", "addresses", "within"]].head(_SHOWN).itertuples(index=False):
        told.say("- " + say("annex.piece", lang, count=int(piece.addresses), sector=piece.sector_id))


def _tell_beside(told: Teller, one: LevelDrawing) -> None:
    """Tell how much of each sector, and of its addresses, the sectors of another hand give to its school."""
    if one.beside is None:
        return
    if not one.beside["addresses"].any():
        told.say(say("annex.beside.apart", told.lang))
        return
    whole = say("annex.beside.all", told.lang)
    beside = pd.concat([one.beside, one.beside.sum().rename(whole).to_frame().T])
    area, homes = beside["inside_m2"] / beside["area_m2"], beside["agreeing"] / beside["addresses"]
    columns = {
        "school": beside.index.astype("str"),
        "area": [percent(share, told.lang, digits=1) for share in area],
        "homes": [number(count, told.lang) for count in beside["addresses"]],
        "agreeing": [percent(share, told.lang, digits=1) for share in homes],
    }
    told.say("\n" + say("annex.beside.heading", told.lang, level=_level_name(one.level, told.lang)))
    told.table(pd.DataFrame({say(f"annex.beside.{name}", told.lang): cells for name, cells in columns.items()}))


def _level_name(level: str, lang: Lang) -> str:
    return "" if level == "any" else say("annex.of_level", lang, level=level)


def _level_json(one: LevelDrawing, without: int) -> dict[str, Any]:
    sectors = one.sectors
    return {
        "level": one.level,
        "addresses_with_school": one.drawn,
        "addresses_in_own_sector": one.inside,
        "addresses_without_school": without,
        "area_m2": round(float(sectors.area.sum()), 1),
        "sectors": [
            {"sector": str(sector), "schools": list(schools), "addresses": int(homes), "area_m2": round(area, 1)}
            for sector, schools, homes, area in zip(
                sectors.index, sectors["schools"], sectors["addresses"], sectors.area.tolist(), strict=True
            )
        ],
        "pieces_apart": [
            {"sector": sector, "addresses": int(homes), "area_m2": round(float(area), 1), "within": within or None}
            for sector, homes, area, within in one.pieces[["sector_id", "addresses", "area_m2", "within"]].itertuples(
                index=False, name=None
            )
        ],
        "against": None if one.beside is None else one.beside.round(1).reset_index().to_dict("records"),
    }
