"""Compute metrics of the catalogue from a snapshot: relations as they are needed, then whole numbers by window."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from campaign_calendars.measuring.metrics.catalogue import metric
from campaign_calendars.measuring.metrics.figures import Benchmark, Figure, figure
from campaign_calendars.measuring.metrics.metric import WINDOWS, Grain, MemberRule
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.features import history
from warehouse.features.params import FeatureParams
from warehouse.ledger.port import Ledger
from warehouse.measurement.metrics.beside import benchmarks_of, create_beside
from warehouse.measurement.metrics.needs import Data
from warehouse.measurement.metrics.outbox import Outbox, create_tables, load_outbox, set_names, set_scopes
from warehouse.measurement.metrics.relations_of import Relations, ledger_tables, reads_ledger
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.opening import open_snapshot

_COUNTS = sql_files("warehouse.measurement.metrics.counts")
_NAME = re.compile(r"\$(\w+)")
_YEAR = timedelta(days=365)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time under a name, aware and half open.

    `phases`: what they sent and gave belongs to it, whenever it left; none: what left within the span.
    """

    key: str
    starts_at: datetime
    ends_at: datetime
    phases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricRules:
    """What the store and the calendar say about figures; all moments are aware.

    `old_since`: who joined before it is an old member. `history_from`: orders are complete from there on, None: from
    the first one. `min_order_cents`: what is paid less is no order. `dues`: until when balances of orders placed from,
    to can be paid. `channels`: name → kind, and what a message costs. `point_cents`: what a point costs, `margin_bp`:
    what of sales is left, in ten-thousandths; None: the store does not say. `member_days`: days of the month. Pairs of
    articles of fewer orders than `min_pair_orders` are not shown. `peers`: what the calendar says of others, beside the
    figures of the dataset.
    """

    params: FeatureParams
    members: MemberRule
    old_since: datetime
    phases: tuple[Window, ...]
    history_from: datetime | None = None
    min_order_cents: int = 0
    waves: tuple[Window, ...] = ()
    dues: tuple[tuple[datetime, datetime, datetime], ...] = ()
    channels: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    point_cents: int | None = None
    margin_bp: int | None = None
    member_days: tuple[int, ...] = ()
    min_pair_orders: int = 5
    peers: tuple[Benchmark, ...] = ()


_IN_ORDER: Mapping[str, Sequence[str]] = {
    "lifecycle": ("potential", "ordinary", "core", "dormant", "lost", "never"),
    "step": ("chosen", "contacted", "visited", "carted", "bought"),
    "state": ("waiting", "open", "spent", "released", "planned"),
}
"""Name of a split → its parts in the order in which people read them."""


def reads_outbox(names: Iterable[str]) -> bool:
    """Whether any of these metrics is told from what the calendar sent and gave."""
    return any(reads_ledger(_COUNTS[query]) for name in names for query in metric(name).queries)


def _text_of(query: str, by: Grain) -> str:
    return _COUNTS[query].format(group="''" if by in WINDOWS else f"f.{by}")


@dataclass(frozen=True, slots=True)
class _Row:
    cell: str
    group: str
    part: tuple[str, ...]
    counts: Mapping[str, int]


class MetricSession:
    """Reads only; nothing at or after `as_of` counts in any figure."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        rules: MetricRules,
        as_of: datetime,
        threads: int = 2,
        memory_limit: str = "2GB",
    ) -> None:
        self._con = open_snapshot(snapshot, threads=threads, memory_limit=memory_limit)
        self._rules, self._as_of, self._from_at = rules, as_of, as_of
        self.known_at, self.snapshot_id = snapshot.as_of, snapshot.snapshot_id
        history.create_tables(self._con)
        create_beside(self._con, rules.peers)
        self._data = Data(self._con, {each.dataset for each in snapshot.build.inputs}, rules.history_from)
        self._calendar = ""
        self._relations = Relations(self._con, rules.params, rules.members, self._parameters)
        self._con.execute("create temp table phase_spans (phase varchar, starts_at timestamp, ends_at timestamp)")
        append_rows(self._con, "phase_spans", ((one.key, one.starts_at, one.ends_at) for one in rules.phases))
        create_tables(self._con, rules.dues)
        set_names(self._con, ((one.key, one.starts_at, one.ends_at) for one in rules.waves), rules.channels)

    def load_tiers(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Tiers set by hand: (member_id, tier, set_at, until or None)."""
        history.load_tier_overrides(self._con, rows)
        history.as_persons(self._con, ["tier_overrides"])

    def load_outbox(self, ledger: Ledger, outbox: Outbox, names: Iterable[str]) -> None:
        """What the calendar sent and gave, as far as these metrics are told from it; see `reads_outbox`."""
        self._calendar = outbox.calendar
        texts = (_COUNTS[query] for query in sorted({query for name in names for query in metric(name).queries}))
        load_outbox(self._con, ledger, outbox, {table for text in texts for table in ledger_tables(text)})
        self._relations.forget_all()

    def compute(self, names: Sequence[str], by: Grain, windows: Sequence[Window]) -> list[Figure]:
        """Every metric in every window, or in every part (tier, store, channel …) of the one window there is.

        Windows that have not begun are not measurable; those that go on end at the moment of measuring.
        """
        texts = [_text_of(query, by) for query in sorted({query for name in names for query in metric(name).queries})]
        self._relations.plan(texts)
        self._set_windows(windows, a_year=any("365 days" in text for text in texts))
        counted = _Counted(self, by)
        found = []
        for name in names:
            keys = [window.key for window in windows] if by in WINDOWS else counted.groups(name)
            for key in keys:
                window = self._cut(next((one for one in windows if one.key == key), windows[0]))
                lacks = self._lacks(name, by, window)
                parts = [()] if lacks else counted.parts(name, key)
                rows = [
                    figure(name, (key, window.starts_at, window.ends_at), part, counted.of(name, key, part), lacks)
                    for part in parts
                ]
                found += sorted(rows, key=_most_first) if "article" in metric(name).split else rows
        return found

    def reaches_back_to(self) -> Mapping[str, datetime]:
        """Dataset → from when on it is known, aware; those without any row are left out."""
        return self._data.reaches_back_to()

    def benchmarks(self, names: Iterable[str]) -> list[Benchmark]:
        """The latest of each other for these metrics, which the source names by id or by title."""
        return benchmarks_of(self._con, names, self._as_of)

    def rows(self, query: str, by: Grain) -> list[_Row]:
        """What a query counts."""
        text = self._relations.query(_text_of(query, by))
        asked = {name: value for name, value in self._parameters().items() if name in _NAME.findall(text)}
        cursor = self._con.execute(text, asked)
        names = [column[0] for column in cursor.description or ()][3:]
        return [
            _Row(row[0], row[1], tuple(row[2]), dict(zip(names, row[3:], strict=True))) for row in cursor.fetchall()
        ]

    def tiers(self) -> list[str]:
        """All groups by tier, the lowest first, and who is no member."""
        return [*(tier for tier, _ in self._rules.params.tiers), "non_member"]

    def arms(self) -> list[str]:
        """The arms of the programme that anybody was drawn into."""
        return self._relations.arms()

    def _lacks(self, name: str, by: Grain, window: Window) -> str:
        found = metric(name)
        if window.starts_at >= self._as_of:
            return "later"
        if window.starts_at >= self.known_at and "history.cohort" not in found.needs:  # that looks a year back
            return "known_later"
        if "waves" in found.needs and not self._has_wave_before(window.key):
            return "waves"
        said = {"point_value": self._rules.point_cents, "margin": self._rules.margin_bp}
        said["member_day"] = len(self._rules.member_days) or None
        if unsaid := [need for need in found.needs if need in said and said[need] is None]:
            return unsaid[0]
        needs = [need for need in found.needs if need not in {"waves", *said}] + [*found.needs_by.get(by, ())]
        if found.members == "joined" or (found.members == "definition" and self._rules.members != "1.0"):
            needs.append("members.joined_at")
        elif found.members == "definition":
            needs.append("history")
        return self._data.lacks(needs, window.starts_at, window.ends_at)

    def _has_wave_before(self, key: str) -> bool:
        waves = sorted(self._rules.waves, key=lambda one: (one.starts_at, one.ends_at))
        return len(waves) > 1 and key != waves[0].key

    def _set_windows(self, windows: Sequence[Window], *, a_year: bool) -> None:
        self._relations.forget()
        self._con.execute(
            "create or replace temp table cells"
            " (cell varchar, starts_at timestamp, ends_at timestamp, before_at timestamp)"
        )
        rows = []
        for window in windows:
            if window.starts_at < self._as_of:
                ends_at = min(window.ends_at, self._as_of)
                rows.append((window.key, window.starts_at, ends_at, window.starts_at - (ends_at - window.starts_at)))
        append_rows(self._con, "cells", rows)
        back = [before for *_, before in rows] + [start for _, start, _, _ in rows]
        back += [one.starts_at for one in (*self._rules.phases, *self._rules.waves)]
        self._from_at = min(back, default=self._as_of) - (_YEAR if a_year else timedelta())
        phases = [phase.key for phase in self._rules.phases]
        scopes = []
        for key, starts_at, ends_at, _ in rows:
            own = next(window.phases for window in windows if window.key == key)
            span = (_EVER, self._as_of) if own else (starts_at, ends_at)
            scopes += [(key, phase, *span) for phase in own or phases]
        set_scopes(self._con, scopes)

    def _cut(self, window: Window) -> Window:
        return Window(window.key, window.starts_at, max(window.starts_at, min(window.ends_at, self._as_of)))

    def _parameters(self) -> Mapping[str, object]:
        return {
            "as_of": utc_naive(self._as_of),
            "from_at": utc_naive(self._from_at),
            "zone": self._rules.params.timezone,
            "old_since": utc_naive(self._rules.old_since),
            "min_order": self._rules.min_order_cents,
            "calendar": self._calendar,
            "point_cents": self._rules.point_cents or 0,
            "margin_bp": self._rules.margin_bp or 0,
            "member_days": list(self._rules.member_days),
            "min_pair_orders": self._rules.min_pair_orders,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._con.close()


def _most_first(one: Figure) -> tuple[float, tuple[str, ...]]:
    """Articles and pairs of them are ranked; of equal ones the first by name."""
    return (-(one.value or 0), one.part)


class _Counted:
    """The counts of one set of windows, each query run once."""

    def __init__(self, session: MetricSession, by: Grain) -> None:
        self._session, self._by = session, by
        self._found: dict[str, dict[tuple[str, tuple[str, ...]], Mapping[str, int]]] = {}

    def groups(self, name: str) -> list[str]:
        """Parts of the window that a metric is told by."""
        seen = {key for query in metric(name).queries for key, _ in self._of_query(query)}
        if self._by not in {"tier", "arm"}:
            return sorted(seen)
        if self._by == "arm":
            known = self._session.arms()
            return [*known, *sorted(seen - {*known})] if known else []
        known = self._session.tiers()
        return [*(one for one in known if one in seen or one != "non_member"), *sorted(seen - {*known})]

    def parts(self, name: str, key: str) -> list[tuple[str, ...]]:
        """What the rows of a metric are told apart by; one row without a name where it is one figure."""
        found = metric(name)
        if not found.split:
            return [()]
        query = found.numerator.partition(".")[0]
        parts = [part for at, part in self._of_query(query) if at == key and part]
        return sorted(
            parts, key=lambda part: [self._place(name, one) for name, one in zip(found.split, part, strict=True)]
        )

    def _place(self, split: str, part: str) -> tuple[int, str]:
        """Tiers stand from the lowest up, lifecycles and steps in their order; everything else by its name."""
        known = _IN_ORDER.get(split) or [*self._session.tiers(), *_IN_ORDER["lifecycle"]]
        ordered = split in {"tier", "from", "to", *_IN_ORDER} and part in known
        return (known.index(part) if ordered else len(known), part)

    def of(self, name: str, key: str, part: Collection[str]) -> dict[str, int]:
        """The counts a metric is made of, by `query.column`; a query without parts gives its total."""
        counts: dict[str, int] = {}
        for query in metric(name).queries:
            rows = self._of_query(query)
            row = rows.get((key, tuple(part))) or rows.get((key, ())) or {}
            counts |= {f"{query}.{column}": number for column, number in row.items()}
        return counts

    def _of_query(self, query: str) -> Mapping[tuple[str, tuple[str, ...]], Mapping[str, int]]:
        if query not in self._found:
            by_window = self._by in WINDOWS
            self._found[query] = {
                (row.cell if by_window else row.group, row.part): row.counts
                for row in self._session.rows(query, self._by)
            }
        return self._found[query]
