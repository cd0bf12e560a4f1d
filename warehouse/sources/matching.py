"""Which cell of a source's header is which canonical column; every mismatch is a finding.

Columns are found by name, never by position, because platforms add and drop columns from year to
year (B1); blanks around a name, wide forms and case do not matter.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from campaign_calendars.findings.problem import Location, Problem
from warehouse.sources.catalogue import DATASETS, Dataset, SourceSpec
from warehouse.sources.mapping import GUESTS_UNFIT, ColumnRule, DatasetMap, Wanted, dataset_rules, takes_guests

_SHOWN = 12
_DAY = re.compile(r"(?<!\d)(20\d\d)[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])(?!\d)")
# Byte-order marks, zero-width blanks and joiners, soft hyphens, marks of direction, control characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_BUYER = "member_id"
_ANY = Wanted(words=("",))
_OTHER_MARKS = "^~:*# "
"""What may stand between cells beside the usual marks; a file with one of them needs to be told."""


Worded = tuple[tuple[int, Wanted], ...]
"""(position of a cell, which cells count)."""


CURRENCY = ("Currency", "Currency code", "Order currency", "币种", "货币", "货币类型", "结算币种", "订单币种")
"""Headers of the currency that amounts are in."""
WITH_MONEY = frozenset({"orders", "order_items", "refunds"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A column's rule with the positions of its headers."""

    rule: ColumnRule
    position: int | None
    less: int | None = None
    only: Worded = ()
    filled: tuple[int, ...] = ()
    times: int | None = None
    day: str = ""
    """The date in the file's name, for a rule that wants it."""

    def positions(self) -> set[int | None]:
        """Every cell it reads."""
        return {self.position, self.less, self.times, *self.filled, *(position for position, _ in self.only)}


@dataclass(frozen=True)
class Match:
    """Canonical column → where it comes from, in one header. `header` holds tidy cells."""

    header: tuple[str, ...]
    columns: Mapping[str, Chosen]
    rules: DatasetMap
    line: int | None = None
    keep: Worded = ()
    drop: Worded = ()
    currency: int | None = None
    warnings: list[Problem] = field(default_factory=list)

    def positions(self) -> list[int]:
        """Positions of all cells that are read, ascending."""
        wanted = {self.line, self.currency, *(position for position, _ in (*self.keep, *self.drop))}
        for chosen in self.columns.values():
            wanted |= chosen.positions()
        return sorted(position for position in wanted if position is not None)

    def ignored(self) -> list[str]:
        """Header cells nothing is read from; that of the currency is only looked at."""
        read = set(self.positions()) - {self.currency}
        return [cell for position, cell in enumerate(self.header) if position not in read and cell]


@dataclass(frozen=True, slots=True)
class Headed:
    """Where a header stands, and what else could be wrong where it does not fit: only what this kind of source has.

    A workbook has `sheets`, of which one is read; text has a `delimiter`.
    """

    at: Location
    delimiter: str = ""
    sheet: str = ""
    sheets: Sequence[str] = ()

    def advice(self, header: Sequence[str]) -> tuple[str, str]:
        """What to look at beside the column itself, to stand behind a hint."""
        if self.sheet:
            listed, listed_zh = ", ".join(self.sheets), "、".join(self.sheets)
            return (
                f"; this is sheet '{self.sheet}', the sheets are: {listed} (sheet = names another)",
                f"；这是工作表“{self.sheet}”，全部工作表：{listed_zh}（可用 sheet 指定）",
            )
        if not self.delimiter or len(header) > 1:
            return "", ""
        if mark := next((mark for mark in _OTHER_MARKS if header and header[0].count(mark) > 1), ""):
            return (
                f"; it is one cell only: write delimiter = {toml_text(mark)} if that stands between its cells",
                f"；表头只有一格：若各格以它分隔，请写 delimiter = {toml_text(mark)}",
            )
        return "; it is one cell only: is the delimiter right?", "；表头只有一格，请检查分隔符"


def tidy_header(cells: Sequence[str]) -> list[str]:
    """Header cells without surrounding blanks, line ends and marks nobody sees: real exports write `收货地址 ` (B1)."""
    return [" ".join(_INVISIBLE.sub("", cell).split()) for cell in cells]


def normal(cell: str) -> str:
    """What two spellings of one header have in common: `订单编号 ` and `Ｏrder（元）` as well."""
    return "".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", cell)).split()).casefold()


def toml_text(text: str) -> str:
    """A header as promocal.toml has it."""
    return f"'{text}'" if '"' in text and "'" not in text else json.dumps(text, ensure_ascii=False)


def rules_of(spec: SourceSpec, base_dir: Path) -> DatasetMap:
    """The rule of each column: of the settings, else of the map; without a map the column's own name."""
    return _with_guests(spec, _stated(spec, base_dir))


def _stated(spec: SourceSpec, base_dir: Path) -> DatasetMap:
    given = {name: ColumnRule.model_validate({"from": cell}) for name, cell in spec.columns.items()}
    if not spec.mapping:
        own = {name: ColumnRule.model_validate({"from": name}) for name in DATASETS[spec.dataset].columns}
        return DatasetMap(columns=own | given)
    found = dataset_rules(spec.mapping, spec.dataset, base_dir)
    return found.model_copy(update={"columns": {**found.columns, **given}})


def _with_guests(spec: SourceSpec, rules: DatasetMap) -> DatasetMap:
    """The rules with the guests of the settings; words that stand for nobody are empty cells of the buyer."""
    guests = rules.guests if spec.guests is None else spec.guests
    if guests is False:
        return rules.model_copy(update={"guests": False})
    if not takes_guests(spec.dataset, rules):
        said, zh = GUESTS_UNFIT
        raise UsageError(
            (f"{spec.section}.guests: {said}", f"{spec.section}.guests：{zh}"),
            (f"remove guests of [{spec.section}]", f"请删除 [{spec.section}] 的 guests"),
        )
    columns = dict(rules.columns)
    if (buyer := columns.get(_BUYER)) is not None and guests is not True:
        columns[_BUYER] = _emptied(buyer, guests)
    return rules.model_copy(update={"columns": columns, "guests": guests})


def _emptied(rule: ColumnRule, words: Sequence[str]) -> ColumnRule:
    other = _emptied(rule.otherwise, words) if rule.otherwise is not None else None
    return rule.model_copy(update={"empty": (*rule.empty, *words), "otherwise": other})


def wanted_headers(rules: DatasetMap) -> set[str]:
    """Every header the rules know, in normal form: how a header row and a delimiter are recognised."""
    known: set[str] = {*rules.line, *rules.keep, *rules.drop}
    for rule in rules.columns.values():
        for choice in rule.choices():
            known |= {*choice.headers, *choice.less, *choice.only, *choice.filled, *choice.times}
    return {normal(name) for name in known}


def match_columns(spec: SourceSpec, rules: DatasetMap, header: Sequence[str], where: Headed) -> Match:
    """Find each canonical column in `header`, which stands `where`. Optional columns may be absent.

    Raises ProblemsFoundError with S101 (required column missing), S102 (a header cell stands twice) or
    S103 (the column map names something that does not exist); all of them at once.
    """
    dataset, at = DATASETS[spec.dataset], where.at
    cells = tidy_header(header)
    finder = _Finder([normal(cell) for cell in cells], day_in(at.file))
    problems = [_unknown_name(spec, dataset, name) for name in spec.columns if name not in dataset.columns]
    found: dict[str, Chosen] = {}
    known = wanted_headers(rules)
    for name in dataset.columns:
        rule = rules.columns.get(name)
        chosen = finder.choose(rule) if rule is not None else None
        if isinstance(chosen, str):
            problems.append(_twice(spec, name, chosen, finder.count(chosen), at))
        elif chosen is not None:
            found[name] = chosen
        elif name in dataset.needed and not (name == _BUYER and rules.guests is not False):
            problems.append(_missing(spec, (name, rule), cells, known, where))
    keep, drop = finder.filters(rules.keep, found), finder.filters(rules.drop, found)
    if len(keep) + len(drop) < len(rules.keep) + len(rules.drop):
        absent = [name for name in (*rules.keep, *rules.drop) if not finder.filters({name: _ANY}, found)]
        problems.append(_filter_missing(spec, absent, cells, at))
    if problems:
        raise ProblemsFoundError(problems)
    line = finder.first(rules.line)
    warnings = _absent_mapped(spec, found, at)
    currency = finder.first(CURRENCY) if spec.dataset in WITH_MONEY else None
    return Match(tuple(cells), found, rules, _place(line), keep, drop, _place(currency), warnings)


def day_in(place: str) -> str:
    """The last date in the name of a file, as 2026-03-08; empty without one."""
    written = ["-".join(match.groups()) for match in _DAY.finditer(place.rpartition("/")[2])]
    return next((day for day in reversed(written) if _is_day(day)), "")


def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


class _Finder:
    def __init__(self, names: list[str], day: str = "") -> None:
        self._names = names
        self._day = day

    def count(self, header: str) -> int:
        return self._names.count(normal(header))

    def first(self, headers: Iterable[str]) -> int | str | None:
        """Position of the first header that is there; its name when it is there more than once."""
        for header in headers:
            if count := self.count(header):
                return self._names.index(normal(header)) if count == 1 else header
        return None

    def choose(self, rule: ColumnRule) -> Chosen | str | None:
        for choice in rule.choices():
            if choice.file and not self._day:
                continue
            cells = [(names, self.first(names)) for names in (choice.headers, choice.less, choice.times)]
            for _, found in cells:
                if isinstance(found, str):
                    return found
            if any(names and found is None for names, found in cells):
                continue
            position, less, times = (_place(found) for _, found in cells)
            filled = [self.first([header]) for header in choice.filled]
            others = tuple(place for place in filled if isinstance(place, int))
            return Chosen(choice, position, less, self.worded(choice.only), others, times, self._day)
        return None

    def worded(self, conditions: Mapping[str, Wanted]) -> Worded:
        """The headers that are there, once, with the cells that count."""
        found = [(self.first([header]), wanted) for header, wanted in conditions.items()]
        return tuple((place, wanted) for place, wanted in found if isinstance(place, int))

    def filters(self, conditions: Mapping[str, Wanted], columns: Mapping[str, Chosen]) -> Worded:
        """Cells of a header, or else of one of our columns, with those that count."""
        found = []
        for name, wanted in conditions.items():
            place = self.first([name])
            if place is None and name in columns:
                place = columns[name].position
            if isinstance(place, int):
                found.append((place, wanted))
        return tuple(found)


def _place(found: int | str | None) -> int | None:
    return found if isinstance(found, int) else None


def _absent_mapped(spec: SourceSpec, found: Mapping[str, Chosen], at: Location) -> list[Problem]:
    """S104 warnings: optional columns the user mapped, which this source does not have."""
    return [
        Problem(
            "S104",
            "warning",
            f"sources.{spec.dataset}: column {name} is mapped to '{cell}', which {at.file} does not have; "
            "it is read as empty",
            f"correct or remove the entry {name} in [sources.{spec.dataset}].columns",
            at,
            f"sources.{spec.dataset}：列 {name} 映射到“{cell}”，但 {at.file} 没有这一列，按空值处理",
            f"修改或删除 [sources.{spec.dataset}].columns 中的 {name}",
        )
        for name, cell in spec.columns.items()
        if name in DATASETS[spec.dataset].columns and name not in found
    ]


def _missing(
    spec: SourceSpec, wanted: tuple[str, ColumnRule | None], header: Sequence[str], known: set[str], where: Headed
) -> Problem:
    """S101 of a column with its rule; a cell of the header that no rule knows (`known`) may be meant."""
    name, rule = wanted
    headers = (rule.headers if rule is not None else ()) or (name,)
    dated = rule is not None and any(choice.file for choice in rule.choices())
    shown = ", ".join(header[:_SHOWN]) + (" …" if len(header) > _SHOWN else "")
    plain = {normal(cell): cell for cell in reversed(header) if normal(cell) not in known}
    near = [plain[match] for cell in headers for match in difflib.get_close_matches(normal(cell), plain, n=1)]
    entry = f"{name} = {toml_text(near[0] if near else '…')}"
    hint = f"set columns = {{ {entry} }} in [sources.{spec.dataset}]; the header is: {shown}"
    hint_zh = f"在 [sources.{spec.dataset}] 写 columns = {{ {entry} }}；表头是：{shown}"
    at, (more, more_zh) = where.at, where.advice(header)
    if spec.dataset == "orders" and name == _BUYER:
        more += "; if its orders have no buyers, write guests = true there: they then count in the store's sales"
        more_zh += "；若订单没有买家，请在该处写 guests = true，则计入全店销售"
    if dated:
        more += "; or put the day of the export into the file's name, as in members_20260308.xlsx"
        more_zh += "；或把导出日期写进文件名，如 会员_20260308.xlsx"
    names = "' or '".join(headers)
    return Problem(
        "S101",
        "error",
        f"{at.file} has no column '{names}', which {spec.dataset} needs as {name}",
        hint + more,
        at,
        f"{at.file} 没有列“{'”或“'.join(headers)}”，数据集 {spec.dataset} 需要它作为 {name}",
        hint_zh + more_zh,
    )


def _filter_missing(spec: SourceSpec, names: Sequence[str], header: Sequence[str], at: Location) -> Problem:
    shown = ", ".join(header[:_SHOWN]) + (" …" if len(header) > _SHOWN else "")
    listed = "', '".join(names)
    return Problem(
        "S134",
        "error",
        f"the map '{spec.mapping}' keeps or drops rows by '{listed}', which {at.file} does not have (once)",
        f"correct keep and drop of {spec.dataset} in the map; the header is: {shown}",
        at,
        f"映射“{spec.mapping}”按“{listed}”筛选行，但 {at.file} 没有（唯一的）这一列",
        f"请修改映射中 {spec.dataset} 的 keep 或 drop；表头是：{shown}",
    )


def _twice(spec: SourceSpec, name: str, cell: str, count: int, at: Location) -> Problem:
    return Problem(
        "S102",
        "error",
        f"{at.file} has {count} columns called '{cell}'; which of them is {name} of {spec.dataset} cannot be told",
        "rename all but one in the source, or map another column",
        at,
        f"{at.file} 有 {count} 个同名列“{cell}”，无法判断哪一个是 {spec.dataset} 的 {name}",
        "在来源中只保留一个同名列，或映射到其他列",
    )


def _unknown_name(spec: SourceSpec, dataset: Dataset, name: str) -> Problem:
    known = ", ".join(dataset.columns)
    return Problem(
        "S103",
        "error",
        f"sources.{spec.dataset}: '{name}' is not a column of {spec.dataset}",
        f"the columns are: {known}; write canonical name = header cell",
        Location(f"sources.{spec.dataset}"),
        f"sources.{spec.dataset}:“{name}”不是 {spec.dataset} 的列",
        f"可用的列：{known}；写法是 标准列名 = 表头",
    )
