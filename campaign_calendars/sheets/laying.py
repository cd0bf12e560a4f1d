"""Rows of a sheet as a part of the calendar: what would stand there in YAML, and the cell of each value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from campaign_calendars.findings.finding import Path, suggestion
from campaign_calendars.findings.problem import SheetCell
from campaign_calendars.findings.said import Said
from campaign_calendars.sheets.cells import names_in
from campaign_calendars.sheets.columns import KindName
from campaign_calendars.sheets.rows import Row, Rows

_PAST = ("on", "list", "after_coupon", "through", "counts")
_PLANNED = ("phase", "list", "after_coupon")
_ITEM = ("item", "title", "link", "price", "member_price", "stage", "until", "category")
_PEER = ("metric", "figure", "source", "on")
_DUTY = ("id", "text", "owner", "due", "takes", "if_open", "level")


@dataclass(frozen=True, slots=True)
class Titles:
    """Ids that may be written by their titles: the title, as a person types it, and the id."""

    phases: Mapping[str, str] = field(default_factory=dict)
    phase_ids: Sequence[str] = ()
    metric: Callable[[str], str] = str
    """The id of a metric, of its id or title; what is neither stays as it is."""

    def phase(self, written: str) -> str:
        return written if written in self.phase_ids else self.phases.get(written, written)


@dataclass
class Laid:
    """What the rows came to: `data` for the calendar, the cell of each place of it, what was left out."""

    owner: Path
    rows: Rows
    data: Any
    cells: dict[Path, SheetCell] = field(default_factory=dict)
    lost: set[Path] = field(default_factory=set)
    name: str = ""
    """The list or phase whose rows were taken."""
    phases: set[str] = field(default_factory=set)
    """Phases whose rows the sheet has."""

    def put(self, row: Row, path: Path, key: str, column: str = "") -> dict[str, Any]:
        """`{key: text}` of a cell that is filled in, its place noted."""
        if not (text := row.get(column or key)):
            return {}
        self.cells[(*path, key)] = self.rows.of(row, column or key)
        return {key: text}

    def append(self, row: Row, named_by: str, keys: Sequence[str]) -> tuple[Path, dict[str, Any]]:
        """One entry more of a list: its place, noted as the cell of `named_by`, and what these columns say."""
        place: Path = (*self.owner, len(self.data))
        self.cells[place] = self.rows.of(row, named_by)
        made: dict[str, Any] = {}
        for key in keys:
            made |= self.put(row, place, key)
        self.data.append(made)
        return place, made

    def blame(self, row: Row, key: str, said: Said, remedy: Said) -> None:
        self.rows.blame(self.owner, self.rows.of(row, key), said, remedy)

    def once(self, rows: Sequence[Row], path: Path, key: str, column: str = "") -> dict[str, Any]:
        """What several rows say together, of which one is enough; another word in a later row is told."""
        said = [row for row in rows if row.get(column or key)]
        for row in said[1:]:
            if row.get(column or key) != said[0].get(column or key):
                first = said[0].get(column or key)
                self.blame(
                    row,
                    column or key,
                    (f"row {said[0].number} says {first!r}", f"第 {said[0].number} 行写的是 {first!r}"),
                    ("Write the same in both, or in one only.", "请写成一致，或只写一处。"),
                )
        return self.put(said[0], path, key, column) if said else {}

    def twice(self, row: Row, first: Row, key: str, what: Said) -> None:
        self.blame(
            row,
            key,
            (f"{what[0]} stands in row {first.number} already", f"{what[1]} 已在第 {first.number} 行"),
            ("Keep one of the two rows.", "请只保留一行。"),
        )


def lay(kind: KindName, rows: Rows, owner: Path, titles: Titles, name: str = "") -> Laid:
    """Rows as the part of the calendar at `owner`; `name`: the list or phase whose rows are taken, empty for all."""
    return _LAYERS[kind](rows, owner, titles, name)


def _prices(rows: Rows, owner: Path, titles: Titles, _name: str) -> Laid:
    laid = Laid(owner, rows, {})
    first: dict[tuple[str, ...], Row] = {}
    begun: dict[str, Row] = {}
    for row in rows.rows:
        sku = row.get("goods")
        is_planned, is_past = bool(row.get("phase")), bool(row.get("on"))
        if is_planned == is_past:
            laid.lost.add((*owner, sku))
            laid.blame(
                row,
                "phase",
                (
                    "a row has a phase (planned price) or a day (past price), one of the two",
                    "每行写阶段（计划价）或日期（历史价），二者取一",
                ),
                ("Fill in one of them.", "请只填其中一项。"),
            )
            continue
        moment = (
            ("planned", titles.phase(row.get("phase")))
            if is_planned
            else ("history", row.get("on"), row.get("through"))
        )
        before = first.setdefault((sku, *moment), row)
        if before is not row:
            laid.lost.add((*owner, sku))
            laid.twice(
                row,
                before,
                "phase" if is_planned else "on",
                (f"the price of {sku} for {moment[1]}", f"{sku} 在 {moment[1]} 的价格"),
            )
            continue
        if sku not in laid.data:
            begun[sku] = row
            laid.data[sku] = {"history": [], "planned": []}
            laid.cells[(*owner, sku)] = rows.of(row, "goods")
        _price(laid, row, (*owner, sku), moment[0], titles)
    for sku in laid.data:
        mine = [row for row in rows.rows if row.get("goods") == sku]
        laid.data[sku] |= laid.once(mine, (*owner, sku), "title")
    _need_planned(laid, begun)
    return laid


def _price(laid: Laid, row: Row, path: Path, key: str, titles: Titles) -> None:
    prices = laid.data[path[-1]][key]
    place: Path = (*path, key, len(prices))
    laid.cells[place] = laid.rows.of(row, "goods")
    made: dict[str, Any] = {}
    for name in _PLANNED if key == "planned" else _PAST:
        made |= laid.put(row, place, name)
    if key == "planned":
        made["phase"] = titles.phase(made["phase"])
        for name in ("through", "counts"):
            if row.get(name):
                laid.blame(
                    row,
                    name,
                    ("a planned price says nothing of past ones", "计划价不填历史价的内容"),
                    ("Empty the cell.", "请清空该格。"),
                )
    prices.append(made)


def _need_planned(laid: Laid, begun: Mapping[str, Row]) -> None:
    for sku, row in begun.items():
        if not laid.data[sku]["planned"]:
            del laid.data[sku]
            if (*laid.owner, sku) not in laid.lost and not laid.rows.torn:
                laid.blame(
                    row,
                    "goods",
                    (f"{sku} has past prices and no planned one", f"{sku} 只有历史价，没有计划价"),
                    ("Add a row with a phase, or delete its rows.", "请补一行计划价（写阶段），或删去它的行。"),
                )
            laid.lost.add((*laid.owner, sku))


def _lists(rows: Rows, owner: Path, _titles: Titles, _name: str) -> Laid:
    laid = Laid(owner, rows, {})
    for name in dict.fromkeys(row.get("list") for row in rows.rows):
        mine = [row for row in rows.rows if row.get("list") == name]
        laid.cells[(*owner, name)] = rows.of(mine[0], "list")
        laid.data[name] = {}
        for key, column in (("title", "name"), ("stage", "list_stage"), ("by", "by")):
            laid.data[name] |= laid.once(mine, (*owner, name), key, column)
        laid.data[name]["items"] = list(_items_of(laid, mine, (*owner, name, "items")))
    return laid


def _items(rows: Rows, owner: Path, _titles: Titles, name: str) -> Laid:
    laid = Laid(owner, rows, [])
    mine = [row for row in rows.rows if row.get("list") in ("", name)]
    laid.data = list(_items_of(laid, mine, owner))
    return laid


def _items_of(laid: Laid, rows: list[Row], path: Path) -> Iterator[dict[str, Any]]:
    first: dict[str, Row] = {}
    number = 0
    for row in sorted(rows, key=_rank):
        before = first.setdefault(row.get("item"), row)
        if before is not row:
            earlier, later = sorted((before, row), key=lambda one: one.number)
            laid.twice(later, earlier, "item", (f"item {row.get('item')}", f"商品 {row.get('item')}"))
            continue
        if row.get("rank") and not row.get("rank").isdecimal():
            laid.blame(
                row,
                "rank",
                (f"{row.get('rank')!r} is no place in a list", f"{row.get('rank')!r} 不是清单内的序号"),
                ("Write 1, 2, 3 …, or empty the column.", "请写 1、2、3……，或清空该列。"),
            )
        place: Path = (*path, number)
        laid.cells[place] = laid.rows.of(row, "item")
        made: dict[str, Any] = {}
        for key in _ITEM:
            made |= laid.put(row, place, key)
        yield made
        number += 1


def _rank(row: Row) -> float:
    """Ranked goods in their order, the others below them as they stand."""
    rank = row.get("rank")
    return int(rank) if rank.isdecimal() else float("inf")


def _of_phase(laid: Laid, titles: Titles, name: str) -> Iterator[Row]:
    """The rows of a phase, and those that name none; a phase that there is not is told."""
    for row in laid.rows.rows:
        phase = titles.phase(row.get("phase"))
        if phase and phase not in titles.phase_ids:
            laid.blame(
                row,
                "phase",
                (f"there is no phase {phase!r}", f"没有阶段 {phase!r}"),
                suggestion(phase, titles.phase_ids),
            )
            continue
        if phase:
            laid.phases.add(phase)
        if phase in ("", name):
            yield row


def _targets(rows: Rows, owner: Path, titles: Titles, name: str) -> Laid:
    laid = Laid(owner, rows, {}, name=name)
    first: dict[str, Row] = {}
    for row in _of_phase(laid, titles, name):
        metric = titles.metric(row.get("metric"))
        before = first.setdefault(metric, row)
        if before is not row:
            laid.twice(row, before, "metric", (f"{metric} of {name}", f"{name} 的 {metric}"))
            continue
        laid.data[metric] = row.get("figure")
        laid.cells[(*owner, metric)] = rows.of(row, "figure")
    return laid


def _duties(rows: Rows, owner: Path, titles: Titles, name: str) -> Laid:
    laid = Laid(owner, rows, [], name=name)
    first: dict[str, Row] = {}
    for row in _of_phase(laid, titles, name):
        duty = row.get("id")
        if duty and (before := first.setdefault(duty, row)) is not row:
            laid.lost.add((*owner, len(laid.data)))
            laid.twice(row, before, "id", (f"duty {duty}", f"任务 {duty}"))
            continue
        place, made = laid.append(row, "text", _DUTY)
        if after := names_in(row.get("after")):
            made["after"] = after
            laid.cells[(*place, "after")] = rows.of(row, "after")
    return laid


def _peers(rows: Rows, owner: Path, titles: Titles, _name: str) -> Laid:
    laid = Laid(owner, rows, [])
    first: dict[tuple[str, ...], Row] = {}
    for row in rows.rows:
        metric, source, on = titles.metric(row.get("metric")), row.get("source"), row.get("on")
        before = first.setdefault((metric, source, on), row)
        if before is not row:
            laid.twice(row, before, "metric", (f"{metric} of {source}", f"{source} 的 {metric}"))
            continue
        _, made = laid.append(row, "metric", _PEER)
        made["metric"] = metric
    return laid


_LAYERS: Mapping[KindName, Callable[[Rows, Path, Titles, str], Laid]] = {
    "prices": _prices,
    "lists": _lists,
    "items": _items,
    "targets": _targets,
    "duties": _duties,
    "peers": _peers,
}
