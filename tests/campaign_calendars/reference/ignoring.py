"""A plugin of pytest that makes one key of the language go unheard: whatever is written, its default is read.

`python -m pytest -p tests.campaign_calendars.reference.ignoring --ignored-key Store.currency TEST`
"""

from __future__ import annotations

import pytest
from pydantic_core import PydanticUndefined

from campaign_calendars.reference.honoured import keys_of_models


def can_be_ignored(key: str) -> bool:
    """Whether there is something to read instead: what has to be written has no default."""
    return field_of(key)[1] is not PydanticUndefined


def field_of(key: str) -> tuple[str, object]:
    """The attribute a key is read by, and its default."""
    model, word = keys_of_models()[key], key.split(".")[1]
    name, info = next((name, info) for name, info in model.model_fields.items() if word == (info.alias or name))
    return name, info.get_default(call_default_factory=True, validated_data={})


def ignore(key: str) -> None:
    """From now on every reader of the key gets its default."""
    name, default = field_of(key)
    type.__setattr__(keys_of_models()[key], name, property(lambda _: default, lambda *_: None))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ignored-key")


def pytest_configure(config: pytest.Config) -> None:
    ignore(config.getoption("--ignored-key"))
