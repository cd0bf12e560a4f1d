"""`promocal audit` shows what was done with other commands, in both languages, and names no member."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from flows import applying, deployments, future_names
from promocal.cli import output
from promocal.cli.app import application
from promocal.cli.auditing import Action
from promocal.scaffold import create_project
from tasks.runtime import open_runtime
from tests.warehouse.ledger.cases import HOUR, RUN, T0, job, put
from warehouse.ledger.audit import AuditAction
from warehouse.ledger.records import Outcome
from warehouse.sample.generate import generate

CALENDAR = "queens-day-2020"
REASON = "打 13800138000 或 li@example.com"
BY = ("--by", "wang")


def promocal(*words: str) -> str:
    output.console.cache_clear()
    done = CliRunner().invoke(application(words), list(words))
    assert done.exit_code == 0, f"{done.output} {done.exception!r}"
    return done.stdout


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project where messages were stopped and settled, a list was imported, tiers set and cleared, a plan applied."""
    root = tmp_path_factory.mktemp("audit") / "shop"
    create_project(root, CALENDAR)
    generate(root / "data", members=60, seed=3, as_of=T0)
    (root / "refusals.csv").write_text("member_id,channel\nm00000007,sms\nm00000008,\n", "utf-8")
    with closing(open_runtime(root, clock=lambda: T0)) as rt:
        put(rt.ledger, [job("a"), job("b"), job("c", channel="push")])
        late = [job("c", channel="push").intent_key]
        rt.ledger.cancel(late, "started later than on_late allows", T0 - HOUR)
        keys = [claimed.intent_key for claimed in rt.ledger.claim(None, "sms", 9, "w", T0)]
        rt.ledger.record([Outcome(key, "unknown") for key in keys], T0)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        # A server is not what is tried.
        patch.setattr(applying, "deploy", lambda *_, **__: deployments.Changes())
        patch.setattr(future_names, "name_future_runs", lambda rt, name: None)
        promocal("settle", RUN.run_id, "--as", "sent", *BY)
        promocal("suppress", "refusals.csv", *BY)
        promocal("member", "tier", "m00000009", "gold", *BY, "--reason", REASON)
        promocal("member", "tier", "m00000009", "--clear", *BY, "--reason", REASON)
        promocal("refresh", CALENDAR, "--as-of", T0.isoformat())
        checksum = json.loads(promocal("plan", CALENDAR, "--format", "json"))["checksum"]
        promocal("apply", CALENDAR, "--plan", checksum, *BY)
        yield root


def entries(*filters: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(promocal("audit", "--format", "json", *filters))["entries"]
    return found


def actions(*filters: str) -> list[str]:
    return [entry["action"] for entry in entries(*filters)]


def test_every_command_that_acts_is_there_the_newest_first(shop: Path) -> None:
    assert actions() == ["apply", "clear_tier", "set_tier", "suppress", "settle", "cancel"]
    assert {entry["by"] for entry in entries()[:5]} == {"wang"}
    assert [entry["count"] for entry in entries()] == [None, None, None, 2, 2, 1]


def test_filters(shop: Path) -> None:
    assert actions("--run", RUN.run_id) == actions("--calendar", "c") == ["settle", "cancel"]
    assert actions("--calendar", CALENDAR) == actions("--action", "apply") == ["apply"]
    assert actions("--by", "promocal") == actions("--until", "2026-03-08T10:00+08:00") == ["cancel"]
    assert actions("--since", "2026-03-08T10:00+08:00", "--by", "promocal") == []
    assert "cancel" not in actions("--since", T0.isoformat())
    newest = json.loads(promocal("audit", "--most", "1", "--format", "json"))
    assert (len(newest["entries"]), newest["total"]) == (1, 6)


def test_members_and_what_would_reach_them_are_masked(shop: Path) -> None:
    for page in (promocal("audit"), promocal("audit", "--format", "json")):
        assert "m0***09" in page
        assert not {word for word in ("m00000009", "13800138000", "li@example.com") if word in page}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("settle: sent", "started later than on_late allows", "3 earlier ones: --most")),
        ("zh", ("落定：已发送", "执行过晚", "更早的还有 3 条：--most")),
    ],
)
def test_a_page_of_80_columns(shop: Path, monkeypatch: pytest.MonkeyPatch, lang: str, said: tuple[str, ...]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PROMOCAL_LANG", lang)
    page = promocal("audit", "--run", RUN.run_id) + promocal("audit", "--most", "3")
    assert max(cell_len(line) for line in page.splitlines()) <= 80
    assert "…" not in page
    assert all(" ".join(each.split()) in " ".join(page.split()) for each in said)


def test_the_option_names_the_actions_of_the_ledger() -> None:
    assert get_args(Action) == get_args(AuditAction)


def test_nobody_did_anything(tmp_path: Path) -> None:
    create_project(tmp_path / "shop", CALENDAR)
    assert "Nothing was done by hand." in promocal("audit", "-C", str(tmp_path / "shop"))
