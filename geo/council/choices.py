"""Numbers that are a choice, as people read them: their range, their start and their reason."""

from __future__ import annotations

from pydantic import BaseModel

from geo.council.words import Lang, catalogue, percent, say


def choice_range(model: type[BaseModel], field: str) -> tuple[float, float]:
    """Give the least and the largest value that a choice may have.

    Raises
    ------
    LookupError
        If the field has no such limits.
    """
    field_schema = model.model_json_schema()["properties"][field]
    # A number that may be absent stands beside null, and one of many within its mapping.
    forms = [field_schema, *field_schema.get("anyOf", []), field_schema.get("additionalProperties", {})]
    for form in forms:
        if {"minimum", "maximum"} <= set(form):
            return float(form["minimum"]), float(form["maximum"])
    raise LookupError(f"choices: expected a field with two limits, got {field!r} of {model.__name__}")


def choice_reason(name: str, lang: Lang, *, within: tuple[float, float] | None = None, start: object = None) -> str:
    """Say what a choice does, how far it may go, where it starts and why.

    Parameters
    ----------
    name
        Name of the choice in the catalogue of words.
    lang
        Language of the sentence.
    within
        Least and largest value.
    start
        The value where nobody has chosen; None if it follows from the city.
    """
    reason = say(f"projection.reason.{name}", lang)
    parts = [] if within is None else [_between(name, within, lang)]
    if isinstance(start, int | float):
        parts.append(say("projection.start", lang, value=_value(name, float(start), lang)))
    return " ".join([reason, *parts])


def _between(name: str, within: tuple[float, float], lang: Lang) -> str:
    low, high = (_value(name, end, lang) for end in within)
    return say("projection.within", lang, low=low, high=high)


def _value(name: str, value: float, lang: Lang) -> str:
    """Write a value with its unit: shares as percentages, whatever has a unit in the catalogue with it."""
    key = f"projection.unit.{name}"
    if key not in catalogue():
        return percent(value, lang)
    return say(key, lang, count=value)
