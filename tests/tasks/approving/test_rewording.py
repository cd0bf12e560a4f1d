"""What a person read before he agreed is what leaves: a message edited while it waits is asked about again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.approving.answering import answer
from tasks.approving.judging import judged
from tasks.deciding.decide import decide
from tasks.deciding.envelope import why_of
from tasks.outreach.dispatch import LEASE
from tasks.outreach.outreach import dispatch_run, enqueue_run
from tasks.running.phase import finish_again, run_if_due
from tests.pulling import refresh
from tests.tasks.approving.waiting import CALENDAR, HOUR, MOMENT, PHASE, RUN, SIGNED, YES, Shop
from warehouse.ledger.audit import AuditFilter

EDITED = (", your coupon waits.", ", buy now!")
MESSAGE = "messages/recall.txt"


def look(small: Shop) -> str:
    """What `serve` or a follow-up does with a run that is in the outbox."""
    return run_if_due(small.rt, CALENDAR, PHASE, MOMENT).status


def reasons(small: Shop) -> list[str]:
    return [each.figure for row in small.rt.ledger.approval_requests(RUN) for each in why_of(row)]


def texts(small: Shop) -> str:
    return "".join(path.read_text("utf-8-sig") for path in (small.root / "var" / "outbox").rglob("*.csv"))


def enqueued(small: Shop) -> None:
    """Decided and in the outbox; nothing has left."""
    snapshot = refresh(small.rt, CALENDAR, MOMENT).snapshot_id
    assert decide(small.rt, CALENDAR, PHASE, MOMENT, snapshot) is not None
    assert enqueue_run(small.rt, RUN).awaiting_approval == 0


def test_a_message_edited_after_the_approval_is_asked_about_again(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.run()
    waited = small.states()["awaiting_approval"]
    assert answer(small.rt, RUN, YES).released == waited
    small.change(MESSAGE, EDITED)
    small.now += HOUR
    assert look(small) == "awaiting_approval"
    assert (small.delivered(), small.states()) == (0, {"awaiting_approval": waited})
    assert reasons(small) == ["reworded"]
    found = judged(small.rt, RUN)
    assert found is not None
    assert all("buy now!" in one.text for one in found.previews), "he sees what would leave"
    (entry,) = small.rt.ledger.audit(AuditFilter(action="ask_again"))
    assert (entry.subject, entry.value, entry.count) == (RUN, "recall", waited)
    assert answer(small.rt, RUN, YES).released == waited
    assert look(small) == "finished"
    assert small.delivered() == waited
    assert "buy now!" in texts(small)


def test_an_edit_that_is_taken_back_needs_no_new_answer(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.run()
    answer(small.rt, RUN, YES)
    small.change(MESSAGE, EDITED)
    small.change(MESSAGE, EDITED[::-1])
    assert look(small) == "finished"
    assert small.delivered() > 0


def test_an_answer_is_about_the_words_that_were_shown(shop: Callable[..., Shop]) -> None:
    """Edited between the look and the answer: nothing is approved; edited after it: asked again."""
    small = shop()
    small.run()
    found = judged(small.rt, RUN)
    assert found is not None
    small.change(MESSAGE, EDITED)
    with pytest.raises(UsageError, match="other words") as refused:
        answer(small.rt, RUN, replace(YES, decision=found.decision))
    assert "另一版文案" in refused.value.text("zh")
    assert set(small.states()) == {"awaiting_approval"}
    again = judged(small.rt, RUN)
    assert again is not None
    assert again.decision != found.decision
    assert answer(small.rt, RUN, replace(YES, decision=again.decision)).released > 0
    assert look(small) == "finished"


@pytest.mark.parametrize(
    ("file", "change"),
    [
        (MESSAGE, EDITED),
        ("stores/corner.yaml", ("signature: Corner", "signature: Corners")),
    ],
)
def test_what_waits_by_an_applied_plan_leaves_with_the_words_of_the_plan(
    shop: Callable[..., Shop], file: str, change: tuple[str, str]
) -> None:
    small = shop("")
    small.change("stores/corner.yaml", SIGNED)
    small.apply_plan()
    enqueued(small)
    small.change(file, change)
    assert look(small) == "awaiting_approval"
    assert (small.delivered(), reasons(small)) == (0, ["reworded"])
    assert answer(small.rt, RUN, YES).released > 0
    assert look(small) == "finished"
    assert small.delivered() > 0


def test_who_applies_a_plan_with_the_new_words_agrees_to_them(shop: Callable[..., Shop]) -> None:
    small = shop("")
    small.apply_plan()
    enqueued(small)
    small.change(MESSAGE, EDITED)
    small.now += HOUR / 60
    small.apply_plan()
    assert look(small) == "finished"
    assert "buy now!" in texts(small)


def test_an_approval_is_of_a_run_and_no_later_plan_speaks_for_it(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.apply_plan()
    small.run()
    answer(small.rt, RUN, YES)
    small.change(MESSAGE, EDITED)
    small.now += HOUR / 60
    small.apply_plan()
    assert look(small) == "awaiting_approval"
    assert small.delivered() == 0


def test_without_plan_and_approval_nobody_agreed_and_nobody_is_asked(shop: Callable[..., Shop]) -> None:
    small = shop("")
    enqueued(small)
    small.change(MESSAGE, EDITED)
    assert look(small) == "finished"
    assert "buy now!" in texts(small)


def test_what_a_dead_worker_gives_back_waits_as_well(shop: Callable[..., Shop]) -> None:
    """It is claimed when the others are asked about, and comes back to the outbox behind that."""
    small = shop("")
    small.apply_plan()
    enqueued(small)
    (claimed, *_) = small.rt.ledger.claim(RUN, "sms", 1, "dead", small.now)
    small.change(MESSAGE, EDITED)
    small.now += 2 * LEASE
    sent = dispatch_run(small.rt, RUN)
    assert sent.sent == 0
    assert small.delivered() == 0
    assert {job.intent_key: job.status for job in small.rt.ledger.jobs(RUN)}[claimed.intent_key] == "pending"
    small.now += HOUR / 6
    dispatch_run(small.rt, RUN)
    assert set(small.states()) == {"awaiting_approval"}
    assert answer(small.rt, RUN, YES).released == len(list(small.rt.ledger.jobs(RUN)))
    finish_again(small.rt, RUN, dispatch_run(small.rt, RUN))
    assert set(small.states()) == {"sent"}
