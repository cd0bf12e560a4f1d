"""Event triggers: a play that answers what a member did, not a date (A1#16, A5).

    trigger: {event: join, after: 10m, within: 2d, every: 15m}
    trigger: {event: birthday, at: "10:00"}

A trigger is looked at in sweeps: every `every` from the first second of the phase on, or once a day
at `at`. An event at e fires in the first sweep T that knows it with e + after <= T < e + within.
`answers` is the whole rule; `warehouse.decision.triggers` says the same in SQL, and a test holds one
against the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import Duration, TimeOfDay, UnfitError

DEFAULT_EVERY = timedelta(minutes=15)
BIRTHDAY = "birthday"
_BIRTHDAY_AT = time(10)
_DAY = timedelta(days=1)

# Events the warehouse knows by itself: the moment is a column of members or orders.
RECORD_EVENTS: dict[str, tuple[str, str]] = {
    "join": ("joined the programme", "入会"),
    "bound": ("was bound to a channel of the play: in the group, to the assistant", "入群或绑定专属客服（玩法的渠道）"),
    "unbound": ("left the group or the assistant", "退群或解绑"),
    "first_order": ("paid the first order of all", "首次付款"),
    "order_placed": ("placed an order", "下单"),
    "order_unpaid": (
        "placed an order that is still neither paid nor closed, nor has a paid deposit (催付)",
        "下单未付款（催付；已付定金的不算）",
    ),
    "order_paid": ("paid an order", "付款"),
    "deposit_paid": ("paid the deposit of an order (定金)", "付定金"),
    "balance_opens": (
        "the balance of an order can be paid from then on, and still is open (尾款)",
        "尾款开始支付，仍未付",
    ),
    "balance_closing": (
        "three hours before the balance can no longer be paid, still open",
        "尾款支付结束前三小时，仍未付",
    ),
    "balance_paid": ("paid the balance of an order", "付尾款"),
    "deposit_forfeited": ("the balance was not paid in time, the deposit is lost", "未按时付尾款，定金失效"),
    "order_completed": ("an order was completed", "交易成功"),
    "refund": ("an amount was given back", "退款"),
    "tier_upgrade": ("an order lifted the member into a higher tier", "升级"),
    BIRTHDAY: ("the birthday, at the local midnight it begins", "生日"),
}
# Usual words of the events source; a store may name its own in `event_kinds`.
USUAL_KINDS = (
    "visit", "page_view", "cart_add", "favourite", "sign_in", "interact", "review", "coupon_claim",
    "live_enter", "parcel_shipped", "parcel_signed", "profile_completed", "task_finished", "points_credited",
    "store_visit", "consult",
)  # fmt: skip

Lane = Literal["system", "human"]


def event_in_words(event: str) -> tuple[str, str]:
    """What happened, in English and Chinese; the word of the events source where that is all there is."""
    return RECORD_EVENTS.get(event, (event, event))


class Trigger(Strict):
    """What a member has to do for a play to answer (A5)."""

    event: Annotated[
        str,
        Field(
            pattern=r"^[a-z][a-z0-9_]*$",
            max_length=40,
            description="join, order_paid, birthday …, or a kind of the events source such as cart_add.",
            examples=["join", "order_paid", "order_unpaid", "birthday", "cart_add", "live_enter"],
        ),
    ]
    after: Duration = Field(
        default="0s", validate_default=True, description="Not before this long after the event: 10s, 30m, 7d."
    )
    within: Duration = Field(
        default="1d", validate_default=True, description="Events older than this never fire; late data inside it does."
    )
    every: Duration | None = Field(
        default=None, description="How often events are looked for; default: the store's `sweep_every`."
    )
    at: TimeOfDay | None = Field(default=None, description="Look once a day at this time instead; birthdays: 10:00.")
    before: Duration | None = Field(default=None, description="Birthdays only: whole days ahead, e.g. 3d.")
    streak: int | None = Field(
        default=None, ge=2, le=366, description="Only every n-th local day in a row with the event (打卡)."
    )

    @model_validator(mode="after")
    def _of_one_kind(self) -> Trigger:
        if self.every is not None and self.at is not None:
            raise UnfitError("`every` and `at` exclude each other; keep one", "every 与 at 只能保留一个")
        if self.event == BIRTHDAY and (self.every is not None or self.after or self.streak is not None):
            raise UnfitError(
                "a birthday has `at`, `before` and `within`; leave after, every and streak out",
                "生日只用 at、before、within；请去掉 after、every、streak",
            )
        if self.before is not None and (self.event != BIRTHDAY or self.before % _DAY):
            raise UnfitError(
                "`before` is a number of whole days ahead of a birthday, such as 3d", "before 是生日前的整天数，例如 3d"
            )
        if self.every is not None and self.every < timedelta(minutes=1):
            raise UnfitError("`every` is a minute or more", "every 至少为一分钟")
        if self.streak is not None and self.event in RECORD_EVENTS:
            raise UnfitError(
                "`streak` counts days of a kind of the events source, such as sign_in",
                "streak 用于行为数据中的类型，例如 sign_in",
            )
        return self

    @property
    def daily_at(self) -> time | None:
        """The time of day of a trigger that is looked at once a day."""
        return _BIRTHDAY_AT if self.at is None and self.event == BIRTHDAY else self.at


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier decision about the member by the same play; `again` means a gate held it back for the time being."""

    at: datetime
    again: bool = False


def answers(  # noqa: PLR0917 - the facts of the rule, each one of them needed
    event: datetime,
    now: datetime,
    after: timedelta,
    within: timedelta,
    sent: Iterable[datetime] = (),
    earlier: Iterable[Earlier] = (),
    *,
    retry: bool = True,
) -> bool:
    """Whether a sweep at `now` answers `event`; all moments aware.

    Due: e + after <= now < e + within. Answered before: a message of the play, or a decision about
    the member, at or after e + after, for that one had the event in its hands; then it is over, also
    where the message left later than this sweep, which is late. Only
    where the decision was a passing one (quiet hours, a cap, no stock) a `retry` sweep looks again.
    """
    due = event + after
    if not due <= now < event + within:
        return False
    if any(due <= at for at in sent):
        return False
    return not any(due <= e.at < now and not (e.again and retry) for e in earlier)
