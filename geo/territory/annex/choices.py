"""What is chosen, not given, when a street list is matched and audited."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field


class AuditChoices(BaseModel):
    """Choices of the audit, each with its unit and its reason.

    Attributes
    ----------
    numbers_share
        Addresses of a street that the rows must cover before a name that is not equal is accepted [share]: a street
        split among schools is covered all along, another street of a like name is not.
    typing_letters
        Letters of a word in which one wrong letter is accepted [letters]: in shorter words one letter makes another
        name (Martin, Marin).
    guesses_shown
        Best guesses listed for a street without match [streets].
    guess_score
        Likeness from which a guess is worth showing [0-100].
    meant_score
        Likeness from which a street that the base has not is taken for one that the list has not, misspelt [0-100].
    streets_most
        Streets of a list that are matched [streets]: a region has fewer; more of them mean a damaged list.
    guessed_streets
        Streets without match for which guesses are sought [streets]: more of them mean another commune.
    shared_streets
        Streets on which the same schools must stand together before they are taken for a shared sector in a list
        without priorities [streets]: once is a slip, three times is a rule.
    slip_score, slip_share
        Two names of schools this like each other [0-100] are one name with a slip, if one of them has at most this
        share of the rows of the other [share].
    slip_names
        Names of schools that are compared with each other [schools]: no city has more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    numbers_share: float = Field(default=0.9, ge=0, le=1)
    typing_letters: int = Field(default=7, ge=4, le=20)
    guesses_shown: int = Field(default=3, ge=0, le=10)
    guess_score: float = Field(default=70, ge=0, le=100)
    meant_score: float = Field(default=85, ge=0, le=100)
    streets_most: int = Field(default=200_000, ge=1)
    guessed_streets: int = Field(default=3000, ge=0)
    shared_streets: int = Field(default=3, ge=1)
    slip_score: float = Field(default=92, ge=50, le=100)
    slip_share: float = Field(default=0.05, ge=0, le=1)
    slip_names: int = Field(default=500, ge=0)


CHOICES: Final = AuditChoices()
