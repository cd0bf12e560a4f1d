"""Chinese texts of the reference pages: sequences."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "Content library (素材库): pieces that steps of sequences name.": "素材库：供序列的步骤引用的素材。",
    "A piece of the content library (素材库), which steps of sequences name (A13#20).": (
        "素材库中的一份素材，由序列的步骤引用（A13#20）。"
    ),
    "What it is about; a step may name the topic instead.": "主题；步骤可以写主题代替名称。",
    "Only for stores of this category; default: all.": "仅用于该类目的店铺；默认不限。",
    "Only in these: spring is March to May; default: all year.": "仅用于这些季节：春季为 3 至 5 月；默认全年。",
    "Pieces of `content` that go along with it, by name or topic; of them those that fit store and day.": (
        "随其发出的素材，写名称或主题；其中只发与店铺和当日相符者。"
    ),
    "Group channel its words invite into: who is in it already is not written to, and nobody is while all its groups"
    " are full or it has ended (A4).": (
        "文案邀请加入的群渠道：已在群内者不发送；其所有群已满或已结束时，不向任何人发送（A4）。"
    ),
    "broadcast: one post in each group of its channels that everybody in it sees, not a message to each member (A4).": (
        "broadcast：在其渠道的每个群发一条群内人人可见的帖子，而非逐人发送（A4）。"
    ),
    "Posts one group may have on a local day, over all calendars.": "一个群每个自然日最多几条帖子，所有日历合计。",
    "step": "步骤时间",
    "`+2h`, `+45m`, `+3d` (10:00 of the third local day), `+3d 20:30`.": (
        "`+2h`、`+45m`、`+3d`（第三个自然日 10:00）、`+3d 20:30`。"
    ),
    "Steps counted from each member's or each group's own day zero (客户SOP, 群SOP).": (
        "从每位会员或每个群各自的第零天起计的步骤（客户SOP、群SOP）。"
    ),
    "Steps counted from each member's, or each group's, own day zero.": "从每位会员或每个群各自的第零天起计的步骤。",
    "What ends a sequence early: the first of these since day zero.": "提前结束序列的条件：自第零天起最先发生者。",
    "Events: bought, answered (consulted, interacted or reviewed), left (the group or the assistant), or any event of a"
    " trigger, such as review.": (
        "事件：bought（付款）、answered（咨询、互动或评价）、left（退群或解绑），或触发可用的任何事件，例如 review。"
    ),
    "A tag; who carries it has reached the goal.": "标签；带有此标签即为达成目标。",
    "One message or piece of work of a sequence; what it leaves out is as the sequence says.": (
        "序列中的一条消息或一项工作；未写的项同序列。"
    ),
    "After day zero: +2h or +45m in elapsed time, +3d 10:00 on that local day (10:00 by default).": (
        "第零天之后：+2h、+45m 按时长计，+3d 10:00 为该自然日的时刻（默认 10:00）。"
    ),
    "Its name; default: made of `at`, e.g. 3d-1000.": "名称；默认由 at 而来，例如 3d-1000。",
    "Names of benefits, best first; at most one each.": "权益名称，优先者在前；每人至多一个。",
    "Its channels; default: those of the sequence.": "渠道；默认同序列。",
    "Who does it: system or human; default: as the sequence.": "由谁执行：system 或 human；默认同序列。",
    "Who does it by hand; default: as the sequence.": "由谁人工执行；默认同序列。",
    "Its name.": "名称。",
    "member: each member has his own steps (客户SOP); group: each group (群SOP).": (
        "member：每位会员各有步骤（客户SOP）；group：每个群各有步骤（群SOP）。"
    ),
    "The phase in which its steps fall; may be left out where there is only one.": (
        "步骤所属的阶段；只有一个阶段时可省略。"
    ),
    "Day zero: joined, bound (to a channel of it), first_order, ordered, or any event of a trigger; of a group"
    " group_opened, when its first member was bound (default), or phase, when the phase begins if that is later.": (
        "第零天：joined（入会）、bound（绑定其渠道）、first_order（首单）、ordered（付款），或触发可用的任何事件；"
        "群为 group_opened，即首位成员入群之时（默认），或 phase，即阶段开始之时（晚于前者时）。"
    ),
    "Name of an audience of this calendar; asked anew at each step.": "本日历的人群名称；每一步都重新判断。",
    "Channels of its steps, first allowed one wins.": "步骤的渠道，取第一个可用者。",
    "system: sent by itself; human: a work-list for people (A1#16).": (
        "system：自动发送；human：生成人工工单（A1#16）。"
    ),
    "Who does by hand what is for people.": "人工步骤由谁执行。",
    "What ends it early for a member.": "对会员提前结束的条件。",
    "Tag of the members who have had its last step, for `promocal sequence tags`.": (
        "走完最后一步的会员的标签，由 `promocal sequence tags` 导出。"
    ),
    "How late a step may still leave; later it is skipped, with the reason step_late.": (
        "步骤最晚可迟到多久；更晚则跳过，原因为 step_late。"
    ),
    "Share of its members who get none of its steps, to measure it.": "不收到任何步骤的会员比例，用于衡量效果。",
    "What one contact of its steps is worth beside other plays.": "其步骤的一次触达与其他玩法相比的价值。",
    "What happens, in the order of time.": "按时间先后排列的步骤。",
}
