"""Exports as shops write them, one for every map and dataset, and what may happen to a cell or a file of them.

`Export` is a good file of one kind. `CELLS` are ways a cell may be written differently: what it then
means, or that nothing may be made of it. `judge` puts every one of them into its own row of one file
and says how each row ended.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from tests.warehouse.sources.mutated_cells import CELLS, ERRORS, NOTHING
from warehouse.models.catalogue import load_layer
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.load import create_raw, understand_source
from warehouse.sources.mapping import ColumnRule, Wanted, load_map, shipped_maps
from warehouse.staging.build import build_staging, prove_counts
from warehouse.staging.policy import policies_of

# What is documented to stand for an empty cell, and for one that cannot be read but must not be lost.
_EMPTY: Mapping[tuple[str, str], Any] = {
    ("orders", "refunded_at"): datetime(2026, 3, 20, 2, 23, 17),
    ("orders", "completed_at"): datetime(2026, 3, 20, 2, 23, 17),
    ("orders", "stage"): "balance_paid",
    ("orders", "deposit_paid_at"): datetime(2026, 3, 20, 2, 23, 17),
    ("tags", "at"): datetime(1970, 1, 1),
    ("order_items", "line_id"): "#1",
    ("order_items", "quantity"): 1,
    ("order_items", "paid"): 370350,
    ("consents", "purpose"): "marketing",
    ("consents", "given_at"): datetime(2027, 3, 20, 2, 23, 17),
}
_UNREAD: Mapping[tuple[str, str], Any] = {
    ("orders", "stage"): "balance_paid",
    ("orders", "completed_at"): datetime(2026, 3, 20, 2, 23, 17),
    ("contact_points", "withdrawn_at"): datetime(2026, 3, 20, 2, 23, 17),
    ("contact_points", "unbound_at"): datetime(2026, 3, 20, 2, 23, 17),
    ("consents", "withdrawn_at"): datetime(2026, 3, 20, 2, 23, 17),
    ("consents", "given_at"): datetime(2027, 3, 20, 2, 23, 17),
    ("measures", "kind"): None,
    ("measures", "ends_on"): None,
}
_COLUMNS = {("orders", "completed_at"): "succeeded_at"}
AS_OF = datetime(2026, 4, 9, 1, tzinfo=UTC)
AMOUNTS = {"amount", "price", "paid", "refunded", "deposit"}
COUNTS = {"items", "quantity", "points"}
DAYS = {"birth_on", "starts_on", "ends_on"}
WORDS = {"status", "kind", "stage"}
_MOMENT = "2026-03-20 10:23:17"
_BASE = {
    "name": "王小明", "phone": "13900000101", "city": "杭州", "province": "浙江", "birth_on": "1990-05-20",
    "amount": "1234.50", "refunded": "5.00", "price": "1234.50", "paid": "1234.50", "items": "3", "quantity": "3",
    "points": "3", "title": "手冲咖啡", "sku": "SKU-1", "category": "咖啡", "channel": "push", "address": "device-1",
    "tag": "金卡", "family": "level", "benefit": "coupon", "calendar": "spring", "purpose": "marketing",
    "evidence": "form", "value": "device-1", "stage": "balance_paid", "deposit": "1234.50",
    "starts_on": "1990-05-20", "ends_on": "1990-05-20",
}  # fmt: skip
_KINDS = {"events": "visit", "identities": "crm_id", "points": "earn", "measures": "messages"}
_STATES = {"orders": "success", "refunds": "success"}
# What is made of other columns too moves with them.
_FOLLOWS = {"refunded": {"refunded_at"}, "completed_at": {"refunded_at"}, "requested_at": {"refunded_at"}}


@dataclass(frozen=True)
class Export:
    """A dataset as a map (or no map) reads it. `cells`: header → our columns that are read from it."""

    dataset: str
    mapping: str
    rules: Mapping[str, ColumnRule]
    header: tuple[str, ...] = ()
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.mapping or 'plain'}-{self.dataset}"

    def spec(self, path: str, **keys: Any) -> SourceSpec:
        return SourceSpec(self.dataset, path=path, mapping=self.mapping, **keys)

    def row(self, number: int) -> dict[str, str]:
        """Header → cell of a good row; every row has keys of its own."""
        return {header: self._cell(header, number) for header in self.header}

    def keys(self) -> set[str]:
        """Columns read from a cell that differs from row to row because a key is read from it, too."""
        shared = [names for names in self.cells.values() if any(name.endswith("_id") for name in names)]
        fills = {name for header in self._fillers() for name in self.cells.get(header, ())}
        return fills.union(*shared)

    def _fillers(self) -> set[str]:
        return {header for name, rule in self.rules.items() if name.endswith("_id") for header in rule.filled}

    def follows(self, header: str) -> set[str]:
        """Columns that are read or calculated from a cell."""
        return {name for name, rule in self.rules.items() if header in {*rule.times, *rule.less}} | {
            *self.cells[header]
        }

    def members(self, number: int) -> str:
        """The member a good row names."""
        rule = self.rules.get("member_id")
        return self.row(number)[rule.headers[0]] if rule is not None and rule.headers else ""

    def _special(self, header: str, rules: Mapping[str, ColumnRule], number: int) -> str:
        """A cell that the map takes more from than one column of its own; empty when it is none."""
        whole = load_map(self.mapping, Path()).datasets[self.dataset] if self.mapping else None
        if header in self._fillers():
            return f"139{number:08}"
        if {"order_id", "ordered_at"} <= rules.keys():
            return (date(2020, 1, 1) + timedelta(number)).isoformat()
        if whole is not None and set(rules) == {whole.per} == {"member_id"}:
            return f"m{number:05}"
        if not rules and any(header in rule.less for rule in self.rules.values()):
            return "0.00"
        factor = not rules and any(header in rule.times for rule in self.rules.values())
        return _BASE["quantity"] if factor else ""

    def _cell(self, header: str, number: int) -> str:
        rules = {name: self.rules[name] for name in self.cells[header] if name in self.rules}
        if special := self._special(header, rules, number):
            return special
        if any(rule.part for rule in rules.values()):
            return "浙江省 杭州市 西湖区"
        for name, rule in rules.items():
            if rule.values:
                return next(word for word, ours in rule.values.items() if ours == _STATES[self.dataset])
            return good(self.dataset, name, number)
        return next(
            (_one_of(wanted) for rule in self.rules.values() for head, wanted in rule.only.items() if head == header),
            f"line-{number}",
        )


def _one_of(wanted: Wanted) -> str:
    """A cell that a condition means."""
    signed = {"negative": "-1", "zero": "0", "positive": "1"}
    return next(iter((*wanted.words, *wanted.starts)), "") or signed[wanted.sign]


def good(dataset: str, name: str, number: int) -> str:
    """A cell nothing is wrong with."""
    if name.endswith("_id"):
        # Few members, many of anything else.
        member = name in {"member_id", "referrer_id"} and dataset != "members"
        return f"m{number % 9}" if member else f"{name[0]}{number:05}"
    if name == "status":
        return _STATES[dataset]
    if name == "kind":
        return _KINDS[dataset]
    if name == "channels":
        return f"sms{number}"
    if name == "tag" or (name in {"value", "channel"} and dataset in {"identities", "contact_points", "consents"}):
        return f"{_BASE[name]}{number}"
    return _BASE.get(
        name, "2027-03-20 10:23:17" if name in {"until", "expires_at", "withdrawn_at", "left_at"} else _MOMENT
    )


def exports() -> list[Export]:
    """One for every dataset by its own names, and for every dataset of every shipped map."""
    plain = [
        Export(name, "", {column: ColumnRule.model_validate(column) for column in dataset.columns})
        for name, dataset in DATASETS.items()
    ]
    mapped = [
        Export(dataset, name, {column: next(rule.choices()) for column, rule in rules.columns.items()})
        for name in shipped_maps()
        for dataset, rules in load_map(name, Path()).datasets.items()
    ]
    return [_headed(export) for export in (*plain, *mapped)]


def _headed(export: Export) -> Export:
    cells: dict[str, tuple[str, ...]] = {}
    for name, rule in export.rules.items():
        for header in (rule.headers[0], *rule.only, *rule.less[:1], *rule.times[:1]) if rule.headers else ():
            mine = (name,) if header == rule.headers[0] else ()
            cells[header] = (*cells.get(header, ()), *mine)
    if export.mapping:
        for header in load_map(export.mapping, Path()).datasets[export.dataset].line:
            cells.setdefault(header, ())
    return Export(export.dataset, export.mapping, export.rules, tuple(cells), cells)


def kind_of(name: str) -> str:
    if name.endswith("_id"):
        return "id"
    if name.endswith("_at") or name in {"at", "until", "balance_from"}:
        return "moment"
    kinds = (("amount", AMOUNTS), ("count", COUNTS), ("day", DAYS), ("word", WORDS))
    return next((kind for kind, names in kinds if name in names), "text")


@dataclass(frozen=True)
class Mutation:
    """One cell of one row, written otherwise; `right` are the values it may be read as."""

    header: str
    name: str
    written: str
    right: frozenset[Any]


def mutations(export: Export) -> Iterator[Mutation]:
    """What may be wrong in each column of an export that is read as it stands."""
    for header, names in export.cells.items():
        for name in names[:1]:
            rule = export.rules[name]
            if rule.part or rule.format:
                continue
            base = good(export.dataset, name, 0)
            free = name == "kind" and export.dataset != "points"
            for written, right in CELLS.get("text" if free else kind_of(name), {}).items():
                yield Mutation(header, name, written, _calculated(export, name, written, right))
            for word in ERRORS:
                yield Mutation(header, name, word, NOTHING)
            if kind_of(name) == "id":
                for form in ('="{}"', "'{}", " {} ", "\u3000{}", "{}\ufeff", "\t{}"):
                    yield Mutation(header, name, form, frozenset({base}))


def _calculated(export: Export, name: str, written: str, right: frozenset[Any]) -> frozenset[Any]:
    """What a cell is read as where the rule multiplies it, or the kind of every entry is one that may be negative."""
    if export.rules[name].times and name in AMOUNTS:
        return frozenset(value * int(_BASE["quantity"]) for value in right)
    adjusts = name == "points" and export.rules["kind"].constant == "adjust"
    return frozenset({-3}) if adjusts and written == "-3" else right


@dataclass(frozen=True)
class End:
    """How a row ended: its rule, or the values it was accepted with."""

    dataset: str
    mutation: Mutation
    rule: str
    value: Any
    others: tuple[str, ...]
    said: bool

    @property
    def name(self) -> str:
        if self.rule:
            return "quarantined"
        if self.value in self.mutation.right:
            return "right"
        stands = (self.dataset, self.mutation.name)
        if self.mutation.right >= NOTHING and self.value == _EMPTY.get(stands, "none"):
            return "stood for as documented"
        told = self.value in {None, 0} or self.value == _UNREAD.get(stands, "none")
        return "kept and said" if told and self.said else "CHANGED"


def write(path: Path, export: Export, rows: list[dict[str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(export.header)
    writer.writerows([row[header] for header in export.header] for row in rows)
    path.write_bytes(text.getvalue().encode())


def judge(export: Export, folder: Path) -> tuple[list[End], tuple[int, int, int, int]]:
    """Every mutation in a row of its own: how each ended, and the account of the dataset."""
    listed = list(mutations(export))
    rows = [export.row(number) for number in range(len(listed) + 1)]
    written: list[Mutation] = []
    for number, mutation in enumerate(listed, 1):
        text, right = mutation.written, mutation.right
        if "{}" in text:
            own = rows[number][mutation.header]
            text, right = text.format(own), frozenset({own})
        # An empty key is filled from other cells of its row, where the map says so.
        right |= {rows[number][filler] for filler in export.rules[mutation.name].filled if filler in rows[number]}
        rows[number][mutation.header] = text
        written.append(Mutation(mutation.header, mutation.name, text, right))
    write(folder / "export.csv", export, rows)
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as snap")
        con.execute("set TimeZone = 'UTC'")
        for dataset in DATASETS.values():
            create_raw(con, dataset)
        spec = export.spec("export.csv")
        reading = understand_source(con, spec, folder)
        _surround(con, export, len(rows))
        staged = build_staging(
            con,
            as_of=AS_OF,
            timezones={spec.dataset: spec.timezone},
            progress=lambda _: None,
            policies=policies_of([spec], folder),
        )
        account = prove_counts(con, {export.dataset: reading.rows})[export.dataset]
        said = {example.split(" ")[0] for problem in staged.findings for example in problem.examples}
        ends = _ends(con, export, rows, written, said)
    return ends, (account.rows_in, account.accepted, account.quarantined, account.duplicates)


def _surround(con: duckdb.DuckDBPyConnection, export: Export, rows: int) -> None:
    """The members and orders the rows refer to."""
    dataset = export.dataset
    if dataset != "members":
        named = {f"m{number}" for number in range(9)} | {export.members(number) for number in range(rows)}
        con.execute(
            "insert into raw_members (member_id, _file, _row) "
            "select id, 'm', row_number() over () from unnest(?) t(id)",
            [sorted(named - {""})],
        )
    if dataset == "referrals":
        con.execute(
            "insert into raw_members (member_id, _file, _row) "
            f"select printf('r%05d', n), 'n', n from range({rows}) t(n)"
        )
    if dataset not in {"orders", "members"}:
        con.execute(
            f"""
            insert into raw_orders (order_id, member_id, ordered_at, amount, _file, _row)
            select printf('o%05d', n), 'm1', '2026-03-01', '5000', 'o', n from range({rows}) t(n)
            """
        )


def _ends(
    con: duckdb.DuckDBPyConnection, export: Export, rows: list[dict[str, str]], written: list[Mutation], said: set[str]
) -> list[End]:
    table = f"snap.stg_{export.dataset}"
    relation = con.execute(f"select * from {table}")
    names = [column[0] for column in relation.description or ()]
    accepted = {row[names.index("_row")]: dict(zip(names, row, strict=True)) for row in relation.fetchall()}
    aside = "select source_row, rule from snap.quarantine where dataset = $d"
    aside += " union all select source_row, 'duplicate' from snap.duplicates where dataset = $d"
    refused = dict(con.execute(aside, {"d": export.dataset}).fetchall())
    first = accepted[2]
    model = next(model for model in load_layer("staging") if model.dataset == export.dataset)
    ends = []
    line = 2 + sum(cell.count("\n") for cell in rows[0].values())
    for row, mutation in zip(rows[1:], written, strict=True):
        line += 1
        place, now = line, accepted.get(line)
        line += sum(cell.count("\n") for cell in row.values())
        if now is None:
            ends.append(End(export.dataset, mutation, refused.get(place, "LOST"), None, (), said=True))
            continue
        mine = _staged(export.dataset, mutation.name, model.columns)
        direct = [name for name in model.columns if name.removesuffix("_cents") in export.rules]
        others = tuple(
            name
            for name in direct
            if name != mine
            and not _own(export.dataset, name)
            and name.removesuffix("_cents") not in export.keys() | export.follows(mutation.header)
            and name not in _FOLLOWS.get(mutation.name, set())
            and now[name] != first[name]
        )
        ends.append(End(export.dataset, mutation, "", now[mine], others, said=f"export.csv:{place}" in said))
    return ends


def _staged(dataset: str, name: str, columns: Collection[str]) -> str:
    own = _COLUMNS.get((dataset, name), name)
    return f"{own}_cents" if f"{own}_cents" in columns else own


def _own(dataset: str, name: str) -> bool:
    """Whether good rows differ in this column."""
    return good(dataset, name.removesuffix("_cents"), 1) != good(dataset, name.removesuffix("_cents"), 2)
