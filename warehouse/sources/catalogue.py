"""The canonical datasets and how a user points at them.

A source file may call its columns anything; `SourceSpec.columns` maps a canonical name to the
header cell of the source (`order_id = "订单编号"`). Columns are found by name, never by position,
because platforms add and drop columns from year to year (B1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset of the warehouse: `columns` in table order, `needed` of them must be in the source."""

    name: str
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    key: tuple[str, ...]
    required: bool = False


_ALL = (
    Dataset(
        "members",
        (
            "member_id",
            "name",
            "phone",
            "city",
            "province",
            "gender",
            "birth_on",
            "created_at",
            "joined_at",
            "join_source",
            "left_at",
            "pending",
        ),
        needed=("member_id",),
        key=("member_id",),
        required=True,
    ),
    Dataset(
        "orders",
        (
            "order_id",
            "member_id",
            "ordered_at",
            "paid_at",
            "closed_at",
            "amount",
            "refunded",
            "refunded_at",
            "items",
            "status",
            "completed_at",
            "stage",
            "deposit",
            "deposit_paid_at",
            "balance_from",
            "balance_until",
            "store",
        ),
        needed=("order_id", "member_id", "ordered_at", "amount"),
        key=("order_id",),
        required=True,
    ),
    Dataset(
        "events",
        ("event_id", "member_id", "kind", "at", "order_id", "approved", "position", "benefit", "sku"),
        needed=("event_id", "member_id", "kind", "at"),
        key=("event_id",),
    ),
    Dataset(
        "contact_points",
        (
            "member_id",
            "channel",
            "address",
            "consented_at",
            "withdrawn_at",
            "group_id",
            "bound_at",
            "unbound_at",
            "last_talk_at",
        ),
        needed=("member_id", "channel"),
        key=("member_id", "channel", "group_id"),
    ),
    Dataset(
        "tags",
        ("member_id", "tag", "family", "value", "at", "until"),
        needed=("member_id", "tag"),
        key=("member_id", "tag", "at"),
    ),
    Dataset(
        "redemptions",
        ("redemption_id", "member_id", "benefit", "calendar", "redeemed_at", "order_id", "amount"),
        needed=("redemption_id", "member_id", "benefit", "redeemed_at"),
        key=("redemption_id",),
    ),
    Dataset(
        "order_items",
        ("order_id", "line_id", "sku", "title", "category", "price", "quantity", "paid", "refunded"),
        needed=("order_id",),
        key=("order_id", "line_id"),
    ),
    Dataset(
        "refunds",
        ("refund_id", "order_id", "amount", "status", "requested_at", "completed_at"),
        needed=("refund_id", "order_id", "amount"),
        key=("order_id", "refund_id"),
    ),
    Dataset(
        "identities",
        ("member_id", "kind", "value", "at"),
        needed=("member_id", "kind", "value"),
        key=("member_id", "kind", "value"),
    ),
    Dataset(
        "points",
        ("entry_id", "member_id", "kind", "points", "at", "order_id", "expires_at"),
        needed=("entry_id", "member_id", "kind", "points", "at"),
        key=("entry_id",),
    ),
    Dataset(
        "referrals",
        ("referrer_id", "referred_id", "at"),
        needed=("referrer_id", "referred_id", "at"),
        key=("referred_id",),
    ),
    Dataset(
        "consents",
        ("member_id", "channel", "purpose", "given_at", "evidence", "withdrawn_at"),
        needed=("member_id", "channel", "given_at"),
        key=("member_id", "channel", "purpose", "given_at"),
    ),
    Dataset(
        "measures",
        ("kind", "channels", "starts_on", "ends_on", "reason"),
        needed=("starts_on",),
        key=("kind", "channels", "starts_on"),
    ),
    Dataset(
        "items",
        ("item_id", "sku", "title", "list_price", "stock", "state", "at"),
        needed=("item_id",),
        key=("item_id", "sku", "at"),
    ),
    Dataset(
        "offers", ("benefit", "starts_on", "ends_on"), needed=("benefit", "starts_on"), key=("benefit", "starts_on")
    ),
    Dataset(
        "traffic",
        (
            "position",
            "day",
            "audience",
            "visitors",
            "page_views",
            "sessions",
            "exposures",
            "one_session",
            "followers",
        ),
        needed=("position", "day"),
        key=("position", "day", "audience"),
    ),
    Dataset(
        "costs",
        ("kind", "channel", "amount", "at", "clicks", "cost_id"),
        needed=("kind", "amount", "at"),
        key=("kind", "channel", "at", "cost_id"),
    ),
    Dataset("stock", ("sku", "pieces", "at"), needed=("sku", "pieces", "at"), key=("sku", "at")),
    Dataset(
        "invitations",
        ("inviter_id", "at", "invitation_id", "invited_id"),
        needed=("inviter_id", "at"),
        key=("inviter_id", "at", "invitation_id"),
    ),
    Dataset(
        "benchmarks",
        ("metric", "value", "source", "at"),
        needed=("metric", "value", "source"),
        key=("metric", "source", "at"),
    ),
)
DATASETS: Mapping[str, Dataset] = {dataset.name: dataset for dataset in _ALL}


@dataclass(frozen=True)
class SourceSpec:
    """Where one dataset comes from.

    `path`: file, folder or glob relative to the project, or an fsspec URL; `kind` "auto" tells each
    file by its name. `url` with `query` or `table`: a database, through SQLAlchemy. `mapping` names
    a column map, single `columns` (ours = header) win over it. `encoding`, `delimiter`, `sheet`:
    empty or "auto" when the file shall say. `timezone` reads timestamps that carry no offset.
    `watermark` is a column of a database that grows with every change; a later pull starts `overlap`
    before the highest one seen. `guests`: orders without a buyer are expected (words beside empty cells that
    stand for nobody); None: as the map says. `tolerances`: rule = basis points of rows that may break it,
    instead of its own. `options` are keys that only its kind has, `secrets` the values of the
    environment variables they name.
    """

    dataset: str
    kind: str = "auto"
    path: str = ""
    encoding: str = "auto"
    url: str = field(default="", repr=False)
    query: str = ""
    table: str = ""
    timezone: str = "Asia/Shanghai"
    columns: Mapping[str, str] = field(default_factory=dict)
    mapping: str = ""
    delimiter: str = ""
    sheet: str = ""
    watermark: str = ""
    overlap: timedelta = timedelta()
    guests: bool | tuple[str, ...] | None = None
    tolerances: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def section(self) -> str:
        """Where the settings name it."""
        return f"sources.{self.dataset}"
