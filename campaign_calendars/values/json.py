"""The one place where records become JSON and are read back: files, ledger, standard output, Prefect.

A record is a frozen dataclass; a text in two languages may be in it as it is in a calendar. Moments
carry their offset, money is integer cents, a tuple is an array, a mapping an object. Nothing is
guessed: what has no form in JSON is an error here, not a text made by `str`.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Collection, Hashable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from functools import cache
from pathlib import PurePath
from typing import Any, TypeVar, cast

from pydantic import BaseModel, TypeAdapter

R = TypeVar("R")


def to_plain(value: object) -> Any:
    """A record, or anything made of records, as dicts, lists and scalars that `json.dumps` writes as they are.

    Sets are sorted. Raises ValueError for a moment without an offset and for a number that is not
    finite, TypeError for what JSON cannot say.
    """
    if value is None or isinstance(value, str | int):
        return value  # most of what there is
    if (fields := _fields(value)) is not None:
        return {name: to_plain(getattr(value, name)) for name in fields}
    if isinstance(value, Mapping):
        return {_key(name): to_plain(item) for name, item in value.items()}
    if isinstance(value, AbstractSet):
        return sorted(to_plain(item) for item in value)
    if isinstance(value, Collection) and not isinstance(value, bytes | bytearray):
        return [to_plain(item) for item in value]
    return _scalar(value)


def to_json(value: object, *, sort_keys: bool = True) -> str:
    """The text of a record: two spaces of indent, keys sorted or in the order of the record, Chinese as it is."""
    return json.dumps(to_plain(value), ensure_ascii=False, indent=2, sort_keys=sort_keys)


def from_json(record: type[R], text: str | bytes) -> R:
    """A record back from the text of `to_json`; unknown keys are passed over (a newer version wrote them).

    Raises ValueError when a key is missing or has another type, also for a text that is no JSON.
    """
    adapter: TypeAdapter[R] = _adapter(cast("Hashable", record))
    return adapter.validate_json(text)


@cache
def _adapter(record: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("type[Any]", record))


def _fields(value: object) -> list[str] | None:
    """Names of a record's fields in their order; None: it is none."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [field.name for field in dataclasses.fields(value)]
    return list(type(value).model_fields) if isinstance(value, BaseModel) else None


def _scalar(value: object) -> str | float:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is no number of JSON")
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"the moment {value} has no offset")
        return value.isoformat()
    if isinstance(value, date | PurePath):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a key of JSON is a text, not {name!r}")
    return name
