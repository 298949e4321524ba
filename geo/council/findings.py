"""What the audit of a street list found, in words."""

from __future__ import annotations

from typing import Final

from geo.council.words import Lang, say
from geo.territory.annex.findings import Finding

_LINES_SHOWN: Final = 12


def finding_text(finding: Finding, lang: Lang) -> str:
    """Say what was found, with the lines of the list: 'rue Pasteur, odd side, ... (lines 12, 45)'."""
    told = say(f"annex.kind.{finding.kind}.text", lang, **_values(finding, lang))
    lines = lines_text(finding.lines, lang)
    return f"{told} [{lines}]" if lines else told


def mend_text(finding: Finding, lang: Lang) -> str:
    """Say what could be done about it."""
    return say(f"annex.kind.{finding.kind}.mend", lang, **_values(finding, lang))


def lines_text(lines: tuple[int, ...], lang: Lang) -> str:
    """Say which lines of the list are meant, the first of them if they are many; empty without any."""
    if not lines:
        return ""
    shown = ", ".join(str(line) for line in lines[:_LINES_SHOWN])
    left = len(lines) - _LINES_SHOWN
    if left > 0:
        shown = say("annex.and_more", lang, lines=shown, count=left)
    return say("annex.lines" if len(lines) > 1 else "annex.line", lang, lines=shown)


def _values(finding: Finding, lang: Lang) -> dict[str, object]:
    """Give the values of a finding with the words that they need."""
    given: dict[str, object] = {"street": finding.street, "count": finding.addresses, **finding.values}
    if "side" in given:
        given["side"] = say(f"annex.side.{given['side']}", lang)
        given["span"] = say(_span_key(given), lang, **{name: given[name] for name in ("side", "first", "last")})
    if finding.kind == "hole":
        given["near"] = say("annex.near.one" if given["school"] else "annex.near.several", lang, school=given["school"])
    if finding.kind == "street-unknown":
        given["near"] = say("annex.guesses", lang, guesses=given["guesses"]) if given["guesses"] else ""
    return given


def _span_key(given: dict[str, object]) -> str:
    if not given["last"]:
        return "annex.span_open"
    return "annex.span_single" if given["first"] == given["last"] else "annex.span"
