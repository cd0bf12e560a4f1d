"""What messages cost, from the plan to what was paid: a price for each part, the same sum wherever it is told.

Eight members with names of two to nine characters are reached by SMS of 0.06 a part. The text of `recall` is full
with a name of four: who has a longer one is sent two parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from tasks.analysis.asking import Asking, asked
from tasks.approving.judging import judged
from tasks.measuring.measure import measure
from tasks.measuring.measurement import Measurement
from tasks.measuring.metrics import Asked, compute_metrics
from tasks.planning.applying import begin_apply, end_apply
from tasks.planning.plan import plan
from tasks.running.comparing import Wanted, compare_replay
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import MEMBERS, NAMES, write_project
from tests.pulling import refresh
from tests.tasks.conftest import SALE, SMALL
from warehouse.ledger.records import Job
from warehouse.measurement.metrics.outbox import SetAside

PRICE = 6
OPT_OUT = "，拒收请回复R"
CALLED = {member: "王" * length for length, member in enumerate(MEMBERS, 2)}
PARTS = {member: 1 if len(name) <= 4 else 2 for member, name in CALLED.items()}
PAID = PRICE * sum(PARTS.values())
FULL = "{{ member.name }}" + "字" * (70 - 4 - len(OPT_OUT))
SMS = "sms: {title: {en: SMS, zh: 短信}, kind: sms, consent: required, unit_cost: 0.06}"


def project(root: Path, text: str, *, play: str = "", calendar: str = "", sms: str = SMS) -> Path:
    """The small project with SMS that cost, nobody held out, an SMS of this text, and more lines."""
    write_project(root, [SALE], play=play)
    edited(root / "calendars" / f"{SMALL}.yaml", ("holdout: 20%", "holdout: 0%"), ("campaign: 10%", "campaign: 0%"))
    with (root / "calendars" / f"{SMALL}.yaml").open("a", encoding="utf-8") as file:
        file.write(calendar)
    edited(root / "stores" / "corner.yaml", ("sms: {title: {en: SMS, zh: 短信}, consent: implied}", sms))
    edited(root / "data" / "members.csv", *((f"{NAMES[n]},", f"{CALLED[MEMBERS[n]]},") for n in range(len(MEMBERS))))
    (root / "messages" / "recall.txt").write_text(text, "utf-8")
    return root


def edited(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def opened(root: Path) -> Runtime:
    """A day after the play, with what was pulled an hour before it."""
    with open_runtime(root, clock=lambda: SALE) as rt:
        refresh(rt, SMALL, SALE - timedelta(hours=1))
    return open_runtime(root, clock=lambda: SALE)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The shop after its one play."""
    rt = opened(project(tmp_path_factory.mktemp("paid") / "shop", FULL))
    run_phase(rt, SMALL, "burst", SALE)
    rt.close()
    with open_runtime(rt.settings.root, clock=lambda: SALE + timedelta(hours=2)) as later:
        yield later


@pytest.fixture(scope="module")
def told(ran: Runtime) -> Measurement:
    return measure(ran, SMALL, SALE + timedelta(hours=2))


def jobs(rt: Runtime) -> dict[str, Job]:
    return {job.member_id: job for job in rt.ledger.jobs()}


def test_each_message_keeps_what_it_cost_as_it_left(ran: Runtime) -> None:
    assert {member: job.cost_cents for member, job in jobs(ran).items()} == {
        member: PRICE * parts for member, parts in PARTS.items()
    }
    assert all(job.status == "sent" for job in jobs(ran).values())
    assert len(set(PARTS.values())) == 2, "the store has both"


def test_the_plan_and_the_decision_reckon_with_the_most_and_nobody_pays_more(ran: Runtime) -> None:
    [run] = ran.ledger.runs(SMALL)
    [decided] = run.summary.plays
    assert decided.message_cost_cents == len(MEMBERS) * 2 * PRICE >= PAID


def test_the_sum_of_the_outbox_is_that_of_accounts_report_and_metrics(ran: Runtime, told: Measurement) -> None:
    with asked(ran, "select sum(cost_cents)::bigint from jobs where status = 'sent'", Asking(calendar=SMALL)) as found:
        assert list(found.answer.rows()) == [(PAID,)]
    spent = [row for row in told.costs if row.kind == "message"]
    assert [sum(getattr(row, name) for row in spent) for name in ("issued_cents", "spent_cents")] == [PAID, PAID]
    assert sum(row.times for row in spent) == len(MEMBERS)
    assert [(one.figures.channel, one.figures.cost_cents) for one in told.following.channels] == [("sms", PAID)]
    assert sum(day.message_cents for day in told.following.burn) == PAID


def test_what_keeping_a_customer_costs_counts_the_parts(tmp_path: Path) -> None:
    """30.00 for ads brought one new customer; keeping each of eight cost what his message did: no coupon was used."""
    root = project(tmp_path / "shop", FULL)
    edited(root / "stores" / "corner.yaml", ("channels:", "history_from: 2025-01-01\nchannels:"))
    settings = root / "promocal.toml"
    (root / "data" / "costs.csv").write_text("kind,channel,amount,at\nacquisition,ads,30.00,2026-03-08 09:00:00\n")
    settings.write_text(
        settings.read_text("utf-8")
        + '\n[sources.costs]\nkind = "csv"\npath = "data/costs.csv"\ntimezone = "Asia/Shanghai"\n'
    )
    rt = opened(root)
    run_phase(rt, SMALL, "burst", SALE)
    rt.close()
    with open_runtime(root, clock=lambda: SALE + timedelta(hours=2)) as later:
        edited(
            root / "data" / "orders.csv",
            ("2025-06-08 10:00:00,2025-06-08 10:05:00", "2026-03-08 11:00:00,2026-03-08 11:05:00"),
        )
        refresh(later, SMALL, SALE + timedelta(hours=2))
        wanted = Asked(("keep_ratio",), SALE + timedelta(hours=2))
        [figure] = compute_metrics(later, SMALL, wanted).figures
        aside = [SetAside("burst", "recall", state, SALE, 2, 18_00) for state in ("spent", "open")]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tasks.measuring.metrics.set_aside_then", lambda *_: aside)
            [with_gifts] = compute_metrics(later, SMALL, wanted).figures
    assert (figure.numerator, figure.denominator) == (30_00 * len(MEMBERS), 1 * PAID)
    assert (with_gifts.numerator, with_gifts.denominator) == (30_00 * len(MEMBERS), PAID + 18_00), "gifts that go along"


def test_a_price_of_today_changes_nothing_that_was_paid(ran: Runtime, told: Measurement, tmp_path: Path) -> None:
    import shutil

    root = tmp_path / "later"
    shutil.copytree(ran.settings.root, root)
    edited(root / "stores" / "corner.yaml", ("unit_cost: 0.06", "unit_cost: 0.09"))
    with open_runtime(root, clock=lambda: SALE + timedelta(hours=2)) as rt:
        again = measure(rt, SMALL, SALE + timedelta(hours=2))
    assert again.costs == told.costs
    assert again.following.burn == told.following.burn


def test_what_left_before_costs_were_kept_counts_one_part_at_the_price_of_its_channel(
    ran: Runtime, tmp_path: Path
) -> None:
    import shutil
    import sqlite3

    root = tmp_path / "earlier"
    shutil.copytree(ran.settings.root, root)
    ledger = root / "var" / "ledger.db"
    with closing(sqlite3.connect(ledger)) as con, con:
        con.execute("update jobs set cost_cents = null")
    with open_runtime(root, clock=lambda: SALE + timedelta(hours=2)) as rt:
        again = measure(rt, SMALL, SALE + timedelta(hours=2))
    assert sum(row.spent_cents for row in again.costs if row.kind == "message") == PRICE * len(MEMBERS)


def test_a_replay_pays_what_the_run_paid(ran: Runtime) -> None:
    with ExitStack() as stack:
        _, beside = compare_replay(ran, SMALL, stack, Wanted(against="ran"))
    assert (beside.totals.message_cents.a, beside.totals.message_cents.b) == (PAID, PAID)


VALUES = "values: {margin: 50%%, basket: 100.00, baseline: 0%%, responses: [{benefit: coupon_10, response: %s}]}\n"


@pytest.mark.parametrize(("text", "reached"), [("短", len(MEMBERS)), ("字" * 71, 0)], ids=["one part", "two parts"])
def test_nobody_is_written_to_for_less_than_the_parts_cost(tmp_path: Path, text: str, reached: int) -> None:
    """A contact brings 0.25 % x (50 - 10) = 0.10: more than one part costs, and less than two."""
    rt = opened(project(tmp_path / "shop", text, calendar=VALUES % "0.25%"))
    run_phase(rt, SMALL, "burst", SALE)
    [run] = rt.ledger.runs(SMALL)
    [decided] = run.summary.plays
    assert (decided.chosen, decided.message_cost_cents) == (reached, reached * PRICE)
    rt.close()


@pytest.mark.parametrize(("text", "parts"), [("短", 1), ("字" * 71, 2), ("字" * 150, 3)])
def test_the_plan_has_the_parts_in_its_costs_and_its_checksum(tmp_path: Path, text: str, parts: int) -> None:
    rt = opened(project(tmp_path / "shop", text))
    made, again = plan(rt, SMALL), plan(rt, SMALL)
    assert made.totals.message_cost_cents == len(MEMBERS) * parts * PRICE
    assert [row.message_cost_cents for row in made.occurrences] == [made.totals.message_cost_cents]
    cost = next(each for one in made.forecasts for each in one.figures if each.figure == "cost" and not one.play)
    assert cost.high is None or cost.high >= made.totals.message_cost_cents / 100
    assert made.checksum == again.checksum
    rt.close()


def test_who_approves_sees_the_most_that_the_parts_may_cost(tmp_path: Path) -> None:
    rt = opened(project(tmp_path / "shop", FULL, play="approve: {above: 1}"))
    run_phase(rt, SMALL, "burst", SALE)
    [run] = rt.ledger.runs(SMALL)
    waits = judged(rt, run.run_id, previews=0)
    assert waits is not None
    [play] = waits.plays
    assert play.cost_cents == len(MEMBERS) * (2 * PRICE + 10_00)
    rt.close()


def test_a_text_that_grew_by_a_part_leaves_the_money_of_its_plan(tmp_path: Path) -> None:
    """The coupons cost nothing here, so that the messages alone are the money."""
    root = project(tmp_path / "shop", "短")
    edited(root / "calendars" / f"{SMALL}.yaml", ("benefits: [coupon_10]\n", "benefits: []\n"))
    edited(root / "stores" / "corner.yaml", ("channels:", "approval: {envelope: 10%}\nchannels:"))
    rt = opened(root)
    made = plan(rt, SMALL)
    begin_apply(rt, SMALL, made.checksum, by="Li")
    end_apply(rt, made.checksum, "Li", "1 created")
    (root / "messages" / "recall.txt").write_text("字" * 71, "utf-8")
    run_phase(rt, SMALL, "burst", SALE)
    [run] = rt.ledger.runs(SMALL)
    waits = judged(rt, run.run_id, previews=0)
    assert waits is not None
    said = [why["en"] for play in waits.plays for why in play.why]
    assert "it costs 0.96, 0.48 was planned" in said
    rt.close()
