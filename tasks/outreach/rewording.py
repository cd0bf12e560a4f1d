"""Nothing leaves with words that nobody agreed to: what was read before an agreement is what is sent after it.

Who applied a plan agreed to the words of its plays, who approved a run to those he was shown. Messages may wait for
hours after that; whoever edits a template, a title, a link, a list, a picture or a signature meanwhile changes what
they say. They wait for a person again then, who sees the new words; or they leave, where a plan with these words was
applied. Names, amounts and goods that are the member's own or on sale at that moment are no words of the play.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from campaign_calendars.findings.said import Said
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.alerts import alert
from tasks.deciding.decisions import read_decision
from tasks.deciding.envelope import asked_about_words, plan_of, words_of
from tasks.deciding.wording import of_phase, wordings
from tasks.journal import note
from tasks.runtime import Runtime
from warehouse.ledger.approvals import ApprovalRequest
from warehouse.ledger.records import Job, Run
from warehouse.ledger.words import REWORDED

_LOOK_AGAIN = timedelta(minutes=5)


def agree_to_plan(rt: Runtime, loaded: LoadedCalendar, run: Run, held: Collection[str]) -> None:
    """Keep the words of the plays of a run that leave because its applied plan has them; `held` wait for a person."""
    plan = plan_of(rt, run)
    if plan is None or loaded.store.approval.envelope is None:
        return
    planned = of_phase(words_of(plan), run.phase)
    said = of_phase(wordings(loaded, rt.settings.root), run.phase)
    same = {play: digest for play, digest in said.items() if planned.get(play) == digest and play not in held}
    rt.ledger.agree_words(run.run_id, same, rt.clock())


def ask_about_words(rt: Runtime, loaded: LoadedCalendar, run: Run, texts: Mapping[str, str]) -> frozenset[str]:
    """Plays of a run that may not leave: they say something else than was agreed to. A person is asked about them.

    `loaded` is as it is written, `texts` are its templates as they will be rendered.
    """
    agreed = rt.ledger.agreed_words(run.run_id)
    if not agreed:
        return frozenset()
    said = of_phase(wordings(loaded, rt.settings.root, texts), run.phase)
    plan = rt.ledger.applied_plan(run.calendar)
    planned = {} if plan is None else of_phase(words_of(plan), run.phase)
    other = {play: digest for play, digest in said.items() if play in agreed and digest != agreed[play].words}
    changed = {play: digest for play, digest in other.items() if agreed[play].approved or planned.get(play) != digest}
    decision = read_decision(rt, run.run_id) if changed else None
    if decision is None:
        return frozenset(changed)
    requests = asked_about_words(rt, loaded, run, decision, changed)
    count = rt.ledger.ask_again(requests, changed, rt.clock())
    if count:
        note("approval_asked_again", run_id=run.run_id, plays=", ".join(sorted(changed)), messages=count)
        alert(rt.settings, "approval", _told(run.run_id, requests, count))
    return frozenset(changed)


def held_by_words(changed: Collection[str], jobs: Sequence[Job]) -> Mapping[str, tuple[str, timedelta]]:
    """Intent key → why it waits, of what came back from a worker after the others were asked about."""
    return {job.intent_key: (REWORDED, _LOOK_AGAIN) for job in jobs if job.play in changed}


def _told(run_id: str, requests: Sequence[ApprovalRequest], count: int) -> Said:
    plays = ", ".join(request.play for request in requests)
    until = min(request.until for request in requests)
    waits = f"{count:,} message(s) wait until {until:%m-%d %H:%M} UTC: promocal approve {run_id}"
    waits_zh = f"{count:,} 条消息等待重新审批，截至 {until:%m-%d %H:%M} UTC：promocal approve {run_id}"
    return (
        f"{run_id}: the words of {plays} were changed after they were agreed to; {waits}",
        f"{run_id}：{plays} 的文案在同意之后有改动；{waits_zh}",
    )
