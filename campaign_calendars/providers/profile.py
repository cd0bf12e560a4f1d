"""What a provider allows, as records. Each figure says where it is stated and when that was read (B2-B4)."""

from __future__ import annotations

import tomllib
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from campaign_calendars.findings.said import Said
from campaign_calendars.model.store import QuietHours

Then: TypeAlias = Literal["retry", "wait", "refuse", "suppress", "stop"]
"""What an answer of a provider asks for.

retry: nothing was taken, the same again in a minute; wait: as retry, after the wait of the entry; refuse: this message
will never be taken; suppress: nor any later one to this address; stop: nothing can be sent until a person mends it.
"""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Stated(_Entry):
    """A figure with its source: an address or a document, and the day on which it was read there."""

    source: Annotated[str, Field(min_length=1)]
    seen: date


class Count(Stated):
    value: Annotated[int, Field(ge=1)]


class MonthCap(Stated):
    """Messages to one recipient in a calendar month, from a day on; `days`: as many as the month has days."""

    value: Annotated[int, Field(ge=1)] | Literal["days"]
    from_: Annotated[date, Field(alias="from")]


class Closed(Stated):
    """Hours without promotional messages."""

    hours: QuietHours


class Segments(Stated):
    """How a long message is billed: `one` characters are one part, more are parts of `part`."""

    one: Annotated[int, Field(ge=1)]
    part: Annotated[int, Field(ge=1)]


class Price(Stated):
    """Of one segment, in yuan."""

    yuan: Annotated[Decimal, Field(ge=0)]


class Flag(Stated):
    value: bool


class Words(Stated):
    value: Annotated[str, Field(min_length=1)]


class Subject(_Entry):
    """A subject that templates must not have: the pattern of its words, what it is called, and where it may be told."""

    pattern: Annotated[str, Field(min_length=1)]
    en: str
    zh: str
    instead: tuple[str, ...] = ("dedicated_service", "group", "push")


class Subjects(Stated):
    refused: tuple[Subject, ...]


class Answer(_Entry):
    codes: Annotated[tuple[str, ...], Field(min_length=1)]
    then: Then
    wait_minutes: Annotated[int, Field(ge=1)] = 1

    @property
    def wait(self) -> timedelta:
        return timedelta(minutes=self.wait_minutes)


class Answers(Stated):
    """Codes of answers and receipts."""

    known: tuple[Answer, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Answers:
        codes = [code for answer in self.known for code in answer.codes]
        if len(codes) != len(set(codes)):
            raise ValueError("a code stands twice")
        return self


class Profile(_Entry):
    """One provider. What it does not state is None or empty, and then nothing is held to it."""

    name: str
    en: str
    zh: str
    batch: Count | None = None
    """Messages of one request, or rows of one list for its import."""
    per_second: Count | None = None
    """Requests."""
    number_day: Count | None = None
    """Promotional messages to one recipient in any 24 hours."""
    number_month: tuple[MonthCap, ...] = ()
    quiet: Closed | None = None
    segments: Segments | None = None
    most_chars: Count | None = None
    """Of a text with its signature."""
    most_bytes: Count | None = None
    attachments: Count | None = None
    price: Price | None = None
    lead_days: Count | None = None
    """Working days until signature and templates are approved."""
    variables: Flag | None = None
    """Whether promotional templates may have variables without asking."""
    longest_variable: Count | None = None
    opt_out: Words | None = None
    symbols: Words | None = None
    """Characters that arrive garbled."""
    capacity: Count | None = None
    """Members of one group."""
    subjects: Subjects | None = None
    answers: Answers | None = None

    @property
    def title(self) -> Said:
        return self.en, self.zh

    def month_cap(self, day: date) -> int | None:
        """Messages to one recipient in the month of a day; None: not stated for it."""
        held = max((cap for cap in self.number_month if cap.from_ <= day), key=lambda cap: cap.from_, default=None)
        if held is None:
            return None
        return monthrange(day.year, day.month)[1] if held.value == "days" else held.value

    def answer(self, code: str) -> Answer | None:
        """What the provider's code asks for; None: it is not known."""
        known = self.answers.known if self.answers is not None else ()
        return next((answer for answer in known if code in answer.codes), None)


@lru_cache
def profile_named(name: str) -> Profile:
    """The profile in a file of this room; KeyError for a name that has none."""
    found = files(__package__) / f"{name}.toml"
    if not name.isidentifier() or not found.is_file():
        raise KeyError(name)
    return Profile.model_validate({"name": name, **tomllib.loads(found.read_text("utf-8"))})
