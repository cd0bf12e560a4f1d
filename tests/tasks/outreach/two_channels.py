"""Eight members of a corner shop: the first four are reached by SMS (files), the others by push (a real HTTP sink)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import MEMBERS, PHONES, ZONE, write_project
from tests.pulling import refresh
from tests.tasks.channels.sink import Sink

NOW = datetime(2026, 3, 8, 10, tzinfo=ZONE)
SALE = "small-sale"
STORE = """
store: corner
title: {en: Corner shop, zh: 街角小店}
tiers: {window: 365d, levels: [{id: basic, spend: 0}]}
channels:
  sms: {kind: sms, consent: required}
  push: {kind: push, consent: required}
"""


def shop(
    root: Path, sink: Sink, play: str, *, calendar: str = "", store: str = STORE, files: Mapping[str, str] | None = None
) -> Runtime:
    """The shop, refreshed an hour before its play; `play`: what its play says, `calendar`: further keys."""
    write_project(root, [NOW], play=play)
    file = root / "calendars" / f"{SALE}.yaml"
    text = file.read_text("utf-8").replace("holdout: 20%", "holdout: 0%").replace("campaign: 10%", "campaign: 0%")
    text = text.replace("        message: messages/recall.txt\n", "").replace(
        "channels: [sms]", "channels: [sms, push]"
    )
    file.write_text(text + calendar, "utf-8")
    (root / "stores" / "corner.yaml").write_text(store, "utf-8")
    settings = (root / "promocal.toml").read_text("utf-8")
    push = f'\n[channels.push]\nkind = "http"\nurl = "{sink.url}"\n'
    (root / "promocal.toml").write_text(
        settings.replace('kind = "file"', 'kind = "file"\npersonal_data = "plain"') + push
    )
    points = [
        f"{member},{'sms' if n < 4 else 'push'},{phone},2024-03-01 09:00:00"
        for n, (member, phone) in enumerate(zip(MEMBERS, PHONES, strict=True))
    ]
    (root / "data" / "contact_points.csv").write_text(
        "\n".join(["member_id,channel,address,consented_at", *points, ""])
    )
    for name, words in (files or {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(words, "utf-8")
    rt = open_runtime(root, clock=lambda: NOW)
    refresh(rt, SALE, NOW - timedelta(hours=1))
    return rt


def sent(rt: Runtime, sink: Sink) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, Any]]]:
    """Run the play; member → row of the SMS files, member → message of the push requests."""
    run_phase(rt, SALE, "burst", NOW)
    return outbox(rt), delivered(sink)


def outbox(rt: Runtime) -> dict[str, dict[str, str]]:
    """Member → row of the files of the SMS channel."""
    rows: dict[str, dict[str, str]] = {}
    for file in sorted((rt.settings.state / "outbox").rglob("sms/*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows |= {row["member_id"]: row for row in csv.DictReader(lines)}
    return rows


def delivered(sink: Sink) -> dict[str, dict[str, Any]]:
    """Member → message of the requests that came in."""
    return {message["member_id"]: message for request in sink.requests for message in request["messages"]}
