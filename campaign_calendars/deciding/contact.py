"""Who may be contacted: the gates in their order, quiet hours, caps.

Every candidate ends as chosen, held out or excluded. The gates stand in one fixed order; the
first that stops a member decides, and the chain lists all that would have (`B9`, `A1#13`, `B7`).
Gates before the hold-out do not depend on what was done to the member, so both arms of a
comparison pass the same ones; gates behind it (caps, capacity, benefits) are effects of the
treatment and never change a member's arm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from campaign_calendars.model.store import Cap
from campaign_calendars.values.scalars import CapWord, Text, format_duration

_DAY = timedelta(hours=25)
"""A local day, and the hour by which one of them is longer."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a member is excluded; `stage` orders the gates, `before_arms` says on which side of the hold-out."""

    code: str
    stage: int
    title: Text
    before_arms: bool


def _reason(code: str, stage: int, en: str, zh: str, *, before_arms: bool = False) -> Reason:
    return Reason(code, stage, Text(en=en, zh=zh), before_arms)


REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        _reason("left", 1, "left the member programme", "已退会", before_arms=True),
        _reason("under_age", 2, "younger than the contact policy allows", "未达最低年龄", before_arms=True),
        _reason("suppressed", 3, "asked not to be contacted", "已拒收", before_arms=True),
        _reason(
            "no_contact_point", 4, "cannot be reached on any channel of the play", "无可用触达方式", before_arms=True
        ),
        _reason(
            "no_consent", 5, "has not consented to the channel, or withdrew", "未授权或已撤回授权", before_arms=True
        ),
        _reason(
            "benefit_window", 6, "none of the play's benefits is on offer then", "权益此时未开放", before_arms=True
        ),
        _reason(
            "not_admitted", 7, "the store is not admitted to the benefit's programme", "店铺未获准入", before_arms=True
        ),
        _reason(
            "benefit_sold_out",
            7,
            "the goods of the play's benefits are sold out",
            "权益对应商品已售罄",
            before_arms=True,
        ),
        _reason(
            "benefit_tier", 8, "no benefit of the play is for the member's tier", "等级不符合权益要求", before_arms=True
        ),
        _reason(
            "benefit_condition", 9, "does not meet what the play's benefits ask", "不符合权益条件", before_arms=True
        ),
        _reason(
            "benefit_unknown",
            10,
            "a fact that the play's benefits ask about is not known",
            "权益条件所需信息未知",
            before_arms=True,
        ),
        _reason("already_reached", 11, "was reached by this play before", "本活动已触达"),
        _reason("goal_reached", 11, "has reached the goal of the sequence", "已达成序列目标"),
        _reason("step_late", 11, "the step of the sequence would come too late", "序列步骤已过时"),
        _reason("group_full", 11, "the group it invites into is full, or has ended", "所邀入的群已满或已结束"),
        _reason("play_excluded", 12, "had a play that excludes this one", "已触达与本玩法互斥的玩法"),
        _reason("play_too_near", 13, "is too near to another play of a rule", "与规则中另一玩法间隔不足"),
        _reason("not_followed", 14, "has not had the play that this one follows", "尚未触达本玩法的前置玩法"),
        _reason("too_few", 15, "would get fewer messages than the rule asks for", "达不到规则要求的最少条数"),
        _reason("restricted", 16, "the platform does not let the channel be used now", "平台当前不允许使用该渠道"),
        _reason("quiet_hours", 17, "the channel is in its quiet hours", "处于免打扰时段"),
        _reason("cap", 18, "has had as many messages as the caps allow", "触达次数已达上限"),
        _reason(
            "shared_address", 19, "another member with the same address gets the message", "同一号码已由另一会员接收"
        ),
        _reason("benefit_limit", 20, "has had the play's benefits as often as allowed", "权益领取次数已达上限"),
        _reason("benefit_exclusive", 21, "holds another benefit that excludes it", "已持有与之互斥的权益"),
        _reason("benefit_spend", 22, "was granted benefits for as much as one member may be", "会员权益金额已达上限"),
        _reason("benefit_points", 23, "has too few points for the play's benefits", "积分余额不足"),
        _reason("kept_for_later", 24, "is kept for a later play that is worth more", "已为更重要的后续玩法保留"),
        _reason("ghost", 25, "counts as reached by a play that he is held out of", "对照组：按未发送的玩法计为已触达"),
        _reason("no_value", 26, "would cost more than the contact is expected to bring in", "预计成本高于收益"),
        _reason("capacity", 27, "the channel's daily capacity is used up", "渠道当日容量已满"),
        _reason("benefit_stock", 28, "the play's benefits are out of stock", "权益库存不足"),
        _reason("benefit_daily_cap", 29, "the play's benefits are used up for today", "权益当日限量已满"),
        _reason("benefit_budget", 30, "no budget is left for the play's benefits", "权益预算不足"),
        _reason("limit", 31, "would break a limit of the whole plan", "会超出整个计划的限制"),
    )
}

LAST_STAGE_BEFORE_ARMS = max(reason.stage for reason in REASONS.values() if reason.before_arms)
_USED_UP = frozenset({"benefit_exclusive", "capacity", "benefit_stock", "benefit_daily_cap", "benefit_budget"})
PASSING = (
    frozenset(
        {
            "group_full",
            "benefit_window",
            "benefit_sold_out",
            "play_too_near",
            "not_followed",
            "restricted",
            "quiet_hours",
            "cap",
            "kept_for_later",
            "ghost",
            "limit",
        }
    )
    | _USED_UP
)
"""Gates that may be open an hour later: a trigger looks at the member again as long as its event is fresh."""


@dataclass(frozen=True, slots=True)
class CapRule:
    """At most `max` messages in any rolling `per`; no channels means all of them together.

    Without a `per` on the local day (over all calendars), in the phase or in the campaign that `span` says.
    `package`: messages of one moment count once.
    """

    channels: tuple[str, ...]
    max: int
    per: timedelta | None
    span: CapWord | None = None
    package: bool = False

    @classmethod
    def of(cls, cap: Cap, *, package: bool) -> CapRule:
        """A cap as the store writes it."""
        if isinstance(cap.per, timedelta):
            return cls(tuple(cap.channels), cap.max, cap.per, None, package)
        return cls(tuple(cap.channels), cap.max, None, cap.per, package)

    def covers(self, channel: str) -> bool:
        return not self.channels or channel in self.channels

    @property
    def name(self) -> str:
        """`cap 1 per 20h on sms`."""
        over = format_duration(self.per) if self.per is not None else self.span
        return f"cap {self.max} per {over}" + (f" on {', '.join(self.channels)}" if self.channels else "")


def longest_memory(caps: Iterable[CapRule]) -> timedelta | None:
    """How far back or ahead a contact may matter to caps; None: as far as the campaign goes."""
    spans = [_DAY if cap.span == "day" else cap.per for cap in caps]
    return None if None in spans else max((span for span in spans if span is not None), default=timedelta())
