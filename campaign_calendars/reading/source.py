"""YAML text → plain data with a place for every key and value, and every trap reported.

Scalars stay the text that was written: `22:30` is not 1350, `NO` is not false, `007` keeps its
zeros. Only an empty value, `~` and `null` mean "nothing". The text is read event by event, so a
bomb of aliases or brackets is stopped early. Not part of the language, each with its own code:
duplicate keys, merge keys, custom tags, several documents, keys that are not text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from campaign_calendars.findings.finding import Locations
from campaign_calendars.findings.problem import Problem
from campaign_calendars.reading.building import MAX_NODES, Reader
from campaign_calendars.reading.parts import Apart
from campaign_calendars.reading.traps import normal, unreadable


@dataclass(frozen=True)
class Source:
    """What one YAML text holds: plain data (dicts, lists, texts, None), places, problems.

    `data` is None when the text could not be read to its end.
    """

    data: dict[str, Any] | None
    locations: Locations
    problems: list[Problem]
    error: yaml.MarkedYAMLError | None = None
    """Where the parser gave up; None where it read the text, or the reader stopped before."""


def read(text: str, file: str = "") -> Source:
    """Read one YAML document. Never raises on the content of `text`."""
    text = normal(text)
    problems = list(unreadable(text, file))
    if problems:
        return Source(None, Locations(file), problems)
    apart = Apart.of(text)
    if apart is not None and (found := _apart(apart, text, file)) is not None:
        return found
    return _source(reader := Reader(text, file), reader.document())


def _apart(apart: Apart, text: str, file: str) -> Source | None:
    """A text read part by part; None where that tells less than reading it at once."""
    if apart.stands and (joined := apart.joined()) is not None:
        return Source(joined.data, Locations(file, joined.keys, joined.values, joined.scalars, text), [])
    reader = Reader(text, file, quoted_lines=apart.quoted_lines())
    data = reader.document(apart.shortened())
    if apart.stands == (reader.error is not None) or reader.stopped:
        return None
    apart.complete(reader)
    return _source(reader, data) if reader.nodes <= MAX_NODES else None


def _source(reader: Reader, data: dict[str, Any] | None) -> Source:
    return Source(data, reader.locations(), reader.problems, reader.error)
