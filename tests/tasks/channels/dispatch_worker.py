"""A dispatch in a process of its own, to be killed: python dispatch_worker.py LEDGER URL HONOURS HANG."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tasks.channels.http import HttpChannel
from tasks.outreach.dispatch import dispatch
from warehouse.ledger.records import Job
from warehouse.ledger.sql import SqlLedger
from warehouse.snapshots.recipients import Recipient

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)


def main(ledger: str, url: str, honours: str, hang: str) -> None:
    channel = HttpChannel("sms", url, honours_key=honours == "yes", batch=5, concurrency=2, timeout=30)

    def recipients(members: Sequence[str], _channel: str) -> Mapping[str, Recipient]:
        return {member: Recipient(member, f"138{member}") for member in members}

    def render(job: Job, _recipient: Recipient) -> str:
        if hang != "no":
            Path(hang).touch()
            time.sleep(60)
        return f"hello {job.member_id}"

    dispatch(SqlLedger(ledger), {"sms": channel}, recipients, render, run_id="r", now=lambda: T0, worker="to be killed")


if __name__ == "__main__":
    main(*sys.argv[1:])
