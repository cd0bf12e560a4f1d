"""`touch: all`: a message on each channel, so far apart, counted one by one; what is given is given once."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tasks.deciding.decisions import decision_path
from tasks.planning.plan import plan
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import MEMBERS, ZONE, write_project
from tests.pulling import refresh
from warehouse.decision.files import explain_member

AT = datetime(2026, 3, 8, 10, tzinfo=ZONE)
LATER = AT + timedelta(hours=2)
HOUR = timedelta(hours=1)
SMS, PUSH = MEMBERS[:6], MEMBERS[4:]
"""Two members have both."""
TEXT = "{{ member.name }}: {{ benefit.title }}, until {{ benefit.valid_until }}"


NOBODY = "redemption_id,benefit,member_id,redeemed_at\n"


def rewrite(path: Path, changes: dict[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with two channels, refreshed an hour before its moment; nobody is held out."""
    root = write_project(tmp_path_factory.mktemp("touches") / "project", [AT], play="touch: all\ngap: 2h")
    changes = {
        "calendars/small-sale.yaml": {
            "holdout: 20%": "holdout: 0%", "campaign: 10%": "campaign: 0%", "        repeat_after: 1s\n": "",
            "channels: [sms]": "channels: [sms, push]", "value: 10.00}": "value: 10.00, valid: 30h, stock: 8}",
        },
        "stores/corner.yaml": {"channels:\n": "channels:\n  push: {consent: required}\n", "implied": "required"},
        "promocal.toml": {
            "[channels.sms]": '[channels.push]\nkind = "file"\n\n[channels.sms]',
            "[sources.orders]": '[sources.redemptions]\nkind = "csv"\npath = "data/redemptions.csv"\n'
            'timezone = "Asia/Shanghai"\n\n[sources.orders]',
        },
    }  # fmt: skip
    for name, change in changes.items():
        rewrite(root / name, change)
    rows = [f"{member},sms,1391234560{n}" for n, member in enumerate(SMS)]
    rows += [f"{member},push,p{n}" for n, member in enumerate(PUSH)]
    points = "\n".join(["member_id,channel,address,consented_at", *(f"{row},2024-02-01 09:00:00" for row in rows)])
    (root / "data" / "contact_points.csv").write_text(points + "\n", "utf-8")
    (root / "data" / "redemptions.csv").write_text(NOBODY, "utf-8")
    (root / "messages" / "recall.txt").write_text(TEXT, "utf-8")
    with open_runtime(root, clock=lambda: AT - HOUR) as rt:
        refresh(rt, "small-sale", AT - HOUR)
    return root


class Shop:
    """A copy of it, its calendar with other words; `now` is what its clock says."""

    def __init__(self, template: Path, root: Path, changes: dict[str, str] | None = None) -> None:
        self.root = root / "shop"
        shutil.copytree(template, self.root)
        rewrite(self.root / "calendars" / "small-sale.yaml", changes or {})
        self.now = AT - HOUR
        self.rt: Runtime = open_runtime(self.root, clock=lambda: self.now)

    def refresh(self, at: datetime) -> None:
        self.now = at
        refresh(self.rt, "small-sale", at)

    def run(self, at: datetime) -> dict[str, str]:
        """Member → channel of the messages of one moment, once they have left."""
        self.now = at
        done = run_phase(self.rt, "small-sale", "burst", at)
        jobs = list(self.rt.ledger.jobs(done.run_id))
        assert {job.status for job in jobs} <= {"sent"}, jobs
        return {job.member_id: job.channel for job in jobs}

    def grants(self) -> Counter[str]:
        return Counter(grant.member_id for grant in self.rt.ledger.grant_rows("small-sale"))

    def why(self, at: datetime, member: str) -> str | None:
        (run,) = [run for run in self.rt.ledger.runs() if run.as_of == at]
        (found,) = explain_member([decision_path(self.rt, run.run_id)], member)
        return found.reason or found.reminds


def test_a_member_gets_a_message_on_each_channel_and_the_benefit_once(template: Path, tmp_path: Path) -> None:
    shop = Shop(template, tmp_path)
    assert shop.run(AT) == dict.fromkeys(SMS, "sms")
    assert shop.run(LATER) == dict.fromkeys(PUSH, "push")
    assert shop.grants() == Counter(MEMBERS)
    assert shop.why(LATER, PUSH[0]) == "coupon_10", "a reminder of what he holds"
    assert shop.why(LATER, PUSH[-1]) is None, "a benefit of his own"
    sent = "".join(path.read_text("utf-8") for path in (shop.root / "var" / "outbox").rglob("push/*.csv"))
    assert sent.count("until 03-09 15:59") == 2, "a reminder says until when the first one is valid"
    assert sent.count("until 03-09 17:59") == 2
    assert sent.count(",coupon_10,") == len(PUSH) - 2, "an export grants nobody a second one"


def test_the_first_allowed_channel_alone_is_the_default(template: Path, tmp_path: Path) -> None:
    shop = Shop(template, tmp_path, {"        touch: all\n        gap: 2h\n": ""})
    assert shop.run(AT) == dict.fromkeys(SMS, "sms") | dict.fromkeys(PUSH[2:], "push")
    assert [o.at for o in shop.rt.load_calendar("small-sale").timeline.occurrences] == [AT]


def test_who_has_used_it_is_not_reminded(template: Path, tmp_path: Path) -> None:
    """A second grant would break `per_member`: the later message has nothing to say to him."""
    shop = Shop(template, tmp_path)
    shop.run(AT)
    used = f"r1,coupon_10,{PUSH[0]},2026-03-08 10:30:00\n"
    (shop.root / "data" / "redemptions.csv").write_text(NOBODY + used, "utf-8")
    shop.refresh(LATER)
    assert set(shop.run(LATER)) == set(PUSH[1:])
    assert shop.why(LATER, PUSH[0]) == "benefit_limit"


def test_every_message_counts_for_the_caps(template: Path, tmp_path: Path) -> None:
    shop = Shop(template, tmp_path)
    with (shop.root / "stores" / "corner.yaml").open("a") as store:
        store.write("contact_policy: {caps: [{max: 1, per: 20h}]}\n")
    shop.run(AT)
    assert set(shop.run(LATER)) == set(PUSH[2:])
    assert shop.why(LATER, PUSH[0]) == "cap"


def test_the_stock_falls_by_what_is_given_not_by_reminders(template: Path, tmp_path: Path) -> None:
    shop = Shop(template, tmp_path, {"stock: 8": "stock: 7"})
    shop.run(AT)
    later = shop.run(LATER)
    assert set(PUSH[:2]) < set(later), "who holds it is reminded, whatever is left"
    assert len(later) == 3
    assert shop.grants().total() == 7


def test_the_gap_is_kept_whatever_the_moments_are(template: Path, tmp_path: Path) -> None:
    """Who entered the audience for the second moment is not written to an hour later on the other channel: `gap`."""
    shop = Shop(
        template,
        tmp_path,
        {"[2026-03-08 10:00:00]": "[D 10:00, D 11:00]", "timezone": "day_zero: 2026-03-08\ntimezone"},
    )
    timeline = shop.rt.load_calendar("small-sale").timeline
    turns = [(one.at.hour, one.channel) for one in timeline.occurrences]
    assert turns == [(10, "sms"), (11, "sms"), (12, "push"), (13, "push")]
    late = PUSH[0]
    members = shop.root / "data" / "members.csv"
    everybody = members.read_text("utf-8")
    rewrite(members, {f"2024-02-05 09:00:00\n{MEMBERS[5]}": f"\n{MEMBERS[5]}"})
    shop.refresh(AT - timedelta(minutes=30))
    assert late not in shop.run(AT)
    members.write_text(everybody, "utf-8")
    shop.refresh(AT + timedelta(minutes=30))
    assert set(shop.run(AT + HOUR)) == {late}
    assert set(shop.run(LATER)) == set(PUSH) - {late}
    assert shop.why(LATER, late) == "already_reached"
    assert set(shop.run(LATER + HOUR)) == {late}
    assert shop.grants() == Counter(MEMBERS)


def test_the_plan_shows_the_messages_of_each_channel(template: Path, tmp_path: Path) -> None:
    shop = Shop(template, tmp_path)
    made = plan(shop.rt, "small-sale")
    rows = [(row.at, dict(row.channels), {n: b.granted for n, b in row.benefits.items()}) for row in made.occurrences]
    assert rows == [
        (AT, {"sms": len(SMS)}, {"coupon_10": len(SMS)}),
        (LATER, {"push": len(PUSH)}, {"coupon_10": len(PUSH) - 2}),
    ]
    assert made.certificate is not None
    assert made.certificate.contacts == len(SMS) + len(PUSH), "reminders are planned, too"
