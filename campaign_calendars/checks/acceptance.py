"""Warnings a calendar accepts with a reason: they are still shown, as remarks that say why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from campaign_calendars.checks.registry import RULES, View, documented, found, rule
from campaign_calendars.findings.finding import Finding, Locations, suggestion
from campaign_calendars.findings.problem import Problem
from campaign_calendars.values.scalars import Text


@rule("C190", "error")
def acceptable(view: View) -> Iterator[Finding]:
    """`accept` names a code that cannot be accepted, or gives no reason.

    Only warnings of `promocal check` can be accepted, each with the reason why it is right here.
    Errors have to be mended, remarks need no acceptance.

    Fails:
        accept: {C120: we know}
    Passes:
        accept: {C166: this shop competes on price alone}

    中文：accept 中的代码不可接受，或没有写原因。
    只有检查给出的警告可以接受，并须写明原因；错误必须改正，提示无需接受。
    """
    warnings = sorted(code for code, known in RULES.items() if known.may_be_accepted)
    for code, reason in view.calendar.accept.items():
        if code not in warnings:
            known = RULES.get(code)
            texts = (f"there is no check {code!r}", f"没有检查 {code!r}")
            hints = suggestion(code, warnings)
            if known is not None:
                texts = (f"{code} cannot be accepted: it is no warning", f"{code} 不是警告，不能接受")
                hints = ("Mend what it finds, and delete this line.", "请改正它指出的问题，并删除该行。")
            yield found(("accept", code), texts, hints, on="key")
        elif not reason.get():
            yield found(
                ("accept", code),
                (f"{code} is accepted without a reason", f"接受 {code} 却没有写原因"),
                ("Say why it is right here.", "请写明为何在此没有问题。"),
            )


documented(
    "C191",
    "warning",
    """A warning is accepted that the calendar does not have.

    The reason is no longer true, or never was; left in place it would hide the next such warning.

    Fails:
        accept: {C109: closed over the holidays}
    Passes:
        accept: {C166: this shop competes on price alone}

    中文：接受了日历并没有的警告。
    原因已不成立；留着会掩盖以后的同类警告。
    """,
)


def accepted(
    accept: Mapping[str, Text], locations: Locations, problems: Iterable[Problem], *, with_messages: bool
) -> Iterator[Problem]:
    """The problems, with accepted warnings as remarks, and acceptances nothing needs as warnings.

    Without the texts of the messages, and what else lies around, an acceptance of what may be said about them is
    left alone.
    """
    used: set[str] = set()
    for problem in problems:
        reason = accept.get(problem.code)
        if reason is None or problem.severity != "warning" or not reason.get():
            yield problem
            continue
        used.add(problem.code)
        yield replace(
            problem,
            severity="info",
            message=f"{problem.message} (accepted: {reason.get()})",
            zh=f"{problem.zh}（已接受：{reason.get('zh')}）",
            hint="",
            hint_zh="",
        )
    for code in accept:
        known = RULES.get(code)
        if code in used or known is None or known.severity != "warning" or (known.looks_around and not with_messages):
            continue
        texts = (f"{code} is accepted, but there is no such warning", f"接受了 {code}，但没有这样的警告")
        finding = found(("accept", code), texts, ("Delete the line.", "请删除该行。"), on="key")
        yield locations.problem(replace(finding, code="C191", severity="warning"))
