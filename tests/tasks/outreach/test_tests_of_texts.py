"""Texts by chance, the best of them for the rest, and higher tiers first, through files and a real HTTP sink."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.deciding.arms import arm_of, text_salt
from tasks.measuring.measure import measure
from tasks.outreach.instructing import ranks_of
from tasks.outreach.outreach import dispatch_run
from tasks.running.phase import run_if_due
from tasks.running.replay import replay, replay_runtime
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import MEMBERS
from tests.pulling import refresh
from tests.tasks.channels.sink import Sink
from tests.tasks.outreach.two_channels import NOW, SALE, STORE, delivered, outbox, sent, shop
from warehouse.ledger.audit import AuditFilter

TEXTS = "texts: {a: messages/a.txt, b: {sms: messages/short.txt, default: messages/b.txt}}"
FILES = {"messages/a.txt": "甲：{{ benefit.text }}。", "messages/b.txt": "乙。", "messages/short.txt": "乙短信。"}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


def drawn(rt: Runtime, shares: dict[str, int]) -> dict[str, str | None]:
    calendar = rt.load_calendar(SALE).calendar
    [recall] = [play for phase in calendar.phases for play in phase.plays if play.id == "recall"]
    salt = text_salt(calendar, "burst", recall)
    return {member: arm_of(salt, member, shares) for member in MEMBERS}


def test_every_member_reads_the_text_he_was_drawn_for(tmp_path: Path, sink: Sink) -> None:
    rt = shop(tmp_path, sink, TEXTS, files=FILES)
    files, pushed = sent(rt, sink)
    arms = drawn(rt, {"a": 5_000, "b": 5_000})
    assert set(arms.values()) == {"a", "b"}
    assert {job.member_id: job.arm for job in rt.ledger.jobs()} == arms
    for member, arm in arms.items():
        text = files[member]["text"] if member in files else pushed[member]["text"]
        assert text.startswith("甲" if arm == "a" else "乙短信。拒收" if member in files else "乙。")
    (play,) = measure(rt, SALE, NOW + timedelta(hours=1)).plays
    assert play.texts is not None
    assert {one.text: one.members for one in play.texts.arms} == {
        name: list(arms.values()).count(name) for name in ("a", "b")
    }
    assert play.texts.measured_by == "conversion", "there are no data of clicks"
    rt.close()


@pytest.mark.parametrize(
    ("more", "kind", "won"),
    [
        ("", "click", ("b", "clicks: a 0/")),
        (", clicks: tap", "tap", ("b", "clicks: a 0/")),
        (", by: conversion", "click", ("a", "conversion: a ")),
    ],
)
def test_the_rest_waits_and_gets_what_did_best(
    tmp_path: Path, sink: Sink, more: str, kind: str, won: tuple[str, str]
) -> None:
    """Clicks of those who had text b decide it, although nobody of them bought; `by` and `clicks` say otherwise."""
    best, told = won
    split = f"split: {{shares: {{a: 30%, b: 30%}}, then: winner, wait: 4h{more}}}"
    rt = shop(tmp_path, sink, f"{TEXTS}\n{split}", files=FILES)
    arms = drawn(rt, {"a": 3_000, "b": 3_000})
    rest = sorted(member for member, arm in arms.items() if arm is None)
    assert rest, "somebody waits"
    assert {"a", "b"} <= set(arms.values())
    files, pushed = sent(rt, sink)
    assert sorted([*files, *pushed]) == sorted(set(MEMBERS) - set(rest))
    (run,) = rt.ledger.runs()
    waiting = [job for job in rt.ledger.jobs() if job.status == "pending"]
    assert {job.not_before for job in waiting} == {(NOW + timedelta(hours=4)).astimezone(UTC)}
    of_b = next(member for member, arm in arms.items() if arm == "b")
    (tmp_path / "data" / "events.csv").write_text(
        f"event_id,member_id,kind,at\ne1,{of_b},{kind},2026-03-08 11:00:00\n", "utf-8"
    )
    settings = tmp_path / "promocal.toml"
    events = '\n[sources.events]\nkind = "csv"\npath = "data/events.csv"\ntimezone = "Asia/Shanghai"\n'
    settings.write_text(settings.read_text("utf-8") + events, "utf-8")
    rt.close()
    later = NOW + timedelta(hours=4)
    rt = open_runtime(tmp_path, clock=lambda: later)
    refresh(rt, SALE, later - timedelta(minutes=5))
    dispatch_run(rt, run.run_id)
    files, pushed = outbox(rt), delivered(sink)
    for member in rest:
        text = files[member]["text"] if member in files else pushed[member]["text"]
        assert text.startswith("乙" if best == "b" else "甲")
    (entry,) = rt.ledger.audit(AuditFilter(action="text"))
    assert (entry.subject, entry.value) == ("recall", best)
    assert entry.detail.startswith(told)
    (play,) = measure(rt, SALE, later + timedelta(hours=1)).plays
    assert play.texts is not None
    assert sum(one.members for one in play.texts.arms) == len(MEMBERS) - len(rest), "who waited is in no arm"
    rt.close()


def waiting_test(tmp_path: Path, sink: Sink) -> tuple[Runtime, list[str]]:
    """A test whose rest still waits, and the members of that rest; the data have a click of text b."""
    split = "split: {shares: {a: 30%, b: 30%}, then: winner, wait: 4h}"
    rt = shop(tmp_path, sink, f"{TEXTS}\n{split}", files=FILES)
    arms = drawn(rt, {"a": 3_000, "b": 3_000})
    sent(rt, sink)
    of_b = next(member for member, arm in arms.items() if arm == "b")
    (tmp_path / "data" / "events.csv").write_text(
        f"event_id,member_id,kind,at\ne1,{of_b},click,2026-03-08 11:00:00\n", "utf-8"
    )
    settings = tmp_path / "promocal.toml"
    events = '\n[sources.events]\nkind = "csv"\npath = "data/events.csv"\ntimezone = "Asia/Shanghai"\n'
    settings.write_text(settings.read_text("utf-8") + events, "utf-8")
    rt.close()
    later = NOW + timedelta(hours=4)
    return open_runtime(tmp_path, clock=lambda: later), sorted(member for member, arm in arms.items() if arm is None)


def test_a_run_that_goes_on_pulls_the_answers_before_it_names_the_best(tmp_path: Path, sink: Sink) -> None:
    """What was pulled when the texts left knows none of their answers: of 0 and 0 the first text was always best."""
    rt, rest = waiting_test(tmp_path, sink)
    (run,) = rt.ledger.runs()
    dispatch_run(rt, run.run_id)
    assert {job.member_id for job in rt.ledger.jobs(status="pending")} == set(rest), "nobody guesses on old data"
    assert not rt.ledger.audit(AuditFilter(action="text"))
    rt.close()
    later = NOW + timedelta(hours=4, minutes=2)
    rt = open_runtime(tmp_path, clock=lambda: later)
    assert run_if_due(rt, SALE, "burst", NOW).dispatch.sent == len(rest)
    (entry,) = rt.ledger.audit(AuditFilter(action="text"))
    assert entry.value == "b"
    assert {job.arm for job in rt.ledger.jobs() if job.member_id in rest} == {"b"}
    rt.close()


def test_a_replay_sends_what_waits_when_its_time_comes(tmp_path: Path, sink: Sink) -> None:
    """As follow-ups do in a real run; without them who waits was never sent anything, and counted as reached."""
    rt, rest = waiting_test(tmp_path, sink)
    inside = replay_runtime(rt, SALE)
    found = replay(inside, SALE)
    assert [(run.run_id, dict(run.jobs)) for run in found.runs] == [
        (run.run_id, {"sent": len(MEMBERS)}) for run in inside.ledger.runs()
    ]
    late = {job.member_id: job.sent_at for job in inside.ledger.jobs() if job.member_id in rest}
    assert set(late.values()) == {(NOW + timedelta(hours=4)).astimezone(UTC)}
    (entry,) = inside.ledger.audit(AuditFilter(action="text"))
    assert entry.value == "b"
    inside.close()
    rt.close()


@pytest.mark.parametrize("after", ["message: messages/b.txt", None])
def test_who_waits_for_a_test_that_was_ended_never_gets_an_empty_message(
    tmp_path: Path, sink: Sink, after: str | None
) -> None:
    """The test is taken out of the calendar while they wait: they get what the play says now, or nothing."""
    rt, rest = waiting_test(tmp_path, sink)
    file = tmp_path / "calendars" / f"{SALE}.yaml"
    lines = file.read_text("utf-8").splitlines()
    kept = [
        f"        {after or ''}" if line.strip().startswith("texts:") else line
        for line in lines
        if "split:" not in line
    ]
    file.write_text("\n".join(kept) if after else "\n".join(kept).replace("id: recall", "id: other"), "utf-8")
    (run,) = rt.ledger.runs()
    dispatch_run(rt, run.run_id)
    said = {member: row["text"] for member, row in {**outbox(rt), **delivered(sink)}.items() if member in rest}
    assert sorted(said) == (rest if after else [])
    assert all(text.startswith("乙。") for text in said.values())
    rt.close()


def test_ranks_count_from_the_highest_tier_that_is_there() -> None:
    levels = ["diamond", "platinum", "gold", "silver"]
    assert ranks_of(levels, levels) == {"diamond": 0, "platinum": 1, "gold": 2, "silver": 3, None: 3}
    assert ranks_of(levels, ["gold", None]) == {"gold": 0, "silver": 1, None: 1}


def test_higher_tiers_hear_first(tmp_path: Path, sink: Sink) -> None:
    """Diamond at 10, platinum at 11, gold at 12, silver at 13 o'clock: by what they spent within a year."""
    levels = "[{id: silver}, {id: gold, spend: 30}, {id: platinum, spend: 50}, {id: diamond, spend: 70}]"
    store = STORE.replace("[{id: basic, spend: 0}]", levels)
    rt = shop(
        tmp_path,
        sink,
        "notify: {by: tier, lead: 1h}\nmessage: messages/a.txt",
        store=store,
        files=FILES,
    )
    sent(rt, sink)
    hours = {
        job.member_id: (job.not_before or job.occurrence_at).astimezone(NOW.tzinfo).hour for job in rt.ledger.jobs()
    }
    # Orders of 19.90, 29.90 … 89.90.
    spent = {member: 10 * n + 9.90 for n, member in enumerate(MEMBERS, 1)}
    expected = {m: 10 if s >= 70 else 11 if s >= 50 else 12 if s >= 30 else 13 for m, s in spent.items()}
    assert hours == expected
    assert {job.status for job in rt.ledger.jobs() if hours[job.member_id] > 10} == {"pending"}
    (run,) = rt.ledger.runs()
    rt.close()
    for hour, count in ((12, 7), (13, 8)):
        at = datetime(2026, 3, 8, hour, tzinfo=NOW.tzinfo)
        rt = open_runtime(tmp_path, clock=lambda at=at: at)  # type: ignore[misc]
        dispatch_run(rt, run.run_id)
        assert sum(job.status == "sent" for job in rt.ledger.jobs()) == sum(h <= hour for h in hours.values())
        assert count >= sum(job.status == "sent" for job in rt.ledger.jobs()) - 1
        rt.close()
