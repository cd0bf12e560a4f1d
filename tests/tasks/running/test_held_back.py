"""Who must not get a message does not get one, from the export to the wire: odd numbers, odd withdrawals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tasks.outreach.outreach import dispatch_run
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import MEMBERS, ZONE, write_project
from tests.pulling import refresh
from tests.tasks.channels.sink import Sink

NOW = datetime(2026, 3, 8, 10, tzinfo=ZONE)
ODD = {
    MEMBERS[0]: "139****5601",
    MEMBERS[1]: "13912345602-1234",
    MEMBERS[2]: "1+XkQ9Vb2aZ0OAIDexample7Lw==",
    MEMBERS[3]: "AAHd5d-PAAeGwJedwSoRanXa",
    MEMBERS[4]: "20161234567890",
}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


def shop(root: Path, sink: Sink) -> Runtime:
    """The small project with an SMS provider behind HTTP and nobody held out."""
    write_project(root, [NOW])
    settings = root / "promocal.toml"
    text = settings.read_text("utf-8").replace(
        '[channels.sms]\nkind = "file"', f'[channels.sms]\nkind = "http"\nurl = "{sink.url}"'
    )
    settings.write_text(text, "utf-8")
    store = root / "stores" / "corner.yaml"
    store.write_text(store.read_text("utf-8").replace("consent: implied", "kind: sms, consent: required"), "utf-8")
    calendar = root / "calendars" / "small-sale.yaml"
    calendar.write_text(
        calendar.read_text("utf-8").replace("holdout: 20%", "holdout: 0%").replace("campaign: 10%", "campaign: 0%")
    )
    (root / "messages" / "recall.txt").write_text("{{ member.name }},优惠券等你来领。拒收请回复R", "utf-8")
    return open_runtime(root, clock=lambda: NOW)


def test_a_masked_a_virtual_number_and_an_oaid_are_never_dialled(tmp_path: Path, sink: Sink) -> None:
    """B1, B2: they pass refresh and decision (consent counts), and stop at dispatch with the reason."""
    rt = shop(tmp_path, sink)
    points = tmp_path / "data" / "contact_points.csv"
    head, *lines = points.read_text("utf-8").splitlines()
    cells = [line.split(",") for line in lines]
    points.write_text("\n".join([head, *(",".join([c[0], c[1], ODD.get(c[0], c[2]), c[3]]) for c in cells)]) + "\n")
    refresh(rt, "small-sale", NOW - timedelta(hours=1))
    (finding,) = [f for f in rt.current_snapshot().findings if "address-masked" in f.message]
    assert "4 of 8 rows" in finding.message, "fourteen digits look like a number until it is dialled"

    summary = run_phase(rt, "small-sale", "burst", NOW)
    assert summary.chosen == 8
    jobs = {job.member_id: (job.status, job.error) for job in rt.ledger.jobs()}
    silent = ("cancelled", "no number that can be dialled")
    assert jobs == {member: silent if member in ODD else ("sent", None) for member in MEMBERS}
    told = [message["address"] for request in sink.requests for message in request["messages"]]
    assert sorted(told) == ["13912345606", "13912345607", "13912345608"]
    rt.close()


def test_a_withdrawal_nobody_can_read_blocks_decision_and_dispatch(tmp_path: Path, sink: Sink) -> None:
    """B7: in the consent ledger as at the contact point; also when it comes between decision and dispatch."""
    rt = shop(tmp_path, sink)
    settings = tmp_path / "promocal.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[sources.consents]\npath = "data/consents.csv"\n', "utf-8")
    consents = tmp_path / "data" / "consents.csv"
    head = "member_id,channel,given_at,withdrawn_at\n"
    consents.write_text(f"{head}{MEMBERS[0]},sms,2024-01-01,一个月前\n", "utf-8")
    rt.close()
    rt = open_runtime(tmp_path, clock=lambda: NOW)
    refresh(rt, "small-sale", NOW - timedelta(hours=1))
    assert any("consent-withdrawal-unreadable" in found.message for found in rt.current_snapshot().findings)

    from tasks.deciding.decide import decide
    from tasks.outreach.outreach import enqueue_run

    manifest = decide(rt, "small-sale", "burst", NOW)
    enqueue_run(rt, manifest.run_id)
    assert {job.member_id for job in rt.ledger.jobs()} == set(MEMBERS[1:])
    consents.write_text(consents.read_text("utf-8") + f"{MEMBERS[1]},sms,2024-01-01,?\n", "utf-8")
    refresh(rt, "small-sale", NOW - timedelta(minutes=30))
    dispatch_run(rt, manifest.run_id)
    jobs = {job.member_id: (job.status, job.error) for job in rt.ledger.jobs()}
    assert jobs == {m: ("cancelled", "consent withdrawn") if m == MEMBERS[1] else ("sent", None) for m in MEMBERS[1:]}
    assert len(sink.delivered) == 6
    rt.close()
