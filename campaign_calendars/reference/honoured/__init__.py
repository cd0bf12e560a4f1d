"""The catalogue of keys: for every key of the language who honours it, what it does, and the test that shows it.

A key that is added to a model gets its line in the module of its model. No key without an entry, no entry without a
key, none whose test never names the key; `docs/coverage.md` is made from here and says no more.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, get_args

from pydantic import BaseModel

from campaign_calendars.model.benefits import KINDS
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.sheets import FromSheet
from campaign_calendars.model.store import Store
from campaign_calendars.reference.honoured.benefits import BENEFITS
from campaign_calendars.reference.honoured.calendar import CALENDAR
from campaign_calendars.reference.honoured.channels import CHANNELS
from campaign_calendars.reference.honoured.entry import HONOURERS, Honoured
from campaign_calendars.reference.honoured.gifts import COUPONS_AND_GIFTS
from campaign_calendars.reference.honoured.group_plays import GROUP_PLAYS
from campaign_calendars.reference.honoured.messages import MESSAGES
from campaign_calendars.reference.honoured.names import NAMES
from campaign_calendars.reference.honoured.phases import PHASES
from campaign_calendars.reference.honoured.programme import PROGRAMME
from campaign_calendars.reference.honoured.rights import POINTS_PRICES_AND_RIGHTS
from campaign_calendars.reference.honoured.rules import RULES
from campaign_calendars.reference.honoured.sequences import SEQUENCES
from campaign_calendars.reference.honoured.store import STORE
from campaign_calendars.values.scalars import Text

__all__ = ["HONOURED", "HONOURERS", "Honoured", "keys_of_models", "models_of_the_language"]

HONOURED: Final[Mapping[str, Honoured]] = MappingProxyType(
    {
        **CALENDAR,
        **RULES,
        **PHASES,
        **SEQUENCES,
        **MESSAGES,
        **BENEFITS,
        **COUPONS_AND_GIFTS,
        **GROUP_PLAYS,
        **POINTS_PRICES_AND_RIGHTS,
        **STORE,
        **CHANNELS,
        **PROGRAMME,
        **NAMES,
    }
)
"""`Model.key` → who honours it; the key as it is written in YAML, the model that declares it."""


def models_of_the_language() -> list[type[BaseModel]]:
    """Calendar, store, every kind of benefit of ours, what lies below them, and the bases that declare their keys."""
    ours = [kind for kind in KINDS.values() if kind.__module__.startswith("campaign_calendars.")]
    met: dict[type[BaseModel], None] = {}
    roots: tuple[type[BaseModel], ...] = (Calendar, FromSheet, Store, *ours)
    for root in roots:
        _walk(root, met)
    return list(met)


def keys_of_models() -> dict[str, type[BaseModel]]:
    """`Model.key` of every key, by the model that declares it: a key of a base counts once."""
    return {f"{model.__name__}.{key}": model for model in models_of_the_language() for key in _own(model)}


def _walk(model: type[BaseModel], met: dict[type[BaseModel], None]) -> None:
    for declaring in model.__mro__:
        if declaring in met or not issubclass(declaring, BaseModel) or declaring in {BaseModel, Text}:
            continue
        met[declaring] = None
        for info in declaring.model_fields.values():
            for below in _below(info.annotation):
                _walk(below, met)


def _below(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _below(part)


def _own(model: type[BaseModel]) -> Iterator[str]:
    declared = inspect.get_annotations(model)
    return (info.alias or name for name, info in model.model_fields.items() if name in declared)
