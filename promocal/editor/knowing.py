"""What the language says of a key, a field, a benefit, a check: sentences for people, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from campaign_calendars.audiences.fields.vocabulary import FIELDS, FUNCTIONS, Field
from campaign_calendars.checks import RULES, explain
from campaign_calendars.findings.finding import Path
from campaign_calendars.measuring.metrics.catalogue import TARGETS, is_target, metric_ids, target_metric
from campaign_calendars.measuring.metrics.metric import Grain, Metric
from campaign_calendars.model.benefits import KINDS
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.sheets import FromSheet
from campaign_calendars.reading.keys import types_at
from campaign_calendars.reference import zh
from campaign_calendars.reference.citations import directions
from campaign_calendars.reference.pages import summary
from promocal.editor.sheets import Sheet


def said(english: str, lang: str) -> str:
    """A text of the reference in a language; texts of plug-ins stay as they are."""
    return zh.TEXTS.get(english, english) if lang == "zh" else english


def fields_of(sheet: Sheet, owner: Path) -> dict[str, FieldInfo]:
    """The keys that may stand in a place of the calendar, in the order of the models."""
    types = types_at(Calendar, owner, _data(sheet))
    found: dict[str, FieldInfo] = {}
    for one in types:
        if isinstance(one, type) and issubclass(one, BaseModel):
            found |= {info.alias or name: info for name, info in one.model_fields.items()}
    return found


def types_of(sheet: Sheet, path: Path) -> list[Any]:
    """What may be written at a place of the calendar."""
    return types_at(Calendar, path, _data(sheet))


def is_sheet(sheet: Sheet, owner: Path) -> bool:
    """Whether what stands in a place of the calendar may come from a sheet."""
    return any(one is FromSheet for one in types_of(sheet, owner))


_OWNERS: Mapping[object, Grain] = {"phases": "phase", "waves": "wave"}


@cache
def aims(of: Grain = "phase") -> Mapping[str, Metric]:
    """The metrics a phase, a wave or the calendar may aim at, by the names `targets` knows; each is a file, read
    once."""
    named = {name: target_metric(name) for name in (*TARGETS, *metric_ids())}
    return {name: metric for name, metric in named.items() if is_target(metric, of)}


def aims_at(owner: Path) -> Mapping[str, Metric]:
    """The metrics that `targets` at this place may name."""
    return aims(_OWNERS.get(owner[0] if owner else "", "calendar"))


def of_aim(name: str, lang: str, owner: Path = ("phases",)) -> str | None:
    """What a metric counts."""
    metric = aims_at(owner).get(name)
    return of_metric(metric, name, lang) if metric is not None else None


def is_peer_metric(path: Path) -> bool:
    """Whether a place names the metric of a figure of peers."""
    return path[:1] == ("peers",) and path[-1:] == ("metric",)


def of_metric(metric: Metric, name: str, lang: str) -> str:
    """What a metric counts, by the name it is called."""
    lines = [f"**{name}** {metric.title.get(lang)}", metric.counts.get(lang), metric.note.get(lang)]
    return _joined(lines, f"({metric.source})", lang)


def _data(sheet: Sheet) -> Any:
    read = sheet.look.read
    if read.shown is not None:
        return read.shown.damage.data
    return _nested(sheet)


def _nested(sheet: Sheet) -> Any:
    """The texts of a whole calendar as plain data: which kind a benefit has decides its keys."""
    root: Any = {}
    for path, scalar in sheet.look.read.locations.scalars.items():
        if path[-1:] != ("kind",):
            continue
        node: Any = root
        for part, after in pairwise(path):
            node = _child(node, part, after)
        node[path[-1]] = scalar.value
    return root


def _child(node: Any, part: str | int, after: str | int) -> Any:
    empty: Any = [] if isinstance(after, int) else {}
    if isinstance(part, int):
        while len(node) <= part:
            node.append({})
        node[part] = node[part] or empty
        return node[part]
    return node.setdefault(part, empty)


def of_key(sheet: Sheet, path: Path, lang: str) -> str | None:
    """What a key means, what may be written after it, and where that comes from."""
    name = str(path[-1])
    info = fields_of(sheet, path[:-1]).get(name)
    if info is None:
        return of_aim(name, lang, path) if path[-2:-1] == ("targets",) else None
    meaning = said(info.description, lang) if info.description else _of_model(types_of(sheet, path), lang)
    lines = [f"**{name}**", meaning, choices(types_of(sheet, path), lang)]
    return _joined(lines, meaning, lang)


def _of_model(types: list[Any], lang: str) -> str:
    models = [one for one in types if isinstance(one, type) and issubclass(one, BaseModel)]
    return said(summary(models[0]), lang) if models else ""


def choices(types: list[Any], lang: str) -> str:
    """The values there are to choose from; empty where anything may be written."""
    listed = options(types)
    head = "可选" if lang == "zh" else "One of"
    return f"{head}{'：' if lang == 'zh' else ': '}" + ", ".join(f"`{one}`" for one in listed) if listed else ""


def options(types: list[Any]) -> list[str]:
    """The literal values of these types."""
    found: list[str] = []
    for one in types:
        if get_origin(one) is Literal:
            found += [str(value) for value in get_args(one)]
        elif one is bool:
            found += ["true", "false"]
    return list(dict.fromkeys(found))


def of_field(name: str, lang: str) -> str | None:
    """What a field or function of an audience expression tells."""
    field = FIELDS.get(name)
    if field is not None:
        return _of_field(field, lang)
    function = FUNCTIONS.get(name)
    if function is None:
        return None
    meaning = function.meaning.get(lang)
    return _joined([f"**{function.usage}** {function.title.get(lang)}", meaning], meaning, lang)


def _of_field(field: Field, lang: str) -> str:
    meaning = field.meaning.get(lang)
    unit = f"{said(field.type, lang)} {said(field.unit, lang) if field.unit else ''}".strip()
    empty = (
        "可能为空；为空的会员不在人群中。" if lang == "zh" else "May be empty; such members are not in the audience."
    )
    lines = [f"**{field.name}** {field.title.get(lang)}", f"{unit}", meaning, empty if field.nullable else ""]
    return _joined(lines, f"{meaning} ({field.row})" if field.row else meaning, lang)


def of_kind(kind: str, lang: str) -> str | None:
    """What a kind of benefit is."""
    model = KINDS.get(kind)
    return _joined([f"**{kind}**", said(summary(model), lang)], summary(model), lang) if model is not None else None


def of_check(code: str, lang: str) -> str | None:
    """What a check looks for, with a wrong and a right example."""
    text = explain(code, lang) if code in RULES else None
    return None if text is None else _joined([f"**{code}**", *_as_markdown(text)], text, lang)


def _as_markdown(text: str) -> Iterator[str]:
    """The explanation with its indented examples as code."""
    for paragraph in text.strip().split("\n\n"):
        lines = paragraph.split("\n")
        if any(line.startswith("    ") for line in lines):
            yield (
                "```yaml\n"
                + "\n".join(line.removeprefix("    ") if line[:1] == " " else f"# {line}" for line in lines)
                + "\n```"
            )
        else:
            yield "\n".join(lines)


def _joined(lines: list[str], cites: str, lang: str) -> str:
    return "\n\n".join(line for line in (*lines, "\n".join(directions(cites, lang))) if line)
