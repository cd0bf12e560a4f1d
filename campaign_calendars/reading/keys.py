"""Which keys and types a place of the document may have: for did-you-mean, for finding the dates."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from campaign_calendars.findings.finding import Path
from campaign_calendars.model.benefits import OfItsKind
from campaign_calendars.model.sheets import FromSheet, OrSheet


def child(node: Any, part: str | int) -> Any:
    """The child of a plain node, or None when there is none."""
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return None


def keys_at(model: type[BaseModel], path: Path, data: Any) -> list[str]:
    """The keys that may be written at `path` of a document of `model`; `data` picks union members."""
    return sorted({key for owner in types_at(model, path, data) if _is_model(owner) for key in _keys(owner)})


def types_at(model: type[BaseModel], path: Path, data: Any) -> list[Any]:
    """The types a value at `path` may have: models, MomentExpr, list[…] …; empty for an unknown path."""
    annotations: list[Any] = [model]
    node = data
    for part in path:
        below = [a for annotation in annotations for a in _below(annotation, part)]
        node = child(node, part)
        annotations = [a for annotation in below for a in _members(annotation, node)]
    return annotations


def written_path(loc: tuple[int | str, ...], data: Any) -> tuple[Path, str, bool]:
    """The written path of one of pydantic's errors in `data`: without union tags and `[key]` marks.

    Returns (path, name of a missing last element or "", whether the key itself is meant).
    """
    path: list[str | int] = []
    node = data
    missing = ""
    for part in loc:
        below = child(node, part)
        is_item = isinstance(node, list) and isinstance(part, int) and part < len(node)
        if below is not None or is_item or (isinstance(node, dict) and part in node):
            path.append(part)
            node = below
        elif part != "[key]":
            missing = str(part)
    return tuple(path), missing, "[key]" in loc


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _keys(owner: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in owner.model_fields.items()]


def _below(annotation: Any, part: str | int) -> Iterator[Any]:
    """What stands one step below an annotation: a field, an item, a value."""
    if _is_model(annotation):
        for name, info in annotation.model_fields.items():
            if part == (info.alias or name):
                yield info.annotation
                if any(isinstance(mark, OrSheet) for mark in info.metadata):
                    yield FromSheet
    elif get_origin(annotation) in (list, dict):
        yield get_args(annotation)[-1]


def _members(annotation: Any, node: Any) -> Iterator[Any]:
    """The annotation without wrappers; of a union, the members the value may be."""
    members: tuple[Any, ...] = ()
    while get_origin(annotation) is Annotated:
        registered = [kind for mark in annotation.__metadata__ if isinstance(mark, OfItsKind) for kind in mark.kinds()]
        annotation, members = get_args(annotation)[0], members or tuple(registered)
    if get_origin(annotation) in (Union, types.UnionType):
        members = get_args(annotation)
    if not members:
        yield annotation
        return
    fitting = [member for member in members if not _is_model(member) or _fits(member, node)]
    for member in fitting if any(map(_is_model, fitting)) else members:
        yield from _members(member, node)


def _fits(model: type[BaseModel], node: Any) -> bool:
    """Whether `kind`, where models are told apart by it, is the one that is written."""
    info = model.model_fields.get("kind")
    if info is None or get_origin(info.annotation) is not Literal or not isinstance(node, dict):
        return True
    return node.get("kind") in get_args(info.annotation)
