"""What is read before signing: messages as they arrive, persons that change, what is open, who does what, who signs."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.providers.of_channel import message_cost
from tasks.documents.parts import Money, Paragraph, Part, Section, Table, Value
from tasks.planning.document.told import Told
from tasks.planning.previewing import PreviewedMessage

_ROLES = (("operations", "运营"), ("product", "商品"), ("finance", "财务"), ("legal", "法务"), ("head", "负责人"))
BLANK_ROWS = 2


def messages(told: Told) -> Section:
    """Each text with the shortest name, the longest and none."""
    title = told("Messages as members read them", "消息预览")
    head = told.head(
        "play|channel|name|text|characters|SMS parts|price|fault", "玩法|渠道|姓名|文案|字数|短信条数|费用|问题"
    )
    rows = [_message(told, one) for one in told.previews]
    if not rows:
        return Section(title, [Paragraph(told("No play has a text.", "没有文案。"))])
    note = told("Names are made up, addresses masked.", "姓名为虚构，地址已脱敏。")
    return Section(title, [Table(told("messages", "消息"), head, rows), Paragraph(note, "small")])


def _message(told: Told, one: PreviewedMessage) -> tuple[Value, ...]:
    text = "\n".join([one.text, *(f"[{each}]" for each in one.attachments)])
    arm = f" ({one.arm})" if one.arm else ""
    name = one.member or told("none", "无")
    return (
        told.play(one.phase, one.play) + arm,
        told.channel(one.channel),
        name,
        text,
        one.characters,
        one.parts,
        Money(message_cost(told.loaded.store.channels[one.channel]) * (one.parts or 1)) if one.text else None,
        one.fault,
    )


def persons(told: Told) -> Section:
    """Who changes against the applied plan: counts by play, masked samples."""
    title, since = told("Persons that change", "人员变化"), told.since
    if since is None:
        nothing = told("No plan was applied before: everybody is new.", "此前没有应用过计划：全部为新增。")
    elif since.persons is None:
        nothing = told("The names of the applied plan are not kept any more.", "已应用计划的名单已不再保留。")
    else:
        nothing = told("Nobody.", "没有变化。")
    if since is None or not told.people:
        return Section(title, [Paragraph(nothing)])
    shown, total = len(told.samples), sum(one.added + one.removed + one.changed for one in told.people)
    note = told(
        f"{shown:,} of {total:,} changes; all of them: promocal plan {told.plan.calendar} --against {since.plan}",
        f"列出 {total:,} 处变化中的 {shown:,} 处；全部：promocal plan {told.plan.calendar} --against {since.plan}",
    )
    return Section(title, [_by_play(told), _samples(told), Paragraph(note, "small")])


def _by_play(told: Told) -> Table:
    head = told.head(
        "phase|play|added|removed|changed|benefits more|commonest reason", "阶段|玩法|新增|移除|改变|权益增减|主要原因"
    )
    rows: list[tuple[Value, ...]] = [
        (
            told.phase(one.phase),
            told.play(one.phase, one.play),
            one.added,
            one.removed,
            one.changed,
            Money(one.cents),
            told.reason(one.reason) if one.reason else "–",
        )
        for one in told.people
    ]
    return Table(told("persons by play", "人员变化"), head, rows)


def _samples(told: Told) -> Table:
    words = {
        "added": told("added", "新增"),
        "removed": told("removed", "移除"),
        "changed": told("changed", "改变"),
    }
    rows: list[tuple[Value, ...]] = [
        (
            told.play(one.phase, one.play),
            told.moment(one.at),
            one.member,
            words[one.change],
            told.reason(one.reason) if one.reason else "–",
            Money(one.cents),
        )
        for one in told.samples
    ]
    head = told.head("play|when|member|change|reason|benefits more", "玩法|时间|会员|变化|原因|权益增减")
    return Table(told("samples", "变化示例"), head, rows, told("Some of them", "示例"))


def unknown(told: Told) -> Section:
    """Findings that are open, those accepted with their reasons, and what no plan can know."""
    return Section(told("Open, accepted, unknown", "未处理、已接受与未知"), list(_unknown(told)))


def _unknown(told: Told) -> Iterator[Part]:
    if told.findings:
        head = told.head("code|what|remedy", "代码|内容|处理")
        found = [one.said(told.lang) for one in told.findings]
        yield Table(told("open findings", "未处理"), head, [(one.code, one.message, one.hint) for one in found])
    if accepted := told.loaded.calendar.accept:
        rows = [(code, reason.get(told.lang)) for code, reason in accepted.items()]
        yield Table(told("accepted", "已接受"), told.head("code|why it is accepted", "代码|接受原因"), rows)
    for en, zh in (
        ("What members do meanwhile: who buys, joins or unsubscribes drops out, others come in.",
         "会员期间的行为：购买、入会、退订会使名单变化。"),
        ("Answers to events: how often they come is counted from the past.", "事件触发：次数按过去推算。"),
        ("What the platform enforces and no data set brings.", "由平台执行、且没有数据来源的条件。"),
    ):  # fmt: skip
        yield Paragraph("· " + told(en, zh))


def duties(told: Told) -> Section:
    """Who does what until when; owners may be filled in by hand."""
    head = told.head("phase|what|due|owner", "阶段|任务|截止|负责人")
    rows: list[tuple[Value, ...]] = [
        (told.phase(phase.phase), one.text.get(told.lang), told.moment(one.due_at), one.owner.get(told.lang))
        for phase in told.plan.phases
        for one in phase.duties
    ]
    if not rows:
        return Section(told("Duties", "任务"), [Paragraph(told("None is written.", "没有任务。"))])
    return Section(told("Duties", "任务"), [Table(told("duties", "任务"), head, rows)])


def sign_off(told: Told) -> Section:
    """The countersign table; it is filled in by hand."""
    head = told.head("role|name|opinion|date", "部门|姓名|意见|日期")
    rows: list[tuple[Value, ...]] = [(told(*one), "", "", "") for one in _ROLES]
    rows += [("", "", "", "")] * BLANK_ROWS
    bound = told(f"Signed for plan {told.plan.checksum} and no other.", f"本签署仅对计划 {told.plan.checksum} 有效。")
    return Section(told("Sign-off", "会签"), [Table(told("sign-off", "会签"), head, rows), Paragraph(bound, "small")])
