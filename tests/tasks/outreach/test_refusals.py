"""Who a provider says refuses messages gets none any more, and neither does anybody else with his number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from tasks.channels.port import Batch
from tasks.outreach.dispatch import dispatch
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Job, Outcome, Run
from warehouse.snapshots.recipients import Recipient

AT = datetime(2026, 3, 8, 2, tzinfo=UTC)
NUMBERS = {"ann": "13900000101", "ben": "13900000102", "twin": "+86 139 0000 0101"}


@dataclass
class Provider:
    name: str = "sms"
    honours_key = False
    batch_size = None
    needs_address = True

    def send(self, batch: Batch) -> list[Outcome]:
        return [
            Outcome(m.intent_key, "failed", error="in its list", refuses_contact=True)
            if m.member_id == "ann"
            else Outcome(m.intent_key, "sent")
            for m in batch.messages
        ]


def test_a_refusal_at_the_provider_is_kept_for_the_member_and_the_number() -> None:
    ledger = MemoryLedger()
    for run, members in (("r1", ("ann", "ben")), ("r2", ("ann", "ben", "twin"))):
        ledger.begin_run(Run(run, "c", "p", AT, "s", "d", "started", RunSummary(), AT))
        jobs = [Job(f"{run}-{member}", run, "c", "p", "play", AT, member, "sms") for member in members]
        ledger.enqueue(run, jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=AT)
        dispatch(
            ledger,
            {"sms": Provider()},
            lambda asked, _: {member: Recipient(member, NUMBERS[member]) for member in asked},
            lambda _job, _to: "text",
            run_id=run,
            now=lambda: AT,
            worker="w",
        )
    found = {job.intent_key: (job.status, job.error) for job in ledger.jobs()}
    assert found == {
        "r1-ann": ("failed", "in its list"),
        "r1-ben": ("sent", None),
        "r2-ann": ("cancelled", "suppressed"),
        "r2-ben": ("sent", None),
        "r2-twin": ("cancelled", "suppressed"),
    }
    rows = list(ledger.suppression_rows())
    assert {row.reason for row in rows} == {"refused by the provider of sms"}
    assert {row.channel for row in rows} == {"sms"}
    assert len(rows) == 2
    assert not any("139" in row.member_id and len(row.member_id) < 20 for row in rows)
