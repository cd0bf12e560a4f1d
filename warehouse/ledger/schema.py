"""The ledger's tables. `migrations/*.sql` builds exactly these; a test compares the two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine


@lru_cache(maxsize=4096)
def moment_text(at: datetime) -> str:
    """Aware moment → fixed-width UTC text, which sorts as the moments do. Raises ValueError if naive.

    Cached: a run's jobs share a handful of moments.
    """
    if at.tzinfo is None:
        raise ValueError("the ledger keeps aware moments; this one has no time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@lru_cache(maxsize=4096)
def moment_of(value: str | datetime | None) -> datetime | None:
    """What a database gave, in UTC. Cached, which is what makes reading a million rows of moments cheap."""
    if value is None:
        return None
    return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


@lru_cache(maxsize=4096)
def costs_text(costs: tuple[int, ...]) -> str:
    """Cents of the uses of one grant, as the ledger keeps them: `700,300`."""
    return ",".join(map(str, costs))


@lru_cache(maxsize=4096)
def costs_of(kept: str) -> tuple[int, ...]:
    """`costs_text` read back."""
    return tuple(map(int, kept.split(","))) if kept else ()


class UtcMoment(TypeDecorator[datetime]):
    """Aware UTC datetime: timestamptz on PostgreSQL, fixed-width ISO text on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return moment_text(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        # Instead of process_result_value, which costs two calls a cell.
        return moment_of


metadata = MetaData()
_SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")

schema_version = Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
)

ledger_state = Table(
    "ledger_state",
    metadata,
    Column(
        "id", Integer, CheckConstraint("id = 1", name="ledger_state_one_row"), primary_key=True, autoincrement=False
    ),
    Column("position", BigInteger, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("calendar", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("as_of", UtcMoment, nullable=False),
    Column("snapshot_id", Text, nullable=False),
    Column("decision_sha", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("started_at", UtcMoment, nullable=False),
    Column("finished_at", UtcMoment),
)

decisions = Table(
    "decisions",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("decision_sha", Text, nullable=False),
    Column("body", Text, nullable=False),
)

closed_runs = Table(
    "closed_runs",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("counts", Text, nullable=False),  # [[phase, play, channel, status, jobs], ...]
    Column("stopped", Text, nullable=False),  # [[error, jobs], ...] of the cancelled
)

_PENDING = text("status = 'pending'")
_SENDING = text("status = 'sending'")
_TO_DO = text("status = 'to_do'")
_RECEIPT = text("receipt is not null")
_AWAY = text("status in ('sent', 'unknown', 'to_do')")

# But for those the ledger keeps to itself the columns are the fields of records.Job, in their order: Job(*row).
jobs = Table(
    "jobs",
    metadata,
    Column("intent_key", Text, nullable=False),
    Column("run_id", Text, ForeignKey("runs.run_id"), nullable=False),
    Column("calendar", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("play", Text, nullable=False),
    Column("occurrence_at", UtcMoment, nullable=False),
    Column("member_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("benefit", Text),
    Column("message", Text),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", UtcMoment),
    Column("expires_at", UtcMoment),
    Column("receipt", Text),
    Column("error", Text),
    Column("sent_at", UtcMoment),
    Column("in_doubt", Boolean, nullable=False),
    Column("seq", _SEQUENCE, Identity(), primary_key=True),
    Column("position", BigInteger, nullable=False),  # of the enqueue that inserted it
    Column("claimed_by", Text),
    Column("claimed_at", UtcMoment),
    Column("arm", Text),  # of a test of texts
    Column("handed_over", Boolean),  # while claimed; null: its worker does not say
    Column("cost_cents", BigInteger),  # as it was handed over; null: it was not, or nobody kept it
    UniqueConstraint("intent_key", name="jobs_one_per_intent"),
    CheckConstraint(
        "status in ('awaiting_approval', 'pending', 'sending', 'sent', 'failed', 'unknown', 'cancelled', 'to_do')",
        name="jobs_status",
    ),
    Index("jobs_run", "run_id"),
    # Partial: they stay as small as the work that is left, however long the history grows.
    Index("jobs_claim", "channel", "run_id", "seq", "not_before", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("jobs_to_do", "run_id", sqlite_where=_TO_DO, postgresql_where=_TO_DO),
    Index("jobs_receipt", "receipt", sqlite_where=_RECEIPT, postgresql_where=_RECEIPT),
    Index("jobs_away", "member_id", sqlite_where=_AWAY, postgresql_where=_AWAY),
    Index("jobs_sending", "claimed_at", sqlite_where=_SENDING, postgresql_where=_SENDING),
)

_LIVE_GRANT = text("released_at is null")

grants = Table(
    "grants",
    metadata,
    Column("intent_key", Text, ForeignKey("jobs.intent_key"), primary_key=True),
    Column("calendar", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("play", Text, nullable=False),
    Column("member_id", Text, nullable=False),
    Column("benefit", Text, nullable=False),
    Column("pool", Text),
    Column("cost_cents", BigInteger, nullable=False),
    Column("granted_at", UtcMoment, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("released_at", UtcMoment),  # budget and stock are free again; `release` says why
    Column("points", BigInteger, nullable=False, server_default=text("0")),  # what it asks of the member
    Column("valid_until", UtcMoment),  # the first moment at which it can be used no more
    # What it holds of the budget: what may still be claimed, and what its uses cost.
    Column("open_cents", BigInteger, nullable=False, server_default=text("0")),
    Column("spent_cents", BigInteger, nullable=False, server_default=text("0")),
    Column("used_at", UtcMoment),
    Column("assumed", Boolean, nullable=False, server_default=text("false")),  # nobody can see whether it was used
    Column("release", Text),
    Column("use_costs", Text, nullable=False, server_default=text("''")),  # cents of each use, as given
    CheckConstraint("cost_cents >= 0", name="grants_cost"),
    # Covers every sum over the live grants of a calendar.
    Index(
        "grants_use",
        "calendar",
        "pool",
        "benefit",
        "granted_at",
        "position",
        "open_cents",
        "spent_cents",
        sqlite_where=_LIVE_GRANT,
        postgresql_where=_LIVE_GRANT,
    ),
)

books = Table(
    "books",
    metadata,
    Column("calendar", Text, primary_key=True),
    Column("known_at", UtcMoment, nullable=False),
    Column("basis", Text, nullable=False),
    Column("strays", Text, nullable=False),
    Column("blocks", Text, nullable=False, server_default=text("'[]'")),  # of benefits that apply themselves
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("channel", Text, primary_key=True),  # '' stands for every channel: a key column cannot be null
    Column("reason", Text, nullable=False),
    Column("suppressed_at", UtcMoment, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("snapshot_id", Text, primary_key=True),
    Column("as_of", UtcMoment, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("counts", Text, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("checksum", Text, primary_key=True),
    Column("calendar", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("planned_at", UtcMoment, nullable=False),
    Column("applied_at", UtcMoment),
    Column("applied_by", Text),
    Column("begun_at", UtcMoment),
    Column("begun_by", Text),
    Column("forced", Text),
    Column("written", Text),
)

draws = Table(
    "draws",
    metadata,
    Column("calendar", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("share_bp", Integer, nullable=False),
    Column("run_id", Text, nullable=False),
)

expected_occurrences = Table(
    "expected_occurrences",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("play", Text, primary_key=True),
    Column("calendar", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("until", UtcMoment, nullable=False),
    Column("plan", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ended_at", UtcMoment),
    Column("began_at", UtcMoment),
    CheckConstraint("state in ('due', 'done', 'skipped', 'missed', 'dropped')", name="expected_states"),
    Index("expected_by_calendar", "calendar", "state", "at"),
)

approval_requests = Table(
    "approval_requests",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("play", Text, primary_key=True),
    Column("calendar", Text, nullable=False),
    Column("decision_sha", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("plan", Text),
    Column("requested_at", UtcMoment, nullable=False),
    Column("until", UtcMoment, nullable=False),
    Index("approval_requests_by_calendar", "calendar", "until"),
)

approval_answers = Table(
    "approval_answers",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("refused", Text, nullable=False),
    Column("at", UtcMoment, nullable=False),
)

partner_codes = Table(
    "partner_codes",
    metadata,
    Column("partner", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("intent_key", Text, ForeignKey("jobs.intent_key"), nullable=False),
    Column("taken_at", UtcMoment, nullable=False),
    UniqueConstraint("intent_key", name="partner_codes_one_per_intent"),
)

duty_ticks = Table(
    "duty_ticks",
    metadata,
    Column("calendar", Text, primary_key=True),
    Column("duty", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("done_at", UtcMoment, nullable=False),
)

platform_ids = Table(
    "platform_ids",
    metadata,
    Column("calendar", Text, primary_key=True),
    Column("benefit", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("platform_id", Text, nullable=False),
    Column("set_at", UtcMoment, nullable=False),
)

tier_overrides = Table(
    "tier_overrides",
    metadata,
    Column("seq", _SEQUENCE, Identity(), primary_key=True),
    Column("member_id", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("set_at", UtcMoment, nullable=False),
    Column("until", UtcMoment),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Index("tier_overrides_member", "member_id"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("seq", _SEQUENCE, Identity(), primary_key=True),
    Column("at", UtcMoment, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("calendar", Text),
    Column("run_id", Text),
    Column("count", BigInteger),
    Column("value", Text, nullable=False),
)
