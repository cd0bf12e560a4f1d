"""A model of a text whose values are not all right: what cannot be read is left out, the rest stays.

The smallest thing an error names is left out, and its owner with it where the owner cannot be without. What a
calendar or a phase cannot be without is filled in, twice and differently: a finding that is made of both readings
does not rest on what was filled in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from campaign_calendars.findings.finding import Path, nearest
from campaign_calendars.reading.keys import child, keys_at, types_at, written_path
from campaign_calendars.reading.mending import ABSENT_KEY
from campaign_calendars.reading.validating import validated

M = TypeVar("M", bound=BaseModel)
Pair = tuple[Any, Any]
_ROUNDS = 20
_FILLED: Mapping[tuple[str, str], Pair] = {
    ("Calendar", "calendar"): ("unnamed", "nameless"),
    ("Calendar", "store"): ("unnamed", "nameless"),
    ("Calendar", "timezone"): ("Asia/Shanghai", "UTC"),
    ("Calendar", "day_zero"): ("2026-03-08", "2026-11-11"),
    ("Phase", "kind"): ("custom", "burst"),
    ("Store", "store"): ("unnamed", "nameless"),
}
_ANY_WINDOW: Pair = ({"from": "D-7", "to": "D"}, {"from": "D-1 10:00", "to": "D+1"})


@dataclass(frozen=True)
class Holed(Generic[M]):
    """What could be read of a document. `models` holds one reading, or two where something was filled in.

    `lost` are the places, in the document as written, of what was left out or filled in.
    """

    models: tuple[M, ...]
    lost: frozenset[Path]
    named: Mapping[str, Any] = field(default_factory=dict)
    """The data as written, half-typed keys completed."""
    numbers: Mapping[Path, tuple[int, ...]] = field(default_factory=dict)
    names: Mapping[Path, str] = field(default_factory=dict)
    wrapped: frozenset[Path] = frozenset()
    """Lists of which the only item was written as if it were the list itself."""

    def as_typed(self, path: Path) -> Path:
        """A place of `named` in the document as written."""
        found: Path = ()
        for part in path:
            if found not in self.wrapped:
                found = (*found, self.names.get((*found, part), part))
            elif part != 0:
                found = (*found, part)
        return found

    def written(self, path: Path) -> Path:
        """Where something of the models stands in the document as written: items left out count there."""
        found: Path = ()
        for part in path:
            if part == 0 and found in self.wrapped:
                continue
            if isinstance(part, int) and found in self.numbers:
                kept = self.numbers[found]
                found = (*found, kept[part] if part < len(kept) else part)
            else:
                found = (*found, self.names.get((*found, part), part))
        return found


def holed(model: type[M], data: dict[str, Any], errors: list[ErrorDetails]) -> Holed[M] | None:
    """The readable part of a document, `errors` being those of all of it; None where nothing can stand by itself."""
    filling = _Filling(model, data)
    for _ in range(_ROUNDS):
        if not filling.leave_out(errors):
            return None
        try:
            models = tuple(validated(model, filling.document(turn)) for turn in range(1 + bool(filling.filled)))
        except ValidationError as error:
            errors = error.errors(include_url=False)
        else:
            return filling.holed(models)
    return None


@dataclass
class _Filling(Generic[M]):
    """What is left out and filled in so far; every path is one of the document as written."""

    model: type[M]
    data: dict[str, Any]
    lost: set[Path] = field(default_factory=set)
    filled: dict[Path, Pair] = field(default_factory=dict)
    renamed: dict[Path, str] = field(default_factory=dict)
    wrapped: set[Path] = field(default_factory=set)

    def document(self, turn: int) -> dict[str, Any]:
        """The data without what is lost; `turn` (0, 1) picks what is filled in."""
        made: dict[str, Any] = self._copy(self.data, (), self.lost, self._touched())
        place = self.holed(())
        for path, pair in self.filled.items():
            if any(path[:length] in self.lost for length in range(1, len(path))):
                continue  # its owner went after all
            owner: Any = made
            for part in self._counted(path[:-1], place):
                owner = owner[part]
            owner[path[-1]] = pair[turn]
        return made

    def holed(self, models: tuple[M, ...]) -> Holed[M]:
        numbers: dict[Path, tuple[int, ...]] = {}
        for path in self.lost:
            if path and isinstance(path[-1], int):
                items = _at(self.data, path[:-1])
                numbers[path[:-1]] = tuple(n for n in range(len(items)) if (*path[:-1], n) not in self.lost)
        names = {(*path[:-1], name): str(path[-1]) for path, name in self.renamed.items()}
        named = self._copy(self.data, (), (), self._touched()) if self.renamed or self.wrapped else self.data
        return Holed(models, frozenset(self.lost | set(self.filled)), named, numbers, names, frozenset(self.wrapped))

    def leave_out(self, errors: list[ErrorDetails]) -> bool:
        """Make room for every error; False where one is of the document as a whole."""
        document, place = self.document(0), self.holed(())
        before = self._size()
        for details in errors:
            path = written_path(details["loc"], document)[0]
            if details["type"] == "extra_forbidden" and (key := self._meant(path, document)) is not None:
                self.renamed[place.written(path)] = key
        if self._size() != before:
            return True  # what is missing may be among them
        return all(self._leave_out(details, document, place) for details in errors) and self._size() != before

    def _leave_out(self, details: ErrorDetails, document: Any, place: Holed[M]) -> bool:
        path, missing, _ = written_path(details["loc"], document)
        written = place.written(path)
        pair = self._stand_in(path, written, missing, document) if details["type"] == "missing" else None
        if pair is not None:
            self.filled[(*written, missing)] = pair
        elif details["type"] == "list_type" and isinstance(details["input"], dict):
            self.wrapped.add(written)
        elif written:
            self._lose(written)
        return bool(written) or pair is not None

    def _size(self) -> tuple[int, ...]:
        return len(self.lost), len(self.filled), len(self.renamed), len(self.wrapped)

    def _lose(self, path: Path) -> None:
        self.lost.add(path)
        if path == ("day_zero",):  # optional, and what every D-3 counts from
            self.filled[path] = _FILLED["Calendar", "day_zero"]

    def _touched(self) -> frozenset[Path]:
        """The places in which something is changed; all others are handed on as they are."""
        changed = (*self.lost, *self.filled, *self.renamed, *self.wrapped)
        return frozenset(path[:length] for path in changed for length in range(len(path) + 1)) | {()}

    def _copy(self, node: Any, path: Path, lost: Collection[Path], touched: Collection[Path]) -> Any:
        if path not in touched:
            return node
        if isinstance(node, dict):
            made = {
                self.renamed.get((*path, key), key): self._copy(value, (*path, key), lost, touched)
                for key, value in node.items()
                if (*path, key) not in lost
            }
            return [made] if path in self.wrapped else made
        if isinstance(node, list):
            return [
                self._copy(item, (*path, number), lost, touched)
                for number, item in enumerate(node)
                if (*path, number) not in lost
            ]
        return node

    def _counted(self, path: Path, place: Holed[M]) -> Iterator[str | int]:
        """A written path in the document without what is lost."""
        for length, part in enumerate(path):
            above = path[:length]
            if isinstance(part, int) and above in place.numbers:
                yield place.numbers[above].index(part)
            else:
                yield self.renamed.get((*above, part), part) if isinstance(part, str) else part
            if (*above, part) in self.wrapped:
                yield 0

    def _stand_in(self, path: Path, written: Path, missing: str, document: Any) -> Pair | None:
        owners = [owner.__name__ for owner in types_at(self.model, path, document) if isinstance(owner, type)]
        if missing == "window" and "Phase" in owners:
            return self._windows(written)
        if missing == "id" and owners:
            name = "-".join(str(part) for part in written).replace("_", "-")
            return f"unnamed-{name}", f"nameless-{name}"
        return next((_FILLED[owner, missing] for owner in owners if (owner, missing) in _FILLED), None)

    def _windows(self, phase: Path) -> Pair:
        """The windows of the phases around one that has none of its own."""
        phases = self.data.get("phases")
        number = phase[-1]
        if not isinstance(phases, list) or not isinstance(number, int):
            return _ANY_WINDOW
        kept = [
            (index, child(item, "window"))
            for index, item in enumerate(phases)
            if isinstance(child(item, "window"), dict)
            and (index != number)
            and not any(path[:2] == ("phases", index) and path[2:3] in ((), ("window",)) for path in self.lost)
        ]
        before = [window for index, window in kept if index < number]
        after = [window for index, window in kept if index > number]
        around = [*before[-1:], *after[:1]]
        return (around[0], around[1]) if len(around) > 1 else _ANY_WINDOW

    def _meant(self, path: Path, document: Any) -> str | None:
        """The key that an unknown one begins, or is nearly; of those with a value of its shape."""
        name, owner = str(path[-1]), _at(document, path[:-1])
        value = child(owner, path[-1])
        taken = set(owner) | {key for written, key in self.renamed.items() if written[:-1] == path[:-1]}
        free = [key for key in keys_at(self.model, path[:-1], document) if key not in taken]
        fitting = [key for key in free if self._has_shape((*path[:-1], key), value, document)]
        if name.startswith(ABSENT_KEY):
            return self._best(path, fitting, value)
        begun = [key for key in fitting if key.startswith(name)]
        return (self._best(path, begun, value) if begun else None) or nearest(name, fitting)

    def _best(self, path: Path, keys: list[str], value: Any) -> str | None:
        """Of several keys, the one under which the value has the fewest mistakes."""
        return min(keys, key=lambda key: (self._mistakes((*path[:-1], key), value), key), default=None)

    def _mistakes(self, path: Path, value: Any) -> int:
        """How many keys of the value, or of the items in it, are none of those they have under this key."""
        is_section = dict in [get_origin(one) for one in types_at(self.model, path, {})]
        if isinstance(value, list):
            return sum(self._mistakes((*path, number), item) for number, item in enumerate(value))
        if not isinstance(value, dict):
            return 0
        if is_section:
            return sum(self._mistakes((*path, key), item) for key, item in value.items())
        return len(set(value) - set(keys_at(self.model, path, {})))

    def _has_shape(self, path: Path, value: Any, document: Any) -> bool:
        types = types_at(self.model, path, document)
        if value is None:
            return True
        if isinstance(value, list):
            return any(get_origin(one) is list for one in types)
        if isinstance(value, dict):
            return any(
                get_origin(one) is dict or (isinstance(one, type) and issubclass(one, BaseModel)) for one in types
            )
        return not all(get_origin(one) in (list, dict) for one in types)


def _at(node: Any, path: Path) -> Any:
    for part in path:
        node = child(node, part)
    return node
