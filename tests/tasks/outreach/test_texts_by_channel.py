"""One play, a text for each channel that needs its own; the way to refuse on SMS alone (B3, B4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import ProblemsFoundError
from tasks.exporting.pack import export_pack
from tasks.running.phase import run_phase
from tests.flows.small_project import MEMBERS, NAMES
from tests.tasks.channels.sink import Sink
from tests.tasks.outreach.two_channels import NOW, SALE, STORE, sent, shop

BY_CHANNEL = "message: {sms: messages/short.txt, default: messages/long.txt}"
FILES = {
    "messages/short.txt": "{{ benefit.text }}，速来",
    "messages/long.txt": "{{ member.name }}，{{ phase.title }}：{{ benefit.text }}已放入您的账户。\n",
}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


def test_each_channel_gets_its_own_text_and_sms_the_way_to_refuse(tmp_path: Path, sink: Sink) -> None:
    rt = shop(tmp_path, sink, BY_CHANNEL, files=FILES)
    files, pushed = sent(rt, sink)
    assert {row["text"] for row in files.values()} == {"满50减10，速来，拒收请回复R"}
    assert sorted(files) == MEMBERS[:4]
    assert {m: one["text"] for m, one in pushed.items()} == {
        member: f"{name}，爆发：满50减10已放入您的账户。" for member, name in zip(MEMBERS[4:], NAMES[4:], strict=True)
    }
    jobs = {job.channel: job.message for job in rt.ledger.jobs()}
    assert jobs == {"sms": "messages/short.txt", "push": "messages/long.txt"}
    export_pack(rt, SALE, tmp_path / "pack", lang="zh", crowds=False)
    texts = (tmp_path / "pack" / "texts.csv").read_text("utf-8-sig")
    assert "messages/short.txt,{{ benefit.text }}，速来，拒收请回复R," in texts
    assert texts.count("拒收请回复R") == 1
    rt.close()


def test_a_text_that_only_one_channel_has_is_sent_empty_nowhere(tmp_path: Path, sink: Sink) -> None:
    """A crowd drop without a text is allowed (C172), an SMS of nothing but the way to refuse is not made."""
    rt = shop(tmp_path, sink, "message: {push: messages/long.txt}", files=FILES)
    files, pushed = sent(rt, sink)
    assert {row["text"] for row in files.values()} == {""}
    assert all(one["text"].endswith("您的账户。") for one in pushed.values())
    rt.close()


def test_the_limit_of_one_channel_holds_back_nothing_on_the_others(tmp_path: Path, sink: Sink) -> None:
    store = STORE.replace("kind: push, ", "kind: push, max_chars: 20, ")
    rt = shop(tmp_path, sink, "message: messages/long.txt", store=store, files=FILES)
    members = tmp_path / "data" / "members.csv"
    with pytest.raises(ProblemsFoundError) as caught:
        run_phase(rt, SALE, "burst", NOW)
    (problem,) = caught.value.problems
    assert problem.code == "C615"
    assert "push: the text may have" in problem.message
    assert str(problem.location) == "messages/long.txt:1:1"
    assert members.is_file()
    assert not sink.requests
    rt.close()


def test_a_name_that_makes_a_text_too_long_stops_that_message_alone(tmp_path: Path, sink: Sink) -> None:
    store = STORE.replace("kind: push, ", "kind: push, max_chars: 25, ")
    rt = shop(tmp_path, sink, "message: messages/long.txt", store=store, files=FILES)
    data = tmp_path / "data" / "members.csv"
    data.write_text(data.read_text("utf-8").replace(NAMES[5], "很长的会员名" * 3), "utf-8")
    from datetime import timedelta

    from tests.pulling import refresh

    refresh(rt, SALE, NOW - timedelta(minutes=30))
    _, pushed = sent(rt, sink)
    states = {job.member_id: (job.status, job.error) for job in rt.ledger.jobs() if job.channel == "push"}
    assert states[MEMBERS[5]] == ("failed", "message messages/long.txt: 36 characters, the channel takes 25")
    assert MEMBERS[5] not in pushed
    assert len(pushed) == 3
    rt.close()
