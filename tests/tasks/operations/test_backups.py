"""The drill: a backup while runs happen, its restore elsewhere, and nothing is sent twice."""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import PromocalError, UsageError
from campaign_calendars.model.triggers import answers
from tasks.calendars.learned import learned_file
from tasks.deciding.decide import decide
from tasks.deciding.fence import _since
from tasks.operations.backups import back_up, check_backup
from tasks.operations.keeping import drop_old, next_due
from tasks.operations.restoring import Restored, restore
from tasks.operations.serving import alone
from tasks.outreach.erasing import erase_member
from tasks.outreach.outreach import dispatch_run, enqueue_run
from tasks.running.expecting import expect_runs
from tasks.running.phase import run_if_due
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import ZONE, write_project
from tests.pulling import refresh
from warehouse.ledger.audit import AuditFilter
from warehouse.ledger.records import Suppression
from warehouse.ledger.sql import SqlLedger
from warehouse.shelf.erasing import rows_of_member

TEN = datetime(2026, 3, 5, 10, tzinfo=ZONE)
DAY = timedelta(days=1)
MOMENTS = [TEN + n * DAY for n in range(4)]


@contextmanager
def gateway(got: Counter[str]) -> Iterator[str]:
    """A provider that honours no key: each text that arrives is one more text."""

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.update(message["key"] for message in sent["messages"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sms"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def got() -> Counter[str]:
    return Counter()


@pytest.fixture
def project(tmp_path: Path, got: Counter[str]) -> Iterator[Path]:
    root = write_project(tmp_path / "one", MOMENTS)
    with gateway(got) as url:
        settings = (root / "promocal.toml").read_text("utf-8").replace('kind = "file"', f'kind = "http"\nurl = "{url}"')
        (root / "promocal.toml").write_text(settings, "utf-8")
        # A coupon is given once to a member; here every moment has something to say.
        calendar = root / "calendars" / "small-sale.yaml"
        calendar.write_text(calendar.read_text("utf-8").replace("        benefits: [coupon_10]\n", ""), "utf-8")
        with at(root, TEN - DAY) as rt:
            expect_runs(rt, rt.load_calendar("small-sale"), rt.clock())
        yield root


def at(project: Path, now: datetime) -> Runtime:
    return open_runtime(project, clock=lambda: now.astimezone(UTC))


def elsewhere(project: Path) -> Path:
    """The same project on another machine: what lies in its repository, no state."""
    other = project.with_name("two")
    shutil.copytree(project, other, ignore=shutil.ignore_patterns("var"))
    return other


def run(project: Path, moment: datetime, now: datetime | None = None) -> tuple[str, str]:
    with at(project, now or moment) as rt:
        outcome = run_if_due(rt, "small-sale", "burst", moment)
    return outcome.status, outcome.reason


def put_back(project: Path, folder: Path, now: datetime, **options: bool) -> Restored:
    with at(project, now) as rt:
        return restore(rt, folder, by="Li", reason="the disk died", **options)


def half_done(project: Path, moment: datetime) -> None:
    """Decided and in the outbox, and not sent."""
    with at(project, moment) as rt:
        refresh(rt, "small-sale", moment)
        decision = decide(rt, "small-sale", "burst", moment)
        assert decision is not None
        enqueue_run(rt, decision.run_id)


def test_the_drill(project: Path, got: Counter[str]) -> None:
    first, second, third, fourth = MOMENTS
    run(project, first)
    half_done(project, second)
    with at(project, second) as rt:
        folder = back_up(rt).folder
        # What goes on after the backup: the second run is sent, the third happens whole.
        dispatch_run(rt, "small-sale.burst.20260306T020000Z")
    run(project, third)
    before = Counter(got)
    assert set(before.values()) == {1}
    in_three_runs = len(before)

    other, now = elsewhere(project), third + timedelta(minutes=30)
    done = put_back(other, folder, now)
    assert (done.runs, done.aside, done.doubtful) == (2, None, in_three_runs // 3)
    assert done.not_begun == 1

    assert run(other, second, now)[0] == "finished"  # goes on, with nothing left that it may send
    status, reason = run(other, third, now)
    assert (status, "may have run before the ledger was restored" in reason) == ("skipped", True)
    assert got == before

    assert run(other, fourth)[0] == "finished"
    assert max(got.values()) == 1
    assert len(got) > in_three_runs
    with at(other, fourth) as rt:
        assert {job.error for job in rt.ledger.jobs(status="unknown")} == {
            "may have left before the ledger was restored"
        }
        (entry,) = rt.ledger.audit(AuditFilter(action="restore"))
        assert (entry.by, entry.subject) == ("Li", folder.name)
        ends = {row.run_id: (row.state, row.reason) for row in rt.ledger.expected("small-sale")}
        assert ends["small-sale.burst.20260307T020000Z"][0] == "skipped"


def test_a_restore_by_somebody_who_knows_that_nothing_went_out_holds_nothing_back(
    project: Path, got: Counter[str]
) -> None:
    half_done(project, MOMENTS[0])
    with at(project, MOMENTS[0]) as rt:
        folder = back_up(rt).folder
    other = elsewhere(project)
    done = put_back(other, folder, MOMENTS[1] + timedelta(minutes=5), nothing_sent=True)
    assert (done.doubtful, done.not_begun) == (0, 0)
    assert run(other, MOMENTS[0], MOMENTS[1])[0] == "finished"
    assert run(other, MOMENTS[1], MOMENTS[1] + timedelta(minutes=5))[0] == "finished"
    assert set(got.values()) == {1}


def test_what_is_there_is_set_aside_and_only_when_asked(project: Path) -> None:
    run(project, MOMENTS[0])
    with at(project, MOMENTS[0]) as rt:
        learned = learned_file(rt.settings.state)
        learned.parent.mkdir()
        learned.write_text("what campaigns taught", "utf-8")
        folder = back_up(rt).folder
    learned.write_text("something else", "utf-8")
    run(project, MOMENTS[1])
    with pytest.raises(UsageError, match="of its own"):
        put_back(project, folder, MOMENTS[2])
    with at(project, MOMENTS[1]) as rt:
        assert len(rt.ledger.runs()) == 2
    done = put_back(project, folder, MOMENTS[2], replace=True)
    assert done.aside is not None
    with closing(SqlLedger(f"sqlite:///{done.aside / 'ledger.db'}")) as old:
        assert len(old.runs()) == 2
    with at(project, MOMENTS[2]) as rt:
        assert [run.as_of for run in rt.ledger.runs()] == [MOMENTS[0]]
        assert rt.current_snapshot().path.exists()
        assert learned_file(rt.settings.state).read_text("utf-8") == "what campaigns taught"


def test_who_was_erased_or_refused_since_the_backup_does_not_come_back_with_it(
    project: Path, got: Counter[str]
) -> None:
    run(project, MOMENTS[0])
    with at(project, MOMENTS[0]) as rt:
        folder = back_up(rt).folder
        one, two = sorted({job.member_id for job in rt.ledger.jobs()})[:2]
        erase_member(rt, one, reason="asked for it", by="Lin")
        rt.ledger.suppress([Suppression(two, None, "asked", MOMENTS[0])])
    done = put_back(project, folder, MOMENTS[1], replace=True, nothing_sent=True)
    assert (done.erased_again, done.refusals_again, done.blocks_known) == (1, 1, True)
    with at(project, MOMENTS[1]) as rt:
        assert one not in {job.member_id for job in rt.ledger.jobs()}
        assert rt.ledger.erased([one, two]) == {one}
        assert rt.ledger.suppressed("sms", [two]) == {two}
        assert rows_of_member(rt.current_snapshot().path, [one]) == {}
        assert {entry.by for entry in rt.ledger.audit(AuditFilter(action="erase"))} == {"Li"}
    before = Counter(got)
    assert run(project, MOMENTS[1])[0] == "finished"
    with at(project, MOMENTS[1]) as rt:
        later = {job.member_id for job in rt.ledger.jobs() if job.occurrence_at == MOMENTS[1]}
    assert later
    assert later.isdisjoint({one, two})
    assert len(got) == len(before) + len(later)


def test_where_nobody_can_say_who_was_erased_since_it_is_told(project: Path) -> None:
    run(project, MOMENTS[0])
    with at(project, MOMENTS[0]) as rt:
        folder = back_up(rt).folder
    assert not put_back(elsewhere(project), folder, MOMENTS[1]).blocks_known
    (project / "var" / "ledger.db").write_bytes(b"SQLite format 3\x00 and then nothing that makes sense" * 99)
    for end in ("-wal", "-shm"):
        (project / "var" / f"ledger.db{end}").unlink(missing_ok=True)
    assert not put_back(project, folder, MOMENTS[1], replace=True).blocks_known


def test_a_restore_is_refused_while_serve_runs(project: Path) -> None:
    import os

    run(project, MOMENTS[0])
    with at(project, MOMENTS[0]) as rt:
        folder = back_up(rt).folder
    home = project / "var" / "prefect"
    home.mkdir()
    (home / "server.json").write_text(json.dumps({"api_url": "http://x/api", "pid": os.getpid()}), "utf-8")
    with alone(project / "var", 0.0), pytest.raises(UsageError, match="promocal serve runs"):
        put_back(project, folder, MOMENTS[1], replace=True)


def test_a_backup_is_one_state_of_the_ledger_while_others_write(project: Path, tmp_path: Path) -> None:
    run(project, MOMENTS[0])
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        with at(project, MOMENTS[0]) as rt:
            while not stop.is_set():
                rt.ledger.record_plan(f"{written:012}", "small-sale", "{}", rt.clock())
                written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with at(project, MOMENTS[0]) as rt:
            folders = [back_up(rt, tmp_path / f"b{n}").folder for n in range(3)]
    finally:
        stop.set()
        writer.join()
    assert written > 0
    for folder in folders:
        check_backup(folder)
        assert not list(folder.glob("ledger.db-*"))
        with closing(SqlLedger(f"sqlite:///{folder / 'ledger.db'}")) as copy:
            assert [run.status for run in copy.runs()] == ["finished"]


def _flip(folder: Path) -> None:
    body = bytearray((folder / "ledger.db").read_bytes())
    body[-1] ^= 1
    (folder / "ledger.db").write_bytes(body)


def _link(folder: Path) -> None:
    (folder / "ledger.db").rename(folder.parent / "away.db")
    (folder / "ledger.db").symlink_to(folder.parent / "away.db")


def _outside(folder: Path) -> None:
    manifest = json.loads((folder / "backup.json").read_text("utf-8"))
    manifest["files"][0]["path"] = "../../one/promocal.toml"
    (folder / "backup.json").write_text(json.dumps(manifest), "utf-8")


@pytest.mark.parametrize(
    "harm",
    [
        _flip,
        _link,
        _outside,
        lambda folder: (folder / "ledger.db").unlink(),
        lambda folder: (folder / "backup.json").write_text("{", "utf-8"),
        lambda folder: (folder / "backup.json").write_text('{"format": 1}', "utf-8"),
        lambda folder: (folder / "backup.json").unlink(),
        shutil.rmtree,
    ],
)
def test_a_backup_that_is_not_whole_changes_nothing(project: Path, tmp_path: Path, harm) -> None:  # type: ignore[no-untyped-def]
    with at(project, MOMENTS[0]) as rt:
        folder = back_up(rt, tmp_path / "backup").folder
    harm(folder)
    other = elsewhere(project)
    with pytest.raises(PromocalError):
        put_back(other, folder, MOMENTS[1])
    assert not (other / "var" / "ledger.db").exists()
    assert not (other / "var" / "warehouse").exists()


def test_a_target_that_exists_is_left_alone(project: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with at(project, TEN) as rt, pytest.raises(UsageError, match="there already"):
        back_up(rt, tmp_path / "there")
    assert not list(tmp_path.glob(".there-*"))


@pytest.mark.parametrize("minutes", range(-60, 61, 7))
def test_an_event_that_was_due_before_the_restore_counts_as_answered(minutes: int) -> None:
    from campaign_calendars.deciding.briefs import TriggerBrief

    after, within = timedelta(minutes=10), timedelta(hours=3)
    fence, look = TEN, TEN + timedelta(minutes=45)
    event = fence + timedelta(minutes=minutes)
    held = _since(TriggerBrief(event="join", after=after, within=within, timezone="Asia/Shanghai"), look - fence)
    due_since = event + after > fence
    expected = answers(event, look, after, within) and due_since
    assert answers(event, look, held.after, held.within) is expected


def test_old_backups_go_and_nothing_else_of_their_folder(tmp_path: Path) -> None:
    root = write_project(tmp_path / "shop", MOMENTS)
    now = [TEN]
    with open_runtime(root, clock=lambda: now[0]) as rt:
        state = rt.settings.state
        assert next_due(state, DAY, TEN) == TEN
        for n in range(4):
            now[0] = TEN + n * DAY
            back_up(rt)
        folder = state / "backups"
        for name in ("by-hand", ".20260305T020000Z-99", ".20260308T020000Z-99", "20260101T000000Z"):
            (folder / name).mkdir()
        assert next_due(state, DAY, now[0]) == now[0] + DAY, "a restart makes none by itself"
        assert next_due(state, DAY, now[0] + 3 * DAY) == now[0] + 3 * DAY
        gone = drop_old(state, 2, now[0])
    left = {path.name for path in folder.iterdir()}
    assert {path.name for path in gone} == {"20260305T020000Z", "20260306T020000Z", ".20260305T020000Z-99"}
    assert left == {
        "20260307T020000Z", "20260308T020000Z", "by-hand", ".20260308T020000Z-99", "20260101T000000Z",
    }  # fmt: skip
    check_backup(folder / "20260308T020000Z")
