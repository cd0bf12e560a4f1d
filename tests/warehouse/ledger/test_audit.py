"""Whatever is done by hand leaves one entry, in every ledger: who, when, to what, how many and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest
from sqlalchemy import text

from campaign_calendars.findings.errors import LedgerError
from warehouse.ledger import audit
from warehouse.ledger.approvals import Answer, ApprovalRequest
from warehouse.ledger.audit import AuditAction, AuditEntry, AuditFilter
from warehouse.ledger.deliveries import Report
from warehouse.ledger.engine import open_engine, writing
from warehouse.ledger.guarding import Hold
from warehouse.ledger.migrate import migrate, migrations
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Draw, DutyTick, Outcome, PlatformId, Suppression, TierOverride
from warehouse.ledger.sql import SqlLedger
from warehouse.ledger.words import REWORDED

from .cases import HOUR, RUN, T0, job, put

OTHER = replace(RUN, run_id="d.burst.1", calendar="d")
ABOUT_RUN = {"calendar": "c", "run_id": RUN.run_id}


def entry(action: AuditAction, subject: str, **more: object) -> AuditEntry:
    return AuditEntry(at=T0, by="li", action=action, subject=subject, **more)  # type: ignore[arg-type]


def approve(ledger: Ledger) -> AuditEntry:
    put(ledger, [job("a", status="awaiting_approval"), job("b", status="awaiting_approval"), job("c")])
    assert ledger.approve(RUN.run_id, "li", T0) == 2
    return entry("approve", RUN.run_id, count=2, **ABOUT_RUN)


def ask_again(ledger: Ledger) -> AuditEntry:
    put(ledger, [job("a"), job("b")])
    request = ApprovalRequest(
        run_id=RUN.run_id, play="recall", calendar="c", decision_sha=RUN.decision_sha, why="words", plan=None,
        requested_at=T0, until=T0 + HOUR,
    )  # fmt: skip
    assert ledger.ask_again([request], {"recall": "new"}, T0) == 2
    return replace(entry("ask_again", RUN.run_id, count=2, value="recall", detail=REWORDED, **ABOUT_RUN), by="promocal")


def reject(ledger: Ledger) -> AuditEntry:
    put(ledger, [job("a", status="awaiting_approval"), job("b", status="awaiting_approval"), job("c")])
    assert ledger.reject(RUN.run_id, "li", T0, Answer(plays=("recall",), reason="wrong picture")) == 2
    return entry("reject", RUN.run_id, count=2, value="recall", detail="wrong picture", **ABOUT_RUN)


def cancel(ledger: Ledger) -> AuditEntry:
    put(ledger, [job("a"), job("b", status="awaiting_approval")])
    assert ledger.cancel([*(one.intent_key for one in ledger.jobs()), "nonsense"], "withdrawn", T0, by="li") == 2
    return entry("cancel", RUN.run_id, count=2, detail="withdrawn", **ABOUT_RUN)


def settle(ledger: Ledger) -> AuditEntry:
    put(ledger, [job("a"), job("b")])
    keys = [one.intent_key for one in ledger.claim(None, "sms", 9, "w", T0)]
    ledger.record([Outcome(key, "unknown") for key in keys], T0)
    assert [one.status for one in ledger.settle(keys, "sent", "li", T0)] == ["sent", "sent"]
    return entry("settle", RUN.run_id, count=2, value="sent", **ABOUT_RUN)


def correct(ledger: Ledger) -> AuditEntry:
    put(ledger, [job("a")])
    (claimed,) = ledger.claim(None, "sms", 9, "w", T0)
    ledger.record([Outcome(claimed.intent_key, "to_do")], T0)
    ledger.settle([claimed.intent_key], "sent", "wang", T0 - HOUR)
    assert [one.status for one in ledger.correct([claimed.intent_key], "failed", "li", T0)] == ["failed"]
    return entry("correct", claimed.intent_key, count=1, value="sent → failed", **ABOUT_RUN)


def apply(ledger: Ledger) -> AuditEntry:
    ledger.record_plan("p1", "c", "plan", T0)
    ledger.mark_applied("p1", "li", T0)
    return entry("apply", "p1", calendar="c")


def suppress(ledger: Ledger) -> AuditEntry:
    rows = [Suppression("a", None, "asked", T0), Suppression("b", "sms", "reply R", T0)]
    assert ledger.suppress(rows, audit.suppressed("list.csv", 2, "li", T0)) == 2
    return entry("suppress", "list.csv", count=2)


def set_tier(ledger: Ledger) -> AuditEntry:
    ledger.set_tier(TierOverride("m1", "gold", T0, T0 + HOUR, "guest", "li"))
    return entry("set_tier", "m1", value="gold → 2026-03-08 03:00Z", detail="guest")


def clear_tier(ledger: Ledger) -> AuditEntry:
    ledger.set_tier(TierOverride("m1", "gold", T0 - HOUR, None, "guest", "li"))
    assert ledger.clear_tier("m1", "over", "li", T0)
    assert not ledger.clear_tier("m1", "over already", "li", T0)
    return entry("clear_tier", "m1", detail="over")


def redraw(ledger: Ledger) -> AuditEntry:
    ledger.redraw([Draw("c", "campaign", "s2", 500, "")], audit.redrawn("c", "campaign: 5% 's2'", "typo", "li", T0))
    return entry("redraw", "c", calendar="c", value="campaign: 5% 's2'", detail="typo")


def duty_done(ledger: Ledger) -> AuditEntry:
    assert ledger.tick(DutyTick("c", "goods", "li", T0))
    return entry("duty_done", "goods", calendar="c")


def duty_undone(ledger: Ledger) -> AuditEntry:
    ledger.tick(DutyTick("c", "goods", "wang", T0 - HOUR))
    assert ledger.untick("c", "goods", "too early", "li", T0)
    assert not ledger.untick("c", "goods", "twice", "li", T0)
    return entry("duty_undone", "goods", calendar="c", detail="too early")


def platform_ids(ledger: Ledger) -> AuditEntry:
    ids = [PlatformId("c", "gift", "", "77001", T0)]
    ledger.set_platform_ids(ids, audit.platform_ids_read("c", "ids.xlsx", 1, "li", T0))
    return entry("platform_ids", "ids.xlsx", calendar="c", count=1)


def rollback(ledger: Ledger) -> AuditEntry:
    ledger.note(audit.rolled_back("s1", "s2", "cut off", "li", T0))
    return entry("rollback", "s1", value="s2", detail="cut off")


def unmask(ledger: Ledger) -> AuditEntry:
    ledger.note(audit.unmasked("select name from members", "li", T0))
    return entry("unmask", "sql", detail="select name from members")


def halt(ledger: Ledger) -> AuditEntry:
    told = audit.halted("store", "shop", "wrong price", "Lin", T0)
    ledger.hold(Hold(scope="store", name="shop", reason="wrong price", by="Lin", since=T0), told)
    return told


def erase(ledger: Ledger) -> AuditEntry:
    done = ledger.erase(["m1"], "erased-1", audit.erased("asked for it", "Lin", T0), T0)
    assert (done.pseudonym, done.rows) == ("erased-1", 0)
    return replace(audit.erased("asked for it", "Lin", T0), subject="erased-1", count=0)


def pause(ledger: Ledger) -> AuditEntry:
    told = audit.halted("play", "c/recall", "wrong text", "Lin", T0)
    ledger.hold(Hold(scope="play", name="c/recall", reason="wrong text", by="Lin", since=T0), told)
    assert told.calendar == "c"
    return told


def resume(ledger: Ledger) -> AuditEntry:
    ledger.hold(
        Hold(scope="run", name="r1@sms", reason="x", by="Lin", since=T0),
        audit.halted("run", "r1@sms", "x", "Lin", T0),
    )
    told = audit.resumed("run", "r1@sms", "mended", "Lin", T0)
    assert told.run_id == "r1"
    ledger.lift("run", "r1@sms", told)
    return told


def best_text(ledger: Ledger) -> AuditEntry:
    told = audit.text_chosen("r1", "c", "recall", "b", why="clicks: a 1/9, b 3/9", at=T0)
    assert ledger.give_text("r1", "b", {("recall", "sms"): "b.txt"}, told) == 0
    return told


def receipts(ledger: Ledger) -> AuditEntry:
    put(ledger, [job("a")])
    ledger.claim(RUN.run_id, "sms", 1, "w", T0)
    told = Report(ref=job("a").intent_key, state="delivered", at=T0)
    ledger.report([told], T0, audit.receipts_taken("reports.csv", "li", T0))
    return entry("receipts", "reports.csv", count=1)


def forget(ledger: Ledger) -> AuditEntry:
    put(ledger, [job("a")])
    ledger.cancel([job("a").intent_key], "old", T0)
    told = audit.forgot("2026-03-09T00:00+00:00", "li", T0 + HOUR)
    assert ledger.forget(T0 + HOUR, told).messages == 1
    assert ledger.forget(T0 + HOUR, told).messages == 0, "and nothing is noted"
    return replace(told, count=1)


def adopt(ledger: Ledger) -> AuditEntry:
    ledger.note(audit.adopted("c", "/srv/shop", "li", T0))
    return entry("adopt", "c", calendar="c", value="/srv/shop")


def restore(ledger: Ledger) -> AuditEntry:
    ledger.note(audit.restored("shop.backup", "03-07 22:00Z", "the disk broke", "li", T0, value="nothing sent"))
    return entry("restore", "shop.backup", value="nothing sent", detail="the disk broke (03-07 22:00Z)")


DEEDS: dict[AuditAction, Callable[[Ledger], AuditEntry]] = {
    "adopt": adopt,
    "apply": apply,
    "approve": approve,
    "ask_again": ask_again,
    "cancel": cancel,
    "clear_tier": clear_tier,
    "correct": correct,
    "duty_done": duty_done,
    "duty_undone": duty_undone,
    "erase": erase,
    "forget": forget,
    "halt": halt,
    "pause": pause,
    "platform_ids": platform_ids,
    "receipts": receipts,
    "redraw": redraw,
    "reject": reject,
    "restore": restore,
    "resume": resume,
    "rollback": rollback,
    "set_tier": set_tier,
    "settle": settle,
    "suppress": suppress,
    "text": best_text,
    "unmask": unmask,
}


def test_every_action_is_tried_here() -> None:
    assert set(DEEDS) == set(get_args(AuditAction))


@pytest.mark.parametrize("action", DEEDS)
def test_every_deed_leaves_one_entry(ledger: Ledger, action: AuditAction) -> None:
    expected = DEEDS[action](ledger)
    assert ledger.audit(AuditFilter(action=action)) == [expected]


def test_filters_and_the_newest_first(ledger: Ledger) -> None:
    mine, theirs = job("a"), job("a", run=OTHER)
    put(ledger, [mine, job("b", status="awaiting_approval")])
    put(ledger, [theirs], run=OTHER)
    ledger.cancel([mine.intent_key, theirs.intent_key], "stopped", T0, by="li")
    ledger.approve(RUN.run_id, "wang", T0 + HOUR)
    ledger.set_tier(TierOverride("m1", "gold", T0 + HOUR, None, "guest", "li"))

    def found(**wanted: object) -> list[tuple[str, str]]:
        return [(one.action, one.subject) for one in ledger.audit(AuditFilter(**wanted))]  # type: ignore[arg-type]

    tier, approval, other, first = found()
    assert (tier, approval) == (("set_tier", "m1"), ("approve", RUN.run_id))
    assert {other, first} == {("cancel", RUN.run_id), ("cancel", OTHER.run_id)}
    assert found(calendar="d") == found(run_id=OTHER.run_id) == [("cancel", OTHER.run_id)]
    assert found(by="wang") == found(action="approve") == [approval]
    assert found(subject="m1") == [tier]
    assert found(since=T0 + HOUR) == [tier, approval]
    assert found(until=T0 + HOUR) == [other, first]
    assert found(by="li", calendar="c", since=T0, until=T0 + HOUR) == [("cancel", RUN.run_id)]
    assert found(by="nobody") == []


def test_settling_is_about_all_or_none(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b")])
    (first, second) = ledger.claim(None, "sms", 9, "w", T0)
    ledger.record([Outcome(first.intent_key, "unknown")], T0)
    with pytest.raises(LedgerError):
        ledger.settle([first.intent_key, second.intent_key], "sent", "li", T0)
    assert {one.status for one in ledger.jobs()} == {"unknown", "sending"}
    assert ledger.audit() == []
    ledger.settle([first.intent_key], "failed", "li", T0)
    (alone,) = ledger.audit()
    assert (alone.subject, alone.run_id, alone.count) == (first.intent_key, RUN.run_id, 1)


def test_entries_of_an_older_ledger_find_their_run_and_calendar(sql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = migrations()
    monkeypatch.setattr("warehouse.ledger.migrate.migrations", lambda: everything[:6])
    engine = open_engine(sql_url)
    migrate(engine)
    monkeypatch.undo()
    at = "'2026-03-08 02:00:00+00:00'"
    with writing(engine) as con:
        con.execute(
            text(
                "insert into runs (run_id, calendar, phase, as_of, snapshot_id, decision_sha, status, summary,"
                f" started_at) values ('r1', 'c', 'burst', {at}, 's', 'd', 'started', '{{}}', {at})"
            )
        )
        con.execute(text(f"insert into plans (checksum, calendar, body, planned_at) values ('p1', 'c', '', {at})"))
        for action, subject in (("approve", "r1"), ("apply", "p1"), ("set_tier", "m1")):
            row = f"({at}, 'li', '{action}', '{subject}', 'as it was')"
            con.execute(text(f"insert into audit_log (at, by, action, subject, detail) values {row}"))
    engine.dispose()
    ledger = SqlLedger(sql_url)
    found = {one.action: (one.calendar, one.run_id, one.detail) for one in ledger.audit()}
    ledger.close()
    assert found == {
        "approve": ("c", "r1", "as it was"),
        "apply": ("c", None, "as it was"),
        "set_tier": (None, None, "as it was"),
    }
