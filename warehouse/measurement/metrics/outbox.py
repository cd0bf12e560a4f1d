"""What a calendar did, from the ledger and the decision files, as the tables that contact and benefit metrics read."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.accounting.naming import ids_of, name_redemptions
from warehouse.engines.rows import append_rows
from warehouse.engines.sql_files import sql_files
from warehouse.features import history
from warehouse.ledger.port import Ledger
from warehouse.measurement.candidates import look_into

_TABLES = sql_files("warehouse.measurement.metrics.relations")["outbox"]


@dataclass(frozen=True, slots=True)
class BenefitRow:
    """A benefit of the calendar: its kind, pieces there are (None: no end), whether it is about the price."""

    benefit: str
    kind: str
    stock: int | None
    price: bool


@dataclass(frozen=True, slots=True)
class SetAside:
    """Money of benefits that no grant holds: `state` as of the money of benefits, `since` when it was set aside (None:
    it is only planned).
    """

    phase: str
    play: str
    state: str
    since: datetime | None
    pieces: int
    cents: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """What is read of a calendar. `plays`: (phase, play, whether it posts in groups)."""

    calendar: str
    runs: Sequence[str]
    files: Sequence[Path]
    plays: Sequence[tuple[str, str, bool]]
    benefits: Sequence[BenefitRow]
    set_aside: Sequence[SetAside] = ()


def create_tables(con: duckdb.DuckDBPyConnection, dues: Iterable[tuple[datetime, datetime, datetime]]) -> None:
    """Create `j_…`, empty but for the times of balances."""
    con.execute(_TABLES)
    append_rows(con, "j_dues", dues)


def load_outbox(con: duckdb.DuckDBPyConnection, ledger: Ledger, outbox: Outbox, wanted: Container[str]) -> None:
    """Fill `j_…`, of those with a row for each message or grant the `wanted` ones, and make `candidates`; accounts that
    the snapshot has joined are their person.
    """
    append_rows(con, "j_plays", outbox.plays)
    if "j_jobs" in wanted:
        append_rows(con, "j_jobs", ledger.outbox_rows(outbox.runs))
    if "j_given" in wanted:
        append_rows(con, "j_given", _given(ledger, outbox.calendar))
    if "j_reports" in wanted:
        reports = ((row.intent_key, row.delivered_at, row.clicked_at) for row in ledger.receipt_rows(outbox.calendar))
        append_rows(con, "j_reports", reports)
    append_rows(con, "j_benefits", map(astuple, outbox.benefits))
    append_rows(con, "j_set_aside", (astuple(one) for one in outbox.set_aside))
    look_into(con, outbox.files)
    name_redemptions(con, outbox.calendar, ids_of(ledger, outbox.calendar))
    history.as_persons(con, ["j_jobs", "j_given"])


def set_scopes(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[str, str, datetime, datetime]]) -> None:
    """Which phases each window is of: (window, phase, from, until)."""
    con.execute(
        "create or replace temp table j_scopes (cell varchar, phase varchar, starts_at timestamp, ends_at timestamp)"
    )
    append_rows(con, "j_scopes", rows)


def set_names(
    con: duckdb.DuckDBPyConnection,
    waves: Iterable[tuple[str, datetime, datetime]],
    channels: Mapping[str, tuple[str, int]],
) -> None:
    """The waves of the calendar as they begin; of each channel its kind and in cents what a message costs of which the
    ledger does not know it."""
    con.execute(
        "create or replace temp table wave_spans (number bigint, wave varchar, starts_at timestamp, ends_at timestamp)"
    )
    append_rows(con, "wave_spans", ((n, *one) for n, one in enumerate(sorted(waves, key=lambda one: one[1:]), 1)))
    con.execute("create or replace temp table channel_kinds (channel varchar, kind varchar, cents bigint)")
    append_rows(con, "channel_kinds", ((name, *about) for name, about in channels.items()))


def _given(ledger: Ledger, calendar: str) -> Iterator[tuple[object, ...]]:
    for row in ledger.given_rows(calendar):
        yield (
            row.state.intent_key, row.member_id, row.benefit, row.granted_at, row.valid_until, row.cost_cents,
            row.sent_at, row.sent, list(row.use_costs) or [row.cost_cents],
        )  # fmt: skip
