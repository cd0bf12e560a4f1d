"""The reference pages, made from the models and the rules: they cannot say anything else.

`pages()` gives file name → Markdown, English and Chinese; `promocal.reference` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from campaign_calendars.audiences.fields.catalogue import AS_OF_RULES
from campaign_calendars.audiences.fields.vocabulary import FIELDS, FUNCTIONS
from campaign_calendars.checks.registry import RULES
from campaign_calendars.model.benefits import KINDS, BenefitBase, OfItsKind
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.messages import Message, ShortForm
from campaign_calendars.model.sequences import OffsetOfStep
from campaign_calendars.model.sheets import FromSheet, OrSheet
from campaign_calendars.model.store import Store
from campaign_calendars.reference import zh as reference_zh
from campaign_calendars.reference.citations import linked
from campaign_calendars.reference.coverage import coverage_page
from campaign_calendars.reference.metrics import metrics_page
from campaign_calendars.reference.reasons import reasons_page
from campaign_calendars.reference.sheets import columns_of_sheets, sheets_section
from campaign_calendars.reference.templates import template_section
from campaign_calendars.values.festivals import FESTIVALS
from campaign_calendars.values.moments import Moment, OwnMoment, Schedule, TimeZone
from campaign_calendars.values.scalars import (
    CapSpan,
    Day,
    Duration,
    Figure,
    Money,
    Parsed,
    PriceRate,
    Share,
    Size,
    Text,
    TimeOfDay,
)

_SCALARS: tuple[tuple[Any, str], ...] = (
    (Money, "money"),
    (Share, "share"),
    (PriceRate, "rate"),
    (Day, "day"),
    (Size, "size"),
    (Duration, "duration"),
    (CapSpan, "span"),
    (TimeOfDay, "time"),
    (Figure, "figure"),
    (Moment, "moment"),
    (OwnMoment, "moment"),
    (Schedule, "schedule"),
    (TimeZone, "zone"),
    (Message, "template"),
    (ShortForm, "short form"),
    (OffsetOfStep, "step"),
)
_PARSERS = {marker.parse: name for kind, name in _SCALARS for marker in kind.__metadata__ if isinstance(marker, Parsed)}
_PLAIN = {str: "text", int: "number", float: "number", bool: "bool", Text: "text, or {zh: …, en: …}"}
_CONTAINERS: dict[Any, str] = {list: "list of ", dict: "name → "}


def pages() -> dict[str, str]:
    """File name → content of every generated page."""
    from campaign_calendars import checks  # noqa: F401 - importing it registers the rules

    made = {
        "calendar": calendar_page,
        "checks": checks_page,
        "coverage": coverage_page,
        "fields": fields_page,
        "metrics": metrics_page,
        "reasons": reasons_page,
    }
    english = {f"{name}.md": linked(page("en"), "en") for name, page in made.items()}
    return english | {f"{name}.zh.md": linked(page("zh"), "zh") for name, page in made.items()}


def calendar_page(lang: str) -> str:
    """Every key of calendars, benefits and stores, every field and function of audiences."""
    say = _Words(lang)
    parts = [f"# {say('The calendar language')}", say.other("calendar"), say(_INTRODUCTION), _values(say)]
    parts += [f"## {say('Calendar')}", *_sections(Calendar, say)]
    parts += [sheets_section(lang), *_section(FromSheet, say), *columns_of_sheets(lang)]
    parts += [f"## {say('Benefits')}", say(_BENEFITS), _table(BenefitBase, say, {*BenefitBase.model_fields} - {"kind"})]
    parts += [part for kind, model in sorted(KINDS.items()) for part in _benefit(kind, model, say)]
    shared = dict.fromkeys(below for model in KINDS.values() for below in _models(model)[1:])
    parts += [part for model in shared for part in _section(model, say)]
    parts += [f"## {say('Store')}", *_sections(Store, say)]
    parts += [f"## {say('Audience expressions')}", say(_AUDIENCES), _fields(say), _functions(say)]
    parts += [template_section(lang)]
    return "\n\n".join(parts) + "\n"


def checks_page(lang: str) -> str:
    """Every code: severity, meaning, reason, a failing and a passing example."""
    say = _Words(lang)
    rules = [RULES[code] for code in sorted(RULES)]
    lines = [f"| | {say('severity')} | |", "|---|---|---|"]
    lines += [f"| [{r.code}](#{r.code.lower()}) | {say(r.severity)} | {_cell(r.title(lang))} |" for r in rules]
    parts = [f"# {say('Checks')}", say.other("checks"), say(_CHECKS), "\n".join(lines)]
    for rule in rules:
        parts += [
            f"## {rule.code}",
            f"*{say(rule.severity)}*",
            _explained(rule.explanation(lang), "yaml" if rule.is_of_yaml else "text"),
        ]
    return "\n\n".join(parts) + "\n"


def fields_page(lang: str) -> str:
    """The catalogue of member fields: all that is said about each of them, and the functions."""
    say = _Words(lang)
    heads = ("field", "value", "unit", "meaning", "stored as", "personal data", "as of", "source")
    lines = ["| " + " | ".join(say(head) for head in heads) + " |", "|---" * len(heads) + "|"]
    for field in FIELDS.values():
        choices = f" {say('values')}: " + ", ".join(f"`{choice}`" for choice in field.choices) if field.choices else ""
        empty = say(" May be empty.") if field.nullable else ""
        cells = (
            f"`{field.name}` {field.title.zh}",
            say(field.type),
            say(field.unit),
            field.meaning.get(lang) + choices + empty,
            f"{field.column_type} {field.column_unit}".strip(),
            say("yes") if field.pii else "",
            AS_OF_RULES[field.as_of].get(lang),
            field.row,
        )
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    parts = [f"# {say('Member fields')}", say.other("fields"), say(_FIELDS), "\n".join(lines), _functions(say)]
    return "\n\n".join(parts) + "\n"


class _Words:
    """A text in the language of the page; Chinese comes from `reference_zh`."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, english: str) -> str:
        return reference_zh.TEXTS[english] if self.lang == "zh" and english else english

    def other(self, page: str) -> str:
        return f"[English]({page}.md)" if self.lang == "zh" else f"[中文]({page}.zh.md)"


def _explained(text: str, language: str) -> str:
    """The explanation as Markdown: the indented examples become code."""
    lines: list[str] = []
    fenced = False
    for line in text.split("\n"):
        indented = line.startswith("    ")
        if indented and not fenced:
            lines += ["", f"```{language}"]
        elif fenced and not indented and line:
            lines += ["```", ""]
        fenced = indented or (fenced and not line)
        lines.append(line.removeprefix("    "))
    if fenced:
        lines.append("```")
    return "\n".join(lines).replace("\n\n\n", "\n\n").replace("\n\n```\n", "\n```\n")


def _values(say: _Words) -> str:
    rows = [f"| {say(name)} | {say(text)} |" for name, text in _VALUES]
    festivals = ", ".join(f"`{name}`" for name in FESTIVALS)
    table = "\n".join([f"| {say('value')} | {say('how it is written')} |", "|---|---|", *rows])
    return f"## {say('Values')}\n\n{table}\n\n{say('Festivals')}: {festivals}."


def _sections(root: type[BaseModel], say: _Words) -> Iterator[str]:
    """The keys of a model and of every model below it, each once, in the order they are met."""
    for model in _models(root):
        yield from _section(model, say)[0 if model is not root else 1 :]


def _section(model: type[BaseModel], say: _Words) -> list[str]:
    parts = [f"### {model.__name__}", say(summary(model)), _table(model, say, set(model.model_fields))]
    return [part for part in parts if part]


def _models(root: type[BaseModel]) -> list[type[BaseModel]]:
    met = [root]
    for model in met:
        for info in model.model_fields.values():
            for below in _below(info.annotation):
                if below not in met and below is not Text and not issubclass(below, BenefitBase):
                    met.append(below)
    return met


def _below(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _below(part)


def summary(model: type[BaseModel]) -> str:
    """The first paragraph of a model's docstring; empty when it has none of its own."""
    return " ".join((model.__dict__.get("__doc__") or "").strip().split("\n\n")[0].split())


def _benefit(kind: str, model: type[BaseModel], say: _Words) -> Iterator[str]:
    yield f"### `{kind}`"
    yield say(summary(model))
    own = set(model.model_fields) - set(BenefitBase.model_fields)
    if own:
        yield _table(model, say, own)


def _table(model: type[BaseModel], say: _Words, names: set[str]) -> str:
    hints = get_type_hints(model, include_extras=True)
    lines = [f"| {say('key')} | {say('value')} | {say('default')} | {say('meaning')} |", "|---|---|---|---|"]
    for name, info in model.model_fields.items():
        if name in names:
            cells = (f"`{info.alias or name}`", type_text(hints[name], say), _default(info, say), say(_meaning(info)))
            lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _meaning(info: FieldInfo) -> str:
    return info.description or _TITLE


def _default(info: FieldInfo, say: _Words) -> str:
    if info.is_required():
        return say("required")
    value = info.get_default(call_default_factory=True, validated_data={})
    if value is None or value in ([], {}, "") or isinstance(value, BaseModel):
        return ""
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{_written(value)}`"


def _written(value: Any) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, list) else str(value)


def type_text(annotation: Any, say: _Words) -> str:
    """What may be written: `money`, `list of text`, `a, b or c`, the name of a section."""
    if name := _marked(annotation):
        return say(name)
    if any(isinstance(mark, OrSheet) for mark in getattr(annotation, "__metadata__", ())):
        return f"{type_text(get_args(annotation)[0], say)}{say(_OR_SHEET)}"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    options = [option for option in arguments if option is not type(None)]
    if origin is not None:
        return say(_CONTAINERS.get(origin, "")) + type_text(options[-1 if origin is dict else 0], say)
    return say(_PLAIN[annotation]) if annotation in _PLAIN else _link(annotation.__name__)


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _marked(annotation: Any) -> str | None:
    """The name of a scalar of the language, told by the parser in its annotation."""
    for marker in getattr(annotation, "__metadata__", ()):
        if isinstance(marker, OfItsKind):
            return "a benefit"
        if isinstance(marker, Parsed) and marker.parse in _PARSERS:
            return _PARSERS[marker.parse]
    return None


def _fields(say: _Words) -> str:
    lines = [f"| {say('field')} | {say('value')} | {say('unit')} | {say('meaning')} |", "|---|---|---|---|"]
    for field in FIELDS.values():
        meaning = field.meaning.get(say.lang)
        empty = say(" May be empty.") if field.nullable else ""
        lines.append(f"| `{field.name}` | {say(field.type)} | {say(field.unit)} | {_cell(meaning + empty)} |")
    return "\n".join(lines)


def _functions(say: _Words) -> str:
    lines = [f"| {say('function')} | {say('meaning')} |", "|---|---|"]
    for function in FUNCTIONS.values():
        meaning = function.meaning.get(say.lang)
        answer = "" if function.gives == "bool" else f" → {say(function.gives)}"
        empty = say(" May be empty.") if function.nullable else ""
        lines.append(f"| `{function.usage}` ({say(function.names)}){answer} | {_cell(meaning + empty)} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


_OR_SHEET = ", or [a sheet](#fromsheet)"
_TITLE = "Shown to people: in plans, reports and messages."
_INTRODUCTION = (
    "A calendar is one YAML file; the store it runs in is another. This page is generated from the models that"
    " read them, so every key below exists and no other does. Marks such as A3 or B5 lead to the row of the"
    " [domain](domain.md) a rule comes from. `promocal schema` prints the same as JSON Schema for an editor."
)
_BENEFITS = "Keys that every kind of benefit has; `kind` says which one it is."
_AUDIENCES = (
    "A condition like in SQL: fields and functions compared with = <> < <= > >=, in, between, like, is null, joined"
    " by and, or, not; `a minus b` is `a and not b`. Money is written in currency (199.00), texts in single quotes."
    " What is not known is not in the audience. [Audiences](audiences.md) shows how each of the domain is written."
)
_FIELDS = (
    "What audiences know of a member. This page is generated from the one catalogue that audience expressions, the"
    " columns of `member_features` and the editor read. Every field can be computed for any past moment; the column"
    " `as of` says what it may know then. Money is written in currency and stored in cents, decimals are stored in"
    " hundredths, moments in UTC. What may be empty is then unknown: no comparison with it holds, nor does its opposite"
    " under `not`; `is null` asks for it. A tag of the store whose rule is unknown for a member is not carried."
)
_CHECKS = (
    "What is found, by code: C in calendars, stores and messages, by `promocal check` and, C180 to C189, by"
    " `promocal new --year`; S in sources and imported files; D in decisions and their records. `promocal explain"
    " CODE` prints the same. The keys of an example replace those of a small calendar and store; examples of C6xx are"
    " message templates, those of S codes files. A calendar may `accept` warnings of `promocal check`, with reasons."
)
_VALUES = (
    ("money", "`199.00`, in the store's currency, at most two decimals."),
    ("share", "`5%` or `0.05`."),
    ("rate", "What is paid of a price: `0.85`, `85%`, `8.5折` or `85折`."),
    ("duration", "`30m`, `2h`, `7d`, `1d 12h`."),
    ("span", "A duration such as `7d`, or `day`, `phase`, `campaign`."),
    ("day", "`2026-03-08`."),
    ("size", "`702x110`, width and height in pixels."),
    ("time", "`10:00` or `21:59:59`."),
    ("figure", "`1200` or `6%`."),
    (
        "moment",
        (
            "`2026-03-08`, `2026-03-08 10:00`, `D-13`, `D+0 23:59:59`, `presale end + 2d`,"
            " `{festival: qixi, year: 2026}`; `D-15wd` counts working days of mainland China."
        ),
    ),
    (
        "schedule",
        (
            "`D-2 10:00`, `start + 9h`, `daily 10:00`, `weekly mon,thu 11:00`, `monthly 8 10:00`, `every 3d 11:00`,"
            " `workdays 10:00`."
        ),
    ),
    ("step", "`+2h`, `+45m`, `+3d` (10:00 of the third local day), `+3d 20:30`."),
    ("zone", "`Asia/Shanghai`."),
    ("template", "`messages/recall.txt`, or `{sms: messages/short.txt, default: messages/recall.txt}`."),
    (
        "short form",
        "`https://s.shop.cn/{code}`; also {link}, {play}, {phase}, {channel}, {calendar}, {text}.",
    ),
    ("text", "Text; quote it when it holds a colon or begins with a sign."),
)
