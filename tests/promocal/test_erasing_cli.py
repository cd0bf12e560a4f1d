"""`promocal member erase` and `export`: everywhere, at once, also while a run sends; nothing brings a member back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.channels.file import FileChannel
from tasks.channels.port import Batch
from tasks.outreach.erasing import erase_member
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.promocal.test_halting_cli import NOW, RUN, RUN_ID, cli, refreshed
from warehouse.ledger.erasing import ERASED
from warehouse.ledger.records import Outcome, Suppression

__all__ = ["cli", "refreshed"]
Cli = Callable[..., tuple[int, str]]
SIGNED = ("--reason", "asked for it", "--by", "Lin")
MEMBER, PHONE = "0102", "13900000102"


def opened() -> Runtime:
    return open_runtime(Path(), clock=lambda: NOW)


def where_he_is(folder: Path = Path("var")) -> set[str]:
    """Files in which the phone or the id in quotes or cells still stands, however they are packed."""
    import duckdb
    import pyarrow.parquet as pq

    found = set()
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        if path.suffix == ".parquet":
            text = str(pq.read_table(path).to_pylist())
        elif path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as con:
                tables = [row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()]
                text = "".join(str(con.execute(f'from "{table}"').fetchall()) for table in tables)
        else:
            text = path.read_bytes().decode("utf-8", errors="replace")
        if PHONE in text or f"'{MEMBER}'" in text or f"{MEMBER}," in text or f'"{MEMBER}"' in text:
            found.add(path.name)
    return found


def test_nothing_of_him_is_left_and_nothing_brings_him_back(cli: Cli) -> None:
    cli("member", "tier", MEMBER, "silver", "--by", "Lin", "--reason", "知 0102")
    assert cli(*RUN)[0] == 0
    assert where_he_is()
    code, said = cli("member", "erase", MEMBER, *SIGNED)
    assert code == 0, said
    assert "1 message(s) had left" in said
    assert where_he_is() == set()
    pages = b"".join(path.read_bytes() for path in Path("var").glob("ledger.db*"))
    assert re.search(rb"(?<![0-9a-f])0102(?![0-9a-f])", pages) is None  # intent keys are hexadecimal
    audited = cli("audit")[1]
    assert ("erase" in audited, MEMBER in audited) == (True, False)

    assert cli("refresh", "spring", "--as-of", "2026-04-10T09:30+08:00")[0] == 0
    assert where_he_is() == set()
    assert cli("refresh", "spring", "--as-of", "2026-04-10T09:40+08:00")[0] == 0
    assert where_he_is() == set()
    code, said = cli("plan", "spring")
    assert code == 0, said
    code, said = cli("run", "spring", "sale", "--at", "2026-04-10T10:00+08:00")
    assert code == 0, said
    assert "sent 3" in cli("status")[1]


def test_a_second_time_changes_nothing(cli: Cli) -> None:
    cli(*RUN)
    first = json.loads(cli("member", "erase", MEMBER, *SIGNED, "--format", "json")[1])
    again = json.loads(cli("member", "erase", MEMBER, *SIGNED, "--format", "json")[1])
    assert again["pseudonym"] == first["pseudonym"]
    assert {again[name] for name in ("stopped", "out", "ledger_rows", "snapshots", "decisions", "files")} == {0}
    with opened() as rt:
        assert len(rt.ledger.audit()) == 1
        assert sorted(job.member_id for job in rt.ledger.jobs(RUN_ID)) == ["0101", "0103", first["pseudonym"]]


def test_a_member_who_is_erased_between_claim_and_hand_over_gets_nothing(cli: Cli) -> None:
    with opened() as rt:

        class Erasing(FileChannel):
            batch_size = 1

            def send(self, batch: Batch) -> list[Outcome]:
                if MEMBER not in {one.member_id for one in rt.ledger.jobs() if one.status == "cancelled"}:
                    erase_member(rt, MEMBER, reason="asked", by="Lin")
                return super().send(batch)

        rt.__dict__["channels"] = {"push": Erasing("push", Path("var/outbox")), "sms": FileChannel("sms", Path("var"))}
        run_phase(rt, "spring", "sale", NOW.replace(minute=0))
        stopped = [(job.status, job.error) for job in rt.ledger.jobs(RUN_ID) if job.member_id.startswith("erased-")]
        assert stopped == [("cancelled", ERASED)]
        assert {job.status for job in rt.ledger.jobs(RUN_ID) if not job.member_id.startswith("erased-")} == {"sent"}
    assert where_he_is() == set()


def test_a_job_that_was_enqueued_of_an_older_decision_does_not_leave(cli: Cli) -> None:
    cli("halt", "all", *SIGNED)
    cli(*RUN)
    with opened() as rt:
        real = rt.ledger.erase
        # The ledger alone knows it: as if the process had died right after.
        from warehouse.ledger import audit

        real([MEMBER], "erased-1", audit.erased("x", "Lin", NOW), NOW)
        assert rt.ledger.erased([MEMBER, "0101"]) == {MEMBER}
    cli("resume", "all", *SIGNED)
    assert "sent 2" in cli(*RUN)[1]


def test_all_that_is_kept_is_given_out_and_of_nobody_else(cli: Cli) -> None:
    cli("member", "tier", MEMBER, "silver", "--by", "Lin", "--reason", "long with us")
    with opened() as rt:
        rt.ledger.suppress([Suppression(MEMBER, "email", "asked", NOW)])
    cli(*RUN)
    Path("out").mkdir()
    Path("out/he.json").write_text("what was there before, open to all", "utf-8")
    Path("out/he.json").chmod(0o644)
    code, said = cli("member", "export", MEMBER, "--to", "out/he.json")
    assert code == 0, said
    assert [file.name for file in Path("out").iterdir()] == ["he.json"]
    assert oct(Path("out/he.json").stat().st_mode)[-3:] == "600"
    found = json.loads(Path("out/he.json").read_text("utf-8"))
    assert found["accounts"] == [MEMBER]
    assert {"stg_members", "stg_orders", "stg_contact_points"} <= set(found["data"])
    assert PHONE in json.dumps(found["data"])
    assert (len(found["messages"]), len(found["tiers"]), len(found["refusals"])) == (1, 1, 1)
    text = json.dumps(found)
    assert not any(other in text for other in ("13900000101", "13900000103", "0101", "0103"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("erase", MEMBER), "by somebody, for a reason"),
        (("erase", MEMBER, "--by", "Lin", "--reason", " "), "by somebody, for a reason"),
        (("erase", "9999", *SIGNED), "no such member: 9999"),
        (("erase", "' or 1=1 --", *SIGNED), "no such member"),
        (("export", "9999"), "no such member: 9999"),
    ],
)
def test_mistakes_erase_nobody(cli: Cli, words: tuple[str, ...], said: str) -> None:
    code, told = cli("member", *words)
    assert (code, said in told) == (2, True), told
    with opened() as rt:
        assert rt.ledger.erasures() == {}
