"""Chinese of the reference pages: rules about one member, and caps."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "What one member gets of several plays: what excludes, what follows, how many, for how much.": (
        "同一会员在多个玩法间的规则：互斥、跟进、条数与金额。"
    ),
    "One rule about one member: `never`, `after`, `follow_up`, `at_least` or `spend_per_member`.": (
        "关于同一会员的一条规则：`never`、`after`、`follow_up`、`at_least` 或 `spend_per_member`。"
    ),
    "Plays of which a member gets one at most.": "会员最多得到其中一个的玩法。",
    "The play that keeps another away, with `not` and `for`.": "在其后隔开另一玩法的玩法，与 `not`、`for` 同写。",
    "The play a member does not get so soon after the one in `after`.": "在 `after` 所写玩法之后暂不触达的玩法。",
    "How long; exactly so long after it is allowed again.": "隔开多久；恰满该时长即可触达。",
    "The play a member gets only after one of the plays in `of`.": "只在 `of` 中某个玩法之后才触达的玩法。",
    "Plays that `follow_up` or `at_least` means.": "`follow_up` 或 `at_least` 所指的玩法。",
    "How soon a follow-up has to come, this long included; default: whenever.": (
        "须在多久之内跟进（含该时长）；默认不限。"
    ),
    "Messages of the plays in `of` a member gets in all, or none of them.": (
        "会员对 `of` 中玩法要么一条不收，要么至少收到这么多条。"
    ),
    "What the benefits one member is granted may cost, as the budget reserves it.": (
        "一位会员所获权益的成本上限，按预算预留口径。"
    ),
    "What `spend_per_member` is counted over; default: campaign.": "`spend_per_member` 的统计范围；默认整个活动。",
    "At most `max` messages in any rolling `per`, or on a local day, in a phase, in a campaign (B9).": (
        "在任意滚动 `per` 内，或在一个自然日、一个阶段、一次活动内，最多 `max` 条（B9）。"
    ),
    "Rolling span of time, e.g. 7d; or day (the calendar's, over all calendars), phase or campaign (of each calendar by"
    " itself).": "滚动时长，例如 7d；或 day（日历时区的自然日，所有日历合计）、phase、campaign（各日历分别计算）。",
    "Tag whose value is a member's own quiet hours, such as 21:00-09:00; messages to him wait (B3).": (
        "其值为会员自己的免打扰时段的标签，如 21:00-09:00；发给他的消息等到时段结束（B3）。"
    ),
    "Whether the messages a member gets at one moment count as one for the caps.": (
        "会员在同一时刻收到的多条消息，在频次中是否只计一条。"
    ),
    "span": "时间范围",
    "A duration such as `7d`, or `day`, `phase`, `campaign`.": "时长（如 `7d`），或 `day`、`phase`、`campaign`。",
}
