"""How fast messages leave: claim, gate, render, send, record; against a plain batched client of the same outbox.

One message for each member. The plain client claims what fits one round of requests, writes the texts with
Python's own formatting, sends them over one kept aiohttp session (or as one CSV file) and marks them sent: no
consent, suppression, quiet hours or masking, no repeats, one outcome for all. Files go to a temporary directory,
HTTP to a server process on this machine that accepts everything: 100 messages a request and 8 requests at once, or
one message a request and 64 at once.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks import harness
from benchmarks.ledger_plain import PlainSqlite, Rows
from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.messages.templates import Names
from tasks.calendars.rendering import Renderer
from tasks.channels.file import COLUMNS, FileChannel
from tasks.channels.http import HttpChannel
from tasks.channels.port import ChannelPort
from tasks.outreach.dispatch import dispatch
from warehouse.ledger.records import Job, Run
from warehouse.ledger.sql import SqlLedger
from warehouse.snapshots.recipients import Recipient

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
REQUEST, AT_ONCE = 100, 8
FILE = 50_000  # messages of one file, on both sides
NAMES = Names(
    calendar={"id": "bench", "title": "Bench"},
    store={"title": "Store"},
    phases={"burst": {"id": "burst", "title": "Burst"}},
    plays={("burst", "recall"): {"id": "recall", "title": "Recall"}},
    benefits={"coupon": {"id": "coupon", "title": "Coupon", "text": "30 off", "value": "30", "threshold": "199"}},
)
RENDER = Renderer({"recall.txt": "Dear {{ member.name }}, {{ benefit.title }} of {{ benefit.value }} is yours."}, NAMES)
REFERENCES = {
    "file": "a plain client: claim 50,000, csv.writer into one file, mark sent with executemany",
    "http": "a plain client: claim 800, aiohttp POST of 100 a request, 8 at once, mark sent with executemany",
    "http, one a request": "a plain client: claim 64, aiohttp POST of one, 64 at once, mark sent with executemany",
}
SIZES = {"http": (REQUEST, AT_ONCE), "http, one a request": (1, 64)}
"""Messages of one request, and requests at once."""


def recipients(members: Sequence[str], _channel: str) -> Mapping[str, Recipient]:
    return {member: Recipient(member, f"138{member[1:]}", "Li Na") for member in members}


class Outbox:
    """A ledger of its own with one run's jobs in it, all pending."""

    def __init__(self, kind: str, count: int) -> None:
        self._directory = tempfile.TemporaryDirectory()
        self.base = Path(self._directory.name)
        self.path = self.base / "ledger.db"
        self.run_id = f"{kind}-{time.monotonic_ns()}"
        self.ledger = SqlLedger(f"sqlite:///{self.path}")
        self.ledger.begin_run(Run(self.run_id, "bench", "burst", T0, "s", "d", "started", RunSummary(), T0))
        jobs = (self._job(number, kind) for number in range(count))
        self.ledger.enqueue(self.run_id, jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)

    def _job(self, number: int, channel: str) -> Job:
        member = f"m{number:08}"
        key = intent_key("bench", self.run_id, "recall", T0, member, channel)
        return Job(key, self.run_id, "bench", "burst", "recall", T0, member, channel, "coupon", "recall.txt")

    def close(self) -> None:
        self.ledger.close()
        self._directory.cleanup()


def prepare(kind: str, count: int, url: str) -> Callable[[], int]:
    """The work is to send all jobs of a run."""
    outbox = Outbox(kind, count)
    channel: ChannelPort = (
        FileChannel("file", outbox.base, masked=False)
        if kind == "file"
        else HttpChannel(kind, url, batch=SIZES[kind][0], concurrency=SIZES[kind][1])
    )

    def work() -> int:
        counts = dispatch(
            outbox.ledger,
            {channel.name: channel},
            recipients,
            RENDER,
            run_id=outbox.run_id,
            now=lambda: T0,
            worker="bench",
        )
        outbox.close()
        return counts.sent

    return work


def prepare_plain(kind: str, count: int, url: str) -> Callable[[], int]:
    outbox = Outbox(kind, count)
    outbox.ledger.close()

    def work() -> int:
        jobs = PlainSqlite(outbox.path)
        if kind == "file":
            _write_files(jobs, outbox.run_id, outbox.base)
        else:
            asyncio.run(_post_all(jobs, outbox.run_id, url, kind))
        sent = jobs.count("sent")
        jobs.close()
        outbox.close()
        return sent

    return work


def _messages(claimed: Rows) -> list[dict[str, Any]]:
    known = recipients([member for _, _, member, _ in claimed], "")
    benefit = NAMES.benefits["coupon"]
    return [
        {
            "key": key,
            "member_id": member,
            "address": known[member].address,
            "name": known[member].name,
            "benefit": given,
            "text": f"Dear {known[member].name}, {benefit['title']} of {benefit['value']} is yours.",
        }
        for _, key, member, given in claimed
    ]


def _write_files(jobs: PlainSqlite, run_id: str, folder: Path) -> None:
    number = 0
    while claimed := jobs.claim(run_id, "file", FILE, T0):
        number += 1
        path = folder / f"recall.{number}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(
                (m["key"], m["member_id"], m["name"], m["address"], m["benefit"], m["text"]) for m in _messages(claimed)
            )
            file.flush()
            os.fsync(file.fileno())
        jobs.mark_sent([(seq, path.name) for seq, *_ in claimed], T0)


async def _post_all(jobs: PlainSqlite, run_id: str, url: str, kind: str) -> None:
    import aiohttp

    size, at_once = SIZES[kind]

    async with aiohttp.ClientSession() as session:

        async def post(part: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
            async with session.post(url, json={"run_id": run_id, "messages": part}) as response:
                results: list[dict[str, Any]] = (await response.json())["results"]
                return results

        while claimed := jobs.claim(run_id, kind, size * at_once, T0):
            seqs = {key: seq for seq, key, *_ in claimed}
            messages = _messages(claimed)
            parts = [messages[at : at + size] for at in range(0, len(messages), size)]
            answers = await asyncio.gather(*(post(part) for part in parts))
            results = [result for answer in answers for result in answer]
            jobs.mark_sent([(seqs[r["key"]], r.get("receipt")) for r in results if r["status"] == "sent"], T0)


@contextmanager
def accepting_server() -> Iterator[str]:
    """The url of a server in a process of its own, so that neither side shares its interpreter with it."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    there.close()  # or a server that cannot start would be waited for
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


class _Accepting(asyncio.Protocol):
    """As little of HTTP as both sides need, kept alive: a whole server framework would be what is measured."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._read = transport, b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            _, _, rest = self._read[:end].lower().partition(b"content-length:")
            whole = end + 4 + int(rest.split(b"\r\n", 1)[0])
            if len(self._read) < whole:
                return
            messages = json.loads(self._read[end + 4 : whole])["messages"]
            self._read = self._read[whole:]
            body = json.dumps({"results": [{"key": m["key"], "status": "sent"} for m in messages]}).encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            self._transport.write(head + body)


def _serve(ready: Connection) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_Accepting, "127.0.0.1", 0)
        ready.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await asyncio.Event().wait()

    asyncio.run(serve())


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    count: int = chosen.members
    with accepting_server() as url:
        for kind, reference in REFERENCES.items():
            both = harness.alternate(
                partial(prepare, kind, count, url), partial(prepare_plain, kind, count, url), rounds=chosen.rounds
            )
            if not both.result == both.expected == count:
                raise SystemExit(f"{both.result} and {both.expected} of {count} were sent")
            peak = harness.peak_mb(prepare, kind, count, url)
            yield both.row(f"dispatch: {kind}", count, "messages", reference, peak_mb=peak)
            yield both.row(f"dispatch: {kind}, CPU", count, "messages", reference, measure="cpu")


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=200_000, short=50_000), rows)
