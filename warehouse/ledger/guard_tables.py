"""The tables of halts, breakers, throttles, canaries and erasures; `migrations/*.sql` builds exactly these."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Integer, Table, Text, text

from warehouse.ledger.schema import UtcMoment, metadata

holds = Table(
    "holds",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("name", Text, primary_key=True),  # '' of everything
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("since", UtcMoment, nullable=False),
    Column("final", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("scope in ('all', 'store', 'calendar', 'channel', 'run', 'play')", name="holds_scope"),
)

breakers = Table(
    "breakers",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("strikes", Integer, nullable=False),
    Column("opened_at", UtcMoment, nullable=False),
    Column("until", UtcMoment, nullable=False),
    Column("probed_by", Text),
    Column("probed_until", UtcMoment),
)

throttles = Table(
    "throttles",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("full_at_us", BigInteger, nullable=False),
    Column("day", Text, nullable=False),
    Column("day_used", BigInteger, nullable=False),
    Column("month", Text, nullable=False),
    Column("month_used", BigInteger, nullable=False),
    Column("granted", BigInteger, nullable=False),  # to the last who asked
)

canaries = Table(
    "canaries",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("first", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("looked_at", UtcMoment),
    Column("state", Text, nullable=False),
    CheckConstraint("state in ('trying', 'passed', 'stopped')", name="canaries_state"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("pseudonym", Text, nullable=False),
    Column("erased_at", UtcMoment, nullable=False),
)
