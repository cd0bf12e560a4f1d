"""How fast messages leave: claim, gate, render, send, record; batched against one by one.

One message for each member. One by one is slow: a sample gives its rate.
Files go to a temporary directory, HTTP to a server on this machine that accepts everything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks import harness
from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.messages.templates import Names
from tasks.calendars.messages import Renderer
from tasks.channels.file import FileChannel
from tasks.channels.http import HttpChannel
from tasks.channels.port import Batch, ChannelPort
from tasks.outreach.dispatch import dispatch
from warehouse.ledger.records import Job, Outcome, Run
from warehouse.ledger.sql import SqlLedger
from warehouse.snapshots.recipients import Recipient

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
SINGLE = 300  # one message at a time is slow; a sample gives its rate
NAMES = Names(
    calendar={"id": "bench", "title": "Bench"},
    store={"title": "Store"},
    phases={"burst": {"id": "burst", "title": "Burst"}},
    plays={("burst", "recall"): {"id": "recall", "title": "Recall"}},
    benefits={"coupon": {"id": "coupon", "title": "Coupon", "text": "30 off", "value": "30", "threshold": "199"}},
)
RENDER = Renderer({"recall.txt": "Dear {{ member.name }}, {{ benefit.title }} of {{ benefit.value }} is yours."}, NAMES)


@dataclass(frozen=True, slots=True)
class OneAtATime:
    """A channel that takes single messages, as many gateways do."""

    inner: ChannelPort
    batch_size: int | None = 1

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def honours_key(self) -> bool:
        return self.inner.honours_key

    @property
    def needs_address(self) -> bool:
        return self.inner.needs_address

    def send(self, batch: Batch) -> list[Outcome]:
        return self.inner.send(batch)


def recipients(members: Sequence[str], _channel: str) -> Mapping[str, Recipient]:
    return {member: Recipient(member, f"138{member[1:]}", "Li Na") for member in members}


def prepare(kind: str, count: int, url: str, *, single: bool) -> Callable[[], int]:
    """A ledger with one run's jobs in it; the work is to send them all."""
    directory = tempfile.TemporaryDirectory()
    base = Path(directory.name)
    channel: ChannelPort = FileChannel("file", base) if kind == "file" else HttpChannel("http", url)
    channel = OneAtATime(channel) if single else channel
    ledger = SqlLedger(f"sqlite:///{base}/ledger.db")
    run_id = f"{kind}-{time.monotonic_ns()}"
    ledger.begin_run(Run(run_id, "bench", "burst", T0, "s", "d", "started", {}, T0))
    jobs = (job(run_id, number, kind) for number in range(count))
    ledger.enqueue(run_id, jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)

    def work() -> int:
        counts = dispatch(
            ledger, {channel.name: channel}, recipients, RENDER, run_id=run_id, now=lambda: T0, worker="bench"
        )
        ledger.close()
        directory.cleanup()
        if counts.sent != count:
            raise SystemExit(f"{counts.sent} of {count} were sent")
        return counts.sent

    return work


def job(run_id: str, number: int, channel: str) -> Job:
    member = f"m{number:08}"
    key = intent_key("bench", run_id, "recall", T0, member, channel)
    return Job(key, run_id, "bench", "burst", "recall", T0, member, channel, "coupon", "recall.txt")


def accepting_server() -> str:
    """Start a server in a thread and return its url."""
    from aiohttp import web

    async def accept(request: web.Request) -> web.Response:
        messages = json.loads(await request.read())["messages"]
        return web.json_response({"results": [{"key": m["key"], "status": "sent"} for m in messages]})

    url: list[str] = []
    ready = threading.Event()

    async def serve() -> None:
        application = web.Application(client_max_size=1024**3)
        application.router.add_post("/", accept)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url.append(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        ready.set()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    ready.wait()
    return url[0]


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    count: int = chosen.members
    sample = min(SINGLE, count)
    url = accepting_server()
    for kind in ("file", "http"):
        both = harness.alternate(
            partial(prepare, kind, count, url, single=False),
            partial(prepare, kind, sample, url, single=True),
            rounds=chosen.rounds,
        )
        peak = harness.peak_mb(prepare, kind, count, url, single=False)
        name = f"dispatch: {kind} in batches, against singly"
        yield both.row(name, count, peak, reference_times=count / sample)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=50_000, short=10_000), rows)
