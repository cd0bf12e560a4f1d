"""How fast messages leave: claim, gate, render, send, record; batched against one by one.

    python benchmarks/dispatch.py [--jobs 50000]

Files go to a temporary directory, HTTP to a server on this machine that accepts everything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from campaign_calendars.briefs import BudgetLimits
from campaign_calendars.intent import intent_key
from tasks.channels.file import FileChannel
from tasks.channels.http import HttpChannel
from tasks.channels.port import Batch, ChannelPort
from tasks.dispatch import dispatch
from tasks.messages import Names, Renderer
from warehouse.ledger.records import Job, Outcome, Run
from warehouse.ledger.sql import SqlLedger
from warehouse.recipients import Recipient

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


def measure(channel: ChannelPort, count: int, directory: Path) -> float:
    """Jobs a second from the outbox to recorded outcomes."""
    ledger = SqlLedger(f"sqlite:///{directory}/ledger.db")
    run_id = f"{channel.name}-{time.monotonic_ns()}"
    ledger.begin_run(Run(run_id, "bench", "burst", T0, "s", "d", "started", {}, T0))
    jobs = (
        Job(
            intent_key("bench", run_id, "recall", T0, f"m{n:08}", channel.name),
            run_id,
            "bench",
            "burst",
            "recall",
            T0,
            f"m{n:08}",
            channel.name,
            "coupon",
            "recall.txt",
        )
        for n in range(count)
    )
    ledger.enqueue(run_id, jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
    start = time.perf_counter()
    counts = dispatch(
        ledger, {channel.name: channel}, recipients, RENDER, run_id=run_id, now=lambda: T0, worker="bench"
    )
    spent = time.perf_counter() - start
    ledger.close()
    if counts.sent != count:
        raise SystemExit(f"{counts.sent} of {count} were sent")
    return count / spent


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


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--jobs", type=int, default=50_000)
    count = arguments.parse_args().jobs
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        kinds: list[ChannelPort] = [FileChannel("file", directory), HttpChannel("http", accepting_server())]
        for channel in kinds:
            batched = measure(channel, count, directory)
            single = measure(OneAtATime(channel), SINGLE, directory)
            print(
                f"{channel.name:<5} batched {batched:>9,.0f} jobs/s   one by one {single:>7,.0f} jobs/s"
                f"   {batched / single:,.0f} times"
            )


if __name__ == "__main__":
    main()
