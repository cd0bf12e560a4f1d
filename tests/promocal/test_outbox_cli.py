"""`promocal outbox` as an operator uses it, over a run whose push messages have every kind of outcome."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tasks.channels.port import Batch
from tasks.runtime import Runtime, open_runtime
from tests.promocal.test_halting_cli import NOW, RUN, RUN_ID, cli, refreshed
from warehouse.ledger.records import Outcome

__all__ = ["cli", "refreshed"]
Cli = Callable[..., tuple[int, str]]


@dataclass
class Mute:
    """A provider that never answers and cannot be asked."""

    name: str = "push"
    honours_key: bool = False
    batch_size: int | None = None
    needs_address: bool = False

    def send(self, batch: Batch) -> list[Outcome]:
        return []


class Provider(Mute):
    """Asked later, it knows the first message for certain."""

    def look_up(self, batch: Batch) -> Sequence[Outcome]:
        assert {message.text for message in batch.messages} == {""}
        first, second, *others = batch.messages
        return [
            Outcome(first.intent_key, "sent", receipt="half an emoji \ud83d"),
            Outcome(second.intent_key, "pending"),
            *(Outcome("a stranger", "sent") for _ in others),
        ]


@pytest.fixture(scope="module")
def after_the_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first trial leaves what a run has written, for all others."""
    return tmp_path_factory.mktemp("unknown") / "var"


@pytest.fixture
def unknown(cli: Cli, after_the_run: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setattr(Runtime, "channels", {"push": Provider(), "sms": Provider("sms")})
    if after_the_run.exists():
        shutil.rmtree("var")
        shutil.copytree(after_the_run, "var")
        return cli
    code, said = cli(*RUN)
    assert (code, "unknown 3" in said) == (0, True), said
    shutil.copytree("var", after_the_run)
    return cli


def test_messages_are_counted_and_listed_masked(unknown: Cli) -> None:
    code, said = unknown("outbox")
    assert code == 0
    assert f"{RUN_ID} note push unknown" in said
    code, said = unknown("outbox", "--run", RUN_ID, "--limit", "2", "--lang", "zh")
    assert ("结果未知" in said, "0101" in said) == (True, False), said
    found = json.loads(unknown("outbox", "--limit", "2", "--plain", "--format", "json")[1])
    assert (found["messages"], [one["member"] for one in found["shown"]]) == (3, ["0101", "0102"])
    assert "No messages are like that" in unknown("outbox", "--status", "sent")[1]
    assert "No messages are like that" in unknown("outbox", "--why", "no such reason")[1]


def test_the_file_has_no_member_in_it_and_no_formula(unknown: Cli) -> None:
    assert unknown("outbox", "export", "--to", "out/box.csv")[0] == 0
    rows = list(csv.DictReader(Path("out/box.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 3
    assert {(row["member"], row["status"], row["in_doubt"]) for row in rows} == {("***", "unknown", "")}
    assert unknown("outbox", "export", "--to", "box.json", "--plain")[0] == 0
    assert [one["member"] for one in json.loads(Path("box.json").read_text("utf-8"))] == ["0101", "0102", "0103"]
    code, said = unknown("outbox", "export", "--to", "box.exe")
    assert (code, "ends in .csv or .json" in said) == (2, True)


def test_one_message_by_its_id_a_play_or_all_are_settled_in_one_go(unknown: Cli) -> None:
    first = json.loads(unknown("outbox", "--limit", "1", "--format", "json")[1])["shown"][0]["id"]
    code, said = unknown("outbox", "settle", "--as", "sent", "--job", first[:12], "--by", "Lin")
    assert (code, "1 message(s) settled as sent by Lin" in said) == (0, True), said
    code, said = unknown("outbox", "settle", "--as", "failed", "--run", RUN_ID, "--play", "note", "--by", "Lin")
    assert "2 message(s) settled as failed" in said
    code, said = unknown("outbox", "settle", "--as", "failed", "--run", RUN_ID, "--by", "Lin")
    assert (code, "none of the chosen messages is in state unknown" in said) == (2, True), said
    assert "settle" in unknown("audit")[1]


def test_retry_sends_again_with_the_next_look(unknown: Cli) -> None:
    code, said = unknown("outbox", "retry", "--run", RUN_ID, "--by", "Lin")
    assert (code, "3 unknown message(s) will leave again" in said) == (0, True), said
    with open_runtime(Path(), clock=lambda: NOW) as rt:
        assert {job.status for job in rt.ledger.jobs(RUN_ID)} == {"pending"}
        rt.ledger.close_breaker("push")
        until = NOW + timedelta(hours=1)
        assert rt.ledger.defer(RUN_ID, "push", until, "put off", NOW) == 3
    code, said = unknown("outbox", "retry", "--run", RUN_ID, "--by", "Lin")
    assert "3 put-off one(s) are due now" in said
    with open_runtime(Path(), clock=lambda: NOW) as rt:
        assert {job.not_before for job in rt.ledger.jobs(RUN_ID)} == {None}
    code, said = unknown("outbox", "cancel", "--run", RUN_ID, "--member", "0101", "--by", "Lin", "--reason", "asked")
    assert (code, "1 message(s) stopped" in said) == (0, True)


def test_the_provider_is_asked_and_only_what_is_certain_is_kept(unknown: Cli) -> None:
    code, said = unknown("outbox", "ask", "--run", RUN_ID)
    assert (code, "3 message(s) asked about: 1 sent, 0 failed, 2 still unknown" in said) == (0, True), said
    with open_runtime(Path(), clock=lambda: NOW) as rt:
        assert sorted(job.status for job in rt.ledger.jobs(RUN_ID)) == ["sent", "unknown", "unknown"]


def test_a_channel_that_cannot_be_asked_says_so(unknown: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runtime, "channels", {"push": Mute()})
    code, said = unknown("outbox", "ask", "--run", RUN_ID, "--lang", "en")
    assert (code, "3 message(s) on push: its provider cannot be asked" in said) == (0, True), said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--status", "unknwn"), "Did you mean"),
        (("--channel", "pusch"), "no such channel: pusch"),
        (("--run", "nope"), "no such run"),
        (("--calendar", "nope"), "no such calendar"),
        (("--job", "ab"), "too short"),
        (("--since", "yesterday"), "is not a moment"),
        (("retry", "--by", "Lin"), "about every message there is"),
        (("retry", "--status", "unknown", "--by", "Lin"), "about every message there is"),
        (("cancel", "--run", RUN_ID, "--by", "Lin"), "done by somebody"),
        (("settle", "--as", "sent", "--run", RUN_ID), "done by somebody"),
        (("settle", "--as", "pending", "--run", RUN_ID, "--by", "Lin"), "is no outcome"),
    ],
)
def test_mistakes_change_nothing(unknown: Cli, words: tuple[str, ...], said: str) -> None:
    code, told = unknown("outbox", *words)
    assert (code, said in told) == (2, True), told
    assert "unknown" in unknown("outbox")[1]


class Staff(Mute):
    """What it takes waits for a person of its side; later it knows who confirmed, who refused and who has not yet."""

    def send(self, batch: Batch) -> list[Outcome]:
        return [Outcome(message.intent_key, "to_do", receipt=f"task-{n}") for n, message in enumerate(batch.messages)]

    def look_up(self, batch: Batch) -> Sequence[Outcome]:
        assert [message.receipt for message in batch.messages] == ["task-0", "task-1", "task-2"]
        first, second, third = (message.intent_key for message in batch.messages)
        return [
            Outcome(first, "sent"),
            Outcome(second, "failed", error="blocked", refuses_contact=True),
            Outcome(third, "to_do"),
        ]


def test_what_waits_for_staff_of_the_provider_is_asked_about(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runtime, "channels", {"push": Staff(), "sms": Mute("sms")})
    assert cli(*RUN)[0] == 0
    code, said = cli("outbox", "ask", "--run", RUN_ID)
    assert (code, "3 message(s) asked about: 1 sent, 1 failed, 1 still unknown" in said) == (0, True), said
    with open_runtime(Path(), clock=lambda: NOW) as rt:
        assert [job.status for job in rt.ledger.jobs(RUN_ID)] == ["sent", "failed", "to_do"]
        (refused,) = [row for row in rt.ledger.suppression_rows() if row.channel == "push"]
        assert refused.member_id == "0102"
    assert "provider of push" in cli("audit")[1]
