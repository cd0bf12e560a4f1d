"""Where the values of a JSON text stand, so that a mistake in a record is pointed at."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from campaign_calendars.findings.finding import Path, Place
from campaign_calendars.reading.traps import line_column

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r,:]*")
_SIMPLE = re.compile(r"[^\s,\]}]+")


def read_json(text: str) -> tuple[Any, Mapping[Path, Place]]:
    """The data and the place of every value; JSONDecodeError, ValueError, RecursionError as json raises them."""
    data = json.loads(text)
    places: dict[Path, Place] = {}
    _value(text, 0, (), places)
    return data, places


def _value(text: str, index: int, path: Path, places: dict[Path, Place]) -> int:
    """Note the place of the value at `index` of a text that is known to be JSON; returns its end."""
    index = _skip(text, index)
    places[path] = line_column(text, index)
    if text[index] == '"':
        return _string(text, index)[1]
    if text[index] not in "[{":
        match = _SIMPLE.match(text, index)
        return match.end() if match else len(text)
    mapping = text[index] == "{"
    index, number = _skip(text, index + 1), 0
    while text[index] not in "]}":
        key: str | int = number
        if mapping:
            key, index = _string(text, index)
        index = _skip(text, _value(text, index, (*path, key), places))
        number += 1
    return index + 1


def _string(text: str, index: int) -> tuple[str, int]:
    value, end = _DECODER.raw_decode(text, index)
    return str(value), end


def _skip(text: str, index: int) -> int:
    match = _SPACE.match(text, index)
    return match.end() if match else index
