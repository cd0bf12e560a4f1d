"""The tables of what the other side says of messages; see `schema` for the rest."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table, Text

from warehouse.ledger.schema import UtcMoment, metadata

deliveries = Table(
    "deliveries",
    metadata,
    Column("intent_key", Text, primary_key=True),
    Column(
        "state", Text, CheckConstraint("state in ('delivered', 'failed')", name="deliveries_states"), nullable=False
    ),
    Column("at", UtcMoment, nullable=False),
    Column("code", Text, nullable=False),
    Column("arrived", Boolean, nullable=False),  # whether any report ever said so
    Column("delivered_at", UtcMoment),  # the first that said so
    Column("clicked_at", UtcMoment),
)

reports_aside = Table(
    "reports_aside",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("at", UtcMoment, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("told_at", UtcMoment, nullable=False),
    Column("times", Integer, nullable=False),
    Column("clicked_at", UtcMoment),
)

requests_seen = Table(
    "requests_seen",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("at", UtcMoment, nullable=False),
    Index("requests_seen_at", "at"),
)
