"""Plain data as a model, with the models of what did not change since they were last asked for.

The parts of a text that is being typed come again as the same objects (`parts`), so their models may, too: both are
never changed. What is wrong is validated as a whole, so that every error has its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticKnownError

from campaign_calendars.model.audiences import Audience
from campaign_calendars.model.benefits import of_its_kind
from campaign_calendars.model.calendar import Calendar, Phase
from campaign_calendars.reading.remembering import Remembered

M = TypeVar("M", bound=BaseModel)


def _strictly(model: type[BaseModel]) -> Callable[[Any], BaseModel]:
    return lambda value: model.model_validate(value, by_alias=True, by_name=False)


_LARGE: Mapping[str, Callable[[Any], BaseModel]] = {
    "phases": _strictly(Phase),
    "audiences": _strictly(Audience),
    "benefits": of_its_kind,
}
"""What a calendar mostly consists of, and how one of them is validated."""


class _Same:
    """A value as itself: another that is equal is another."""

    __slots__ = ("section", "value")

    def __init__(self, section: str, value: dict[str, Any]) -> None:
        self.section = section
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value and self.section == other.section


def _validate(same: _Same) -> BaseModel | None:
    try:
        return _LARGE[same.section](same.value)
    except (ValidationError, PydanticKnownError):
        return None


_models = Remembered(_validate)


def validated(model: type[M], data: dict[str, Any]) -> M:
    """The model of plain data; as `model_validate`, whose errors it raises. The data may not be changed later."""
    if model is Calendar:
        _models.turn()
        data = {key: _section(key, value) if key in _LARGE else value for key, value in data.items()}
    return model.model_validate(data, by_alias=True, by_name=False)


def _section(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_model(key, item) for item in value]
    return {name: _model(key, item) for name, item in value.items()} if isinstance(value, dict) else value


def _model(section: str, value: Any) -> Any:
    """The model of a phase, an audience or a benefit; the value itself where it has none."""
    known = _models(_Same(section, value)) if isinstance(value, dict) else None
    return value if known is None else known
