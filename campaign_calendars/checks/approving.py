"""Approval: whoever wrote a calendar is known where somebody else has to approve it (B9)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding


@rule("C249", "error")
def the_author_is_known(view: View) -> Iterator[Finding]:
    """The store asks for four eyes, and the calendar does not say who wrote it.

    Nobody could tell whether the person who approves is another one (B9).

    Fails:
        approval: {four_eyes: true}
    Passes:
        approval: {four_eyes: true}
        author: Chen Yu

    中文：店铺要求四眼原则，而日历没有写明由谁编写。
    这样就无法判断审批者是否为另一人（B9）。
    """
    if view.store.approval.four_eyes and not view.calendar.author.strip():
        yield found(
            ("calendar",),
            ("nobody is named as its author", "没有写明编写者"),
            ("Write `author: NAME`; somebody else then approves its runs.", "请写 author: 姓名；其运行由另一人审批。"),
        )
