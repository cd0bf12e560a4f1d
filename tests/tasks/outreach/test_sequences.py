"""Sequences and posts from a calendar to files: steps of members, posts of groups, work with its owner, tags."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from tasks.measuring.measure import measure
from tasks.outreach.outreach import dispatch_run
from tasks.outreach.posts import groups_of
from tasks.outreach.sequences import sequence_state, write_tags
from tasks.outreach.work_lists import settle_work, work
from tasks.planning.plan import plan
from tasks.reporting.report import report
from tasks.running.phase import run_if_due, run_phase
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh
from warehouse.ledger.records import Job
from warehouse.snapshots.recipients import Recipient

CALENDAR = "sop"
STORE = """\
store: corner
tiers: {window: 365d, levels: [{id: basic, spend: 0}]}
contact_policy: {caps: [{max: 1, per: 20h}]}
channels:
  wecom: {kind: wecom, consent: implied}
  phone: {kind: phone, consent: implied}
  fans: {kind: group, group: {kind: ordinary, posts_per_day: 1}, consent: implied}
  flash: {kind: group, group: {kind: flash, ends_on: 2026-03-05}, consent: implied}
"""
TEXT = """\
calendar: sop
store: corner
timezone: Asia/Shanghai
source: test
audiences: {members: joined}
phases:
  - id: march
    kind: daily
    window: {from: 2026-03-01 00:00, to: 2026-03-31 23:59:59}
    plays:
      - {id: news, audience: members, channels: [fans, flash], at: 2026-03-05 12:00, post: broadcast, message: m.txt}
      - {id: more, audience: members, channels: [fans], at: 2026-03-05 13:00, post: broadcast, message: m.txt}
      - {id: hello, audience: members, channels: [wecom], at: 2026-03-05 12:30, message: m.txt}
content:
  spring: {kind: mini_programme, title: In spring, app: wx1, page: spring, topic: care, seasons: [spring]}
  autumn: {kind: mini_programme, title: In autumn, app: wx1, page: autumn, topic: care, seasons: [autumn]}
  tea: {kind: mini_programme, title: Of tea, app: wx1, page: tea, topic: care, category: tea_wine_dairy}
  other: {kind: mini_programme, title: Another, app: wx1, page: other}
sequences:
  - id: newcomer
    start: joined
    audience: members
    channels: [wecom]
    goal: {on: [bought]}
    tag: welcomed
    owner: Li Wei
    steps:
      - at: +1d
        message: m.txt
        content: [care]
        attachments: [{kind: mini_programme, title: Shop, app: wx1, page: home}]
      - {at: +3d, message: m.txt, lane: human, channels: [phone], title: Call}
  - id: opening
    of: group
    audience: members
    channels: [fans]
    steps:
      - {at: +1d 20:00, message: m.txt}
"""
TOML = """
[sources.members]
kind = "csv"
path = "data/members.csv"
timezone = "Asia/Shanghai"

[sources.orders]
kind = "csv"
path = "data/orders.csv"
timezone = "Asia/Shanghai"

[sources.contact_points]
kind = "csv"
path = "data/contact_points.csv"
timezone = "Asia/Shanghai"

[channels.wecom]
kind = "file"

[channels.phone]
kind = "file"

[channels.fans]
kind = "file"

[channels.flash]
kind = "file"
"""
MEMBERS = [f"m{number}" for number in range(6)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}:00+08:00")


def _csv(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sop") / "project"
    # m0 and m1 join on the 2nd, the others long ago; m1 buys on the 4th. Three groups of two, one of them flash.
    joined = {"m0": "2026-03-02 09:00:00", "m1": "2026-03-02 23:00:00"}
    points = [f"{name},wecom,w-{name},,2026-01-01 09:00:00" for name in MEMBERS]
    points += [f"{name},phone,1391234560{n},,2026-01-01 09:00:00" for n, name in enumerate(MEMBERS)]
    groups = {
        "g1": ("fans", "2026-03-04 12:00:00"),
        "g2": ("fans", "2026-01-01 12:00:00"),
        "g3": ("flash", "2026-01-01 12:00:00"),
    }
    points += [
        f"{name},{channel},,{group},{since}"
        for n, (group, (channel, since)) in enumerate(groups.items())
        for name in MEMBERS[2 * n : 2 * n + 2]
    ]
    for name, text in {
        "promocal.toml": TOML,
        "stores/corner.yaml": STORE,
        "calendars/sop.yaml": TEXT,
        "m.txt": "Good to see you.",
        "data/members.csv": _csv(
            "member_id,created_at,joined_at",
            [f"{name},2025-01-01 08:00:00,{joined.get(name, '2025-06-01 09:00:00')}" for name in MEMBERS],
        ),
        "data/orders.csv": _csv(
            "order_id,member_id,ordered_at,paid_at,amount",
            [
                "o1,m5,2025-07-01 10:00:00,2025-07-01 10:05:00,19.90",
                "o2,m1,2026-03-04 10:00:00,2026-03-04 10:05:00,19.90",
            ],
        ),
        "data/contact_points.csv": _csv("member_id,channel,address,group_id,bound_at", points),
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    with open_runtime(root, clock=lambda: at("06T00:00")) as rt:
        refresh(rt, CALENDAR, at("06T00:00"))
    return root


@pytest.fixture
def shop(template: Path, tmp_path: Path) -> Runtime:
    import shutil

    root = tmp_path / "shop"
    shutil.copytree(template, root)
    return open_runtime(root, clock=lambda: at("03T10:00"))


def run(rt: Runtime, moment: str) -> dict[str, tuple[int, int, dict[str, int]]]:
    """Play → chosen, exposed, excluded of the run at a moment, and what it sent is done."""
    rt.clock = lambda: at(moment)
    outcome = run_phase(rt, CALENDAR, "march", at(moment))
    return {play.play: (play.chosen, play.exposed, dict(play.excluded)) for play in outcome.plays}


def rows(rt: Runtime, moment: str, channel: str, play: str) -> list[dict[str, str]]:
    found = list((rt.settings.state / "outbox").glob(f"*{at(moment):%Y%m}*/{channel}/{play}.csv"))
    return [row for path in found for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())]


def test_members_get_their_steps_until_they_buy(shop: Runtime) -> None:
    assert run(shop, "03T10:00")["newcomer-1d-1000"] == (2, 0, {})
    assert run(shop, "05T10:00")["newcomer-3d-1000"] == (1, 0, {"goal_reached": 1})
    items = work(shop, CALENDAR)
    assert [(item.member_id, item.owner.get(), item.channel, item.event) for item in items] == [
        ("m0", "Li Wei", "phone", "join")
    ]
    run(shop, "05T10:00")
    assert len(work(shop, CALENDAR)) == 1, "a run that is repeated makes nothing twice"


def test_content_of_a_topic_goes_along_where_it_fits_store_and_season(shop: Runtime) -> None:
    """Pieces of `content` by their topic, beside the step's own attachments."""
    run(shop, "03T10:00")
    sent = rows(shop, "03T10:00", "wecom", "newcomer-1d-1000")
    told = {title: all(title in row["mini_programme"] for row in sent) for title in ("Shop", "In spring")}
    assert (len(sent), told) == (2, {"Shop": True, "In spring": True}), "attachments and pieces of the topic"
    kept = ("In autumn", "Of tea", "Another")
    assert not any(title in row["mini_programme"] for row in sent for title in kept), "seasons, category, topic"


def test_a_day_that_was_missed_is_told_and_what_follows_comes(shop: Runtime) -> None:
    # The look of the 3rd never ran: with the next one the step is a day late.
    assert run(shop, "04T10:00")["newcomer-1d-1000"] == (0, 0, {"step_late": 2})
    assert run(shop, "05T10:00")["newcomer-3d-1000"] == (1, 0, {"goal_reached": 1})


def test_a_run_that_starts_within_the_grace_of_the_steps_still_writes(shop: Runtime) -> None:
    """`grace` is twelve hours by default."""
    shop.clock = lambda: at("03T21:00")
    late = run_if_due(shop, CALENDAR, "march", at("03T10:00"))
    assert late.dispatch.sent == 2
    shop.clock = lambda: at("04T23:00")
    assert run_if_due(shop, CALENDAR, "march", at("04T10:00")).status == "skipped"


def test_the_state_of_a_sequence_and_its_tags(shop: Runtime, tmp_path: Path) -> None:
    """The `tag` of the sequence is that of who has had its last step."""
    run(shop, "03T10:00")
    shop.clock = lambda: at("05T08:00")
    state = sequence_state(shop, CALENDAR, "newcomer")
    first, second = state.steps
    assert (first.due_today, first.decided, first.jobs) == (0, 2, {"sent": 2})
    assert (second.due_today, second.decided, second.owner.get()) == (2, 0, "Li Wei")
    run(shop, "05T10:00")
    assert write_tags(shop, CALENDAR, "newcomer", tmp_path / "tags.csv") == 0, "nobody has called yet"
    settle_work(shop, work(shop, CALENDAR)[0].id, "done", "Li Wei")
    assert write_tags(shop, CALENDAR, "newcomer", tmp_path / "tags.csv") == 1
    assert (tmp_path / "tags.csv").read_text("utf-8").splitlines()[1].startswith("m0,welcomed,2026-03-05T")
    state = sequence_state(shop, CALENDAR, "newcomer")
    assert (state.steps[1].decided, state.steps[1].excluded) == (2, {"goal_reached": 1})


def test_a_post_is_one_job_for_each_group_and_touches_no_cap_of_members(shop: Runtime) -> None:
    """`post: broadcast` in three groups of two."""
    assert run(shop, "05T12:00")["news"] == (3, 6, {})
    written = rows(shop, "05T12:00", "fans", "news")
    assert [(row["member_id"], row["text"]) for row in written] == [
        ("group:fans:g1", "Good to see you."),
        ("group:fans:g2", "Good to see you."),
    ]
    assert run(shop, "05T12:30")["hello"] == (6, 0, {}), "one message in 20 hours, and posts are none of them"
    assert run(shop, "05T13:00")["more"] == (0, 0, {"cap": 2}), "one post a group and day"
    counts = shop.ledger.job_counts(calendar=CALENDAR)
    assert {key[1:]: count for key, count in counts.items() if key[1] == "news"} == {
        ("news", "fans", "sent"): 2,
        ("news", "flash", "sent"): 1,
    }


def test_the_report_says_by_how_many_posts_were_seen_at_most(shop: Runtime, tmp_path: Path) -> None:
    """Exposure is no contact: nobody is counted as reached by a post, and of messages to members there is none."""
    run(shop, "05T12:00")
    made = measure(shop, CALENDAR, at("05T14:00"))
    assert {row.play: row.exposed for row in made.plays if row.play in ("news", "more", "hello")} == {
        "news": 6, "more": 0, "hello": None,
    }  # fmt: skip
    assert made.phases[0].funnel.contacted == 0
    assert {row.play: row.exposed for row in measure(shop, CALENDAR, at("05T12:00")).plays}["news"] == 0
    report(shop, CALENDAR, at("05T14:00"), tmp_path / "r.html", lang="zh")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "群内曝光至多" in page
    assert re.search(r"<tr><td>news</td>(?:(?!</tr>).)*<td[^>]*>6</td></tr>", page, re.DOTALL)


def test_what_is_a_post_the_calendar_says_and_not_the_look_of_an_id(shop: Runtime) -> None:
    """A shop may call its member `group:fans:g1`: his message goes to him, not into the group."""
    moment = at("05T12:00")
    of_member, of_group = (
        Job(play, "r", CALENDAR, "march", play, moment, "group:fans:g1", channel)
        for play, channel in (("hello", "wecom"), ("news", "fans"))
    )
    found = groups_of(shop.load_calendar(CALENDAR), shop.current_snapshot(), moment)([of_member, of_group])
    assert found == {"news": Recipient("group:fans:g1", "g1")}


def test_posts_that_wait_are_cancelled_when_the_group_ends(shop: Runtime) -> None:
    calendar = shop.settings.root / "calendars" / "sop.yaml"
    calendar.write_text(TEXT.replace("post: broadcast,", "post: broadcast, approve: {above: 5},", 1))
    run(shop, "05T12:00")
    assert {job.status for job in shop.ledger.jobs()} == {"awaiting_approval"}, "six members are above five"
    (record,) = shop.ledger.runs(CALENDAR)
    shop.clock = lambda: at("06T00:00")
    shop.ledger.approve(record.run_id, "Li Wei", at("06T00:00"))
    dispatch_run(shop, record.run_id)
    assert {(job.member_id, job.status, job.error) for job in shop.ledger.jobs()} == {
        ("group:fans:g1", "sent", None),
        ("group:fans:g2", "sent", None),
        ("group:flash:g3", "cancelled", "the group has ended"),
    }


def test_steps_of_a_group_are_posts_counted_from_its_opening(shop: Runtime) -> None:
    """`of: group`, without a start."""
    # g1 was opened on the 4th, g2 long before the phase.
    assert run(shop, "05T20:00")["opening-1d-2000"] == (1, 2, {})
    assert Counter(job.member_id for job in shop.ledger.jobs()) == {"group:fans:g1": 1}
    shop.clock = lambda: at("05T21:00")
    assert sequence_state(shop, CALENDAR, "opening").steps[0].due_today == 1


def test_a_plan_has_posts_with_whom_they_reach(shop: Runtime) -> None:
    shop.clock = lambda: at("01T00:00")
    made = plan(shop, CALENDAR)
    news = next(row for row in made.occurrences if row.play == "news")
    assert (news.chosen, news.exposed) == (3, 6)
    assert {row.play for row in made.triggers} >= {"newcomer-1d-1000", "newcomer-3d-1000"}
