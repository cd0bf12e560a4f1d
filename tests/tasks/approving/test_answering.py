"""A run that waits: what a person sees, what he may answer, and what comes of it; eight members, one play."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.values.json import to_json
from tasks.approving.answering import Given, answer
from tasks.approving.judging import judged
from tasks.data.refresh import refresh
from tasks.deciding.envelope import why_of
from tasks.outreach.outreach import dispatch_run
from tasks.planning.applying import begin_apply
from tasks.planning.beside import make
from tasks.planning.plan import plan
from tasks.running.expecting import expect_runs
from tasks.running.phase import RunOutcome, finish_again, run_if_due
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import MEMBERS, NAMES, PHONES, ZONE, write_project
from warehouse.ledger.approvals import ABOVE_LIMIT, REJECTED
from warehouse.ledger.audit import AuditFilter

CALENDAR, PHASE = "small-sale", "burst"
MOMENT = datetime(2026, 3, 6, 10, tzinfo=ZONE)
RUN = "small-sale.burst.20260306T020000Z"
HOUR = timedelta(hours=1)
ASKS = "approve: {above: 1}"
SIGNED = ("consent: implied", "consent: required, kind: sms, signature: Corner")
YES = Given(answer="approve", by="Li Wei", reason="looked at it")


class Shop:
    """The project and its clock."""

    def __init__(self, root: Path, play: str = ASKS) -> None:
        window = (MOMENT - timedelta(days=1), MOMENT + timedelta(days=1))
        self.root, self.now = write_project(root, [MOMENT], window=window, play=play), MOMENT
        self.rt: Runtime = open_runtime(root, clock=lambda: self.now)

    def change(self, file: str, *changes: tuple[str, str]) -> None:
        path = self.root / file
        text = path.read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def store(self, line: str) -> None:
        with (self.root / "stores" / "corner.yaml").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def run(self) -> RunOutcome:
        return run_if_due(self.rt, CALENDAR, PHASE, MOMENT)

    def states(self) -> dict[str, int]:
        return Counter(job.status for job in self.rt.ledger.jobs(RUN))

    def delivered(self) -> int:
        files = list((self.root / "var" / "outbox").rglob("*.csv"))
        return sum(line.count("zqm-") > 0 for path in files for line in path.read_text("utf-8-sig").splitlines())

    def apply_plan(self, by: str = "wang") -> str:
        """A plan made and applied now, with runs that are promised by it."""
        refresh(self.rt, CALENDAR, self.now)
        made = plan(self.rt, CALENDAR)
        self.rt.ledger.record_plan(made.checksum, CALENDAR, to_json(made), self.now)
        self.rt.ledger.mark_applied(made.checksum, by, self.now)
        expect_runs(self.rt, self.rt.load_calendar(CALENDAR), self.now, plan=made.checksum)
        return made.checksum


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Shop]:
    return lambda play=ASKS: Shop(tmp_path / "project", play)


def test_the_table_of_a_run_that_waits_closes_and_names_nobody(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.run()
    found = judged(small.rt, RUN)
    assert found is not None
    (row,) = found.plays
    assert row.candidates == 8 == row.waiting + row.held_out + sum(row.excluded.values())
    assert row.cost_cents == row.waiting * 1000
    assert row.benefits == {"coupon_10": row.waiting}
    assert row.why == ({"en": f"{row.waiting} members, and the calendar asks above 1",
                        "zh": f"{row.waiting} 名会员，日历规定超过 1 名须审批"},)  # fmt: skip
    assert row.until == MOMENT + 12 * HOUR
    assert len(found.previews) == 3
    said = to_json(found)
    assert all(name not in said for name in (*NAMES, *PHONES, *MEMBERS))
    assert all(one.text.endswith(", your coupon waits.") for one in found.previews)


def test_what_the_applied_plan_said_the_play_would_bring_stands_beside_it(shop: Callable[..., Shop]) -> None:
    small = shop()
    refresh(small.rt, CALENDAR, small.now)
    begin_apply(small.rt, CALENDAR, make(small.rt, CALENDAR).checksum, by="wang")
    small.run()
    found = judged(small.rt, RUN)
    assert found is not None
    said = found.plays[0].forecast
    assert said is not None
    assert (said.phase, said.play, [one.figure for one in said.figures][:2]) == (PHASE, "recall", ["reach", "buyers"])


def test_an_approved_run_sends_what_waited_and_tells_who_and_why(shop: Callable[..., Shop]) -> None:
    small = shop()
    waiting = small.run()
    assert (waiting.status, small.delivered()) == ("awaiting_approval", 0)
    done = answer(small.rt, RUN, YES)
    assert (done.released, done.stopped, done.waiting) == (waiting.chosen, 0, ())
    finish_again(small.rt, RUN, dispatch_run(small.rt, RUN))
    assert small.states() == {"sent": waiting.chosen}
    assert small.delivered() == waiting.chosen
    (entry,) = small.rt.ledger.audit(AuditFilter(action="approve"))
    assert (entry.by, entry.detail, entry.count) == ("Li Wei", "looked at it", waiting.chosen)
    assert judged(small.rt, RUN) is None


def test_a_lower_limit_takes_the_same_members_every_time_and_keeps_the_control_group(
    tmp_path: Path,
) -> None:
    sent = []
    for name in ("one", "two"):
        small = Shop(tmp_path / name)
        waiting = small.run()
        control = {play.play: dict(play.held_out) for play in waiting.plays}
        done = answer(small.rt, RUN, replace(YES, limit=2))
        assert (done.released, done.stopped) == (2, waiting.chosen - 2)
        dispatch_run(small.rt, RUN)
        assert small.rt.ledger.stopped(RUN) == {ABOVE_LIMIT: waiting.chosen - 2}
        assert len(list(small.rt.ledger.grant_rows(CALENDAR))) == 2
        again = finish_again(small.rt, RUN)
        assert {play.play: dict(play.held_out) for play in again.plays} == control
        sent.append(sorted(job.member_id for job in small.rt.ledger.jobs(RUN, status="sent")))
    assert sent[0] == sent[1]
    assert len(sent[0]) == 2


def test_a_rejected_run_sends_nothing_and_frees_its_money(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.apply_plan()
    waiting = small.run()
    done = answer(small.rt, RUN, replace(YES, answer="reject", reason="wrong picture"))
    assert (done.released, done.stopped) == (0, waiting.chosen)
    assert small.rt.ledger.stopped(RUN) == {REJECTED: waiting.chosen}
    assert list(small.rt.ledger.grant_rows(CALENDAR)) == []
    (row,) = small.rt.ledger.expected(CALENDAR)
    assert (row.state, row.reason) == ("skipped", REJECTED)
    assert small.run().status == "finished"
    assert small.delivered() == 0


WRONG: list[tuple[dict[str, object], str]] = [
    ({"by": "  "}, "needs a name"),
    ({"by": "x" * 81}, "needs a name"),
    ({"by": "Li\x1b[31m"}, "needs a name"),
    ({"by": "Li\u202e"}, "needs a name"),
    ({"by": "Li\ud800"}, "needs a name"),
    ({"reason": ""}, "needs a reason"),
    ({"reason": "x" * 401}, "needs a reason"),
    ({"limit": 0}, "limit of 0"),
    ({"limit": -3}, "limit of -3"),
    ({"limit": 2, "answer": "reject"}, "limit of 2"),
    ({"plays": ("recal",)}, "no such play: recal"),
    ({"plays": ("recall", "'; drop table jobs;--")}, "no such play"),
    ({"decision": "0123456789ab"}, "another decision"),
    ({"decision": "a"}, "another decision"),
]


def test_a_wrong_answer_changes_nothing(shop: Callable[..., Shop]) -> None:
    small = shop()
    waiting = small.run()
    for wrong, said in WRONG:
        with pytest.raises(UsageError, match=said):
            answer(small.rt, RUN, replace(YES, **wrong))  # type: ignore[arg-type]
        assert small.states() == {"awaiting_approval": waiting.chosen}, wrong
    assert small.rt.ledger.audit(AuditFilter(action="approve")) == []
    run = small.rt.find_run(RUN)
    assert answer(small.rt, RUN, replace(YES, decision=run.decision_sha[:12].upper())).released == waiting.chosen


def test_nobody_answers_twice(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.run()
    answer(small.rt, RUN, YES)
    with pytest.raises(UsageError, match=r"nothing of run .* waits"):
        answer(small.rt, RUN, YES)
    with pytest.raises(UsageError, match=r"nothing of run .* waits"):
        answer(small.rt, RUN, replace(YES, answer="reject"))


def test_what_nobody_answers_within_its_time_is_cancelled(shop: Callable[..., Shop]) -> None:
    small = shop("approve: {above: 1, within: 3h}")
    small.apply_plan()
    waiting = small.run()
    small.now = MOMENT + 3 * HOUR
    with pytest.raises(UsageError, match="waited until 2026-03-06 05:00Z"):
        answer(small.rt, RUN, YES)
    assert small.rt.ledger.stopped(RUN) == {"approval_expired": waiting.chosen}
    assert list(small.rt.ledger.grant_rows(CALENDAR)) == []
    (row,) = small.rt.ledger.expected(CALENDAR)
    assert (row.state, row.reason) == ("skipped", "approval_expired")


def test_how_long_a_store_lets_its_runs_wait(shop: Callable[..., Shop]) -> None:
    """`approval: {within}` of the store, at the latest until the messages expire with their phase."""
    small = shop()
    small.store("approval: {within: 90m}")
    small.run()
    (row,) = small.rt.ledger.approval_requests(RUN)
    assert row.until == MOMENT + 1.5 * HOUR


def test_messages_never_wait_beyond_their_phase(shop: Callable[..., Shop]) -> None:
    small = shop("approve: {above: 1, within: 9d}")
    small.run()
    (row,) = small.rt.ledger.approval_requests(RUN)
    assert row.until <= MOMENT + timedelta(days=1, seconds=1)


def test_with_four_eyes_the_author_of_a_calendar_does_not_approve_it(shop: Callable[..., Shop]) -> None:
    """The calendar's `author`, however the name is written."""
    small = shop()
    small.store("approval: {four_eyes: true}")
    small.change("calendars/small-sale.yaml", ("store: corner", "store: corner\nauthor: Chen Yu"))
    waiting = small.run()
    for name in ("Chen Yu", "chen yu", " CHEN  YU ", "ＣＨＥＮ ＹＵ", "chenyu"):
        with pytest.raises(UsageError, match="somebody else has to approve"):
            answer(small.rt, RUN, replace(YES, by=name))
    assert small.states() == {"awaiting_approval": waiting.chosen}
    assert answer(small.rt, RUN, YES).released == waiting.chosen


def test_with_four_eyes_who_applied_the_plan_does_not_approve_but_may_reject(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.store("approval: {four_eyes: true}")
    small.change("calendars/small-sale.yaml", ("store: corner", "store: corner\nauthor: Chen Yu"))
    small.apply_plan(by="Li Wei")
    waiting = small.run()
    with pytest.raises(UsageError, match="somebody else has to approve"):
        answer(small.rt, RUN, YES)
    assert answer(small.rt, RUN, replace(YES, answer="reject")).stopped == waiting.chosen


def test_with_four_eyes_an_apply_that_was_repeated_hides_nobody(shop: Callable[..., Shop]) -> None:
    """`serve` puts a plan that was applied back on its server: it is still of the person who applied it."""
    small = shop()
    small.store("approval: {four_eyes: true}")
    small.change("calendars/small-sale.yaml", ("store: corner", "store: corner\nauthor: Chen Yu"))
    checksum = small.apply_plan(by="Li Wei")
    small.rt.ledger.mark_applied(checksum, "promocal serve", small.now + HOUR)
    small.run()
    with pytest.raises(UsageError, match="somebody else has to approve"):
        answer(small.rt, RUN, YES)
    assert answer(small.rt, RUN, replace(YES, by="Zhao Min")).released


def test_with_four_eyes_an_author_who_takes_his_name_out_is_still_the_author(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.store("approval: {four_eyes: true}")
    small.change("calendars/small-sale.yaml", ("store: corner", "store: corner\nauthor: Chen Yu"))
    checksum = small.apply_plan(by="Li Wei")
    written = (small.root / "calendars" / "small-sale.yaml").read_text("utf-8")
    small.rt.ledger.begin_apply(checksum, "Li Wei", small.now, forced="", written=written)
    small.run()
    small.change("calendars/small-sale.yaml", ("author: Chen Yu", "author: Somebody Else"))
    with pytest.raises(UsageError, match="somebody else has to approve"):
        answer(small.rt, RUN, replace(YES, by="Chen Yu"))


def test_without_four_eyes_the_author_may_approve(shop: Callable[..., Shop]) -> None:
    small = shop()
    small.change("calendars/small-sale.yaml", ("store: corner", "store: corner\nauthor: Li Wei"))
    waiting = small.run()
    assert answer(small.rt, RUN, YES).released == waiting.chosen


# -- the envelope of the applied plan ------------------------------------------------------------


def figures(small: Shop) -> list[str]:
    return [each.figure for row in small.rt.ledger.approval_requests(RUN) for each in why_of(row)]


def test_a_run_that_does_what_was_planned_leaves_by_itself(shop: Callable[..., Shop]) -> None:
    small = shop("")
    small.apply_plan()
    small.now = MOMENT
    assert small.run().status == "finished"
    assert small.rt.ledger.approval_requests() == []


def test_more_members_and_money_than_planned_wait_for_a_person(shop: Callable[..., Shop]) -> None:
    """`approval: {envelope}` of the store, 20% where it says nothing."""
    small = shop("")
    members = (small.root / "data" / "members.csv").read_text("utf-8").splitlines()
    (small.root / "data" / "members.csv").write_text("\n".join(members[:4]) + "\n", "utf-8")
    small.apply_plan()
    (small.root / "data" / "members.csv").write_text("\n".join(members) + "\n", "utf-8")
    outcome = small.run()
    assert outcome.status == "awaiting_approval"
    assert figures(small) == ["members", "money"]
    found = judged(small.rt, RUN)
    assert found is not None
    assert found.plays[0].why[0]["en"].endswith("were planned")
    assert answer(small.rt, RUN, YES).released == outcome.chosen


def test_a_play_that_left_a_run_does_not_bring_its_older_plan_back(shop: Callable[..., Shop]) -> None:
    """The older plan had many more members; what the run may take is what the plan of now says."""
    small = shop("")
    members = (small.root / "data" / "members.csv").read_text("utf-8").splitlines()
    (small.root / "data" / "members.csv").write_text("\n".join(members[:4]) + "\n", "utf-8")
    checksum = small.apply_plan()
    (small.root / "data" / "members.csv").write_text("\n".join(members) + "\n", "utf-8")

    ledger, older = small.rt.ledger, "0" * len(checksum)
    now = ledger.plan(checksum)
    assert now is not None
    body = json.loads(now.body)
    for row in body["occurrences"]:
        row |= {"chosen": 8_000, "benefit_cost_cents": 8_000_000}
    ledger.record_plan(older, CALENDAR, json.dumps(body), small.now - HOUR)
    ledger.mark_applied(older, "wang", small.now - HOUR)
    (row,) = ledger.expected(CALENDAR)
    ledger.expect(CALENDAR, [row, replace(row, play="gone", plan=older)], small.now)
    ledger.expect(CALENDAR, [row], small.now)
    assert {each.play: each.state for each in ledger.expected(CALENDAR)} == {"recall": "due", "gone": "dropped"}

    assert small.run().status == "awaiting_approval"
    assert [each.plan for each in ledger.approval_requests(RUN)] == [checksum]


@pytest.mark.parametrize(("envelope", "waits"), [("null", False), ("100%", True), ("20%", True)])
def test_a_store_says_how_much_more_may_leave(shop: Callable[..., Shop], envelope: str, waits: bool) -> None:
    small = shop("")
    small.store(f"approval: {{envelope: {envelope}}}")
    members = (small.root / "data" / "members.csv").read_text("utf-8").splitlines()
    (small.root / "data" / "members.csv").write_text("\n".join(members[:3]) + "\n", "utf-8")
    small.apply_plan()
    (small.root / "data" / "members.csv").write_text("\n".join(members) + "\n", "utf-8")
    assert (small.run().status == "awaiting_approval") is waits


def test_another_audience_than_planned_waits_for_a_person(shop: Callable[..., Shop]) -> None:
    small = shop("")
    small.apply_plan()
    small.change("calendars/small-sale.yaml", ('where: "joined"', 'where: "joined and spend_365d > 1"'))
    assert small.run().status == "awaiting_approval"
    assert figures(small) == ["audience"]


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("messages/recall.txt", (", your coupon waits.", ", buy now!")),
        ("stores/corner.yaml", ("signature: Corner", "signature: Corners")),
    ],
)
def test_other_words_than_planned_wait_for_a_person_who_reads_them(
    shop: Callable[..., Shop], file: str, change: tuple[str, str]
) -> None:
    """The calendar is as it was; what its messages are written of is not."""
    small = shop("")
    small.change("stores/corner.yaml", SIGNED)
    small.apply_plan()
    small.change(file, change)
    assert small.run().status == "awaiting_approval"
    assert figures(small) == ["words"]
    found = judged(small.rt, RUN)
    assert found is not None
    shown = "buy now!" if file.startswith("messages") else "waits."
    assert all(shown in one.text for one in found.previews)
    assert small.delivered() == 0
    assert answer(small.rt, RUN, YES).released > 0


def test_a_store_that_asks_about_nothing_does_not_ask_about_words(shop: Callable[..., Shop]) -> None:
    small = shop("")
    small.store("approval: {envelope: null}")
    small.apply_plan()
    small.change("messages/recall.txt", (", your coupon waits.", ", buy now!"))
    assert small.run().status == "finished"


def test_a_moment_the_plan_does_not_have_waits_for_a_person(shop: Callable[..., Shop]) -> None:
    small = shop("")
    small.change("calendars/small-sale.yaml", ("2026-03-06 10:00:00]", "2026-03-06 12:00:00]"))
    small.apply_plan()
    small.change("calendars/small-sale.yaml", ("2026-03-06 12:00:00]", "2026-03-06 10:00:00]"))
    assert small.run().status == "awaiting_approval"
    assert figures(small) == ["unplanned"]


def test_without_an_applied_plan_there_is_no_envelope(shop: Callable[..., Shop]) -> None:
    small = shop("")
    assert small.run().status == "finished"
