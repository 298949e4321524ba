"""Numbers that are a choice and not a measurement: how they are declared, so that forms and documents can tell them."""

from __future__ import annotations

from pydantic import Field
from pydantic.fields import FieldInfo


def chosen(unit: str, span: tuple[float, float], reason: str) -> FieldInfo:
    """Declare a number with its unit, the range in which it makes sense, and the reason for its central value."""
    field: FieldInfo = Field(ge=span[0], le=span[1], description=reason, json_schema_extra={"unit": unit})
    return field
