"""The ledger's database copied while it is in use, and put back: SQLite by its online backup, PostgreSQL by pg_dump."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from campaign_calendars.findings.errors import LedgerError, UsageError
from campaign_calendars.findings.said import Said

_BUSY_SECONDS = 30.0
_DUMP_SECONDS = 3_600
_SIDE_FILES = ("", "-wal", "-shm")


def file_name(url: str) -> str:
    """What the copy of a ledger is called: its form says which database it goes back to."""
    return "ledger.db" if _is_sqlite(url) else "ledger.dump"


def copy_ledger(url: str, target: Path) -> None:
    """One consistent state of the ledger as a file; whoever writes meanwhile is not held up.

    Raises LedgerError when it cannot be read, UsageError where PostgreSQL's own tools are missing.
    """
    if _is_sqlite(url):
        _copy_sqlite(_path(url), target)
        return
    found = make_url(url)
    _run("pg_dump", [*_place(found), "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], found)


def put_back(url: str, source: Path) -> None:
    """The ledger becomes the copy, all of it or nothing; what was there is gone. Nobody may have it open.

    Raises LedgerError when it cannot be written, UsageError where the copy is of another kind of database.
    """
    require_fitting(url, source)
    if _is_sqlite(url):
        _put_sqlite(source, _path(url))
        return
    found = make_url(url)
    options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run("pg_restore", [*_place(found), *options, str(source)], found)


def require_fitting(url: str, source: Path) -> None:
    """UsageError: the copy is of another kind of database."""
    if source.name != file_name(url):
        raise UsageError(
            (f"{source.name} does not fit this ledger's database", f"{source.name} 与本台账的数据库类型不符"),
            ("restore into the kind of database it was made from", "请恢复到备份时所用的数据库类型"),
        )


def sqlite_files(url: str) -> list[Path]:
    """The files of a ledger on SQLite that are there; none of one on PostgreSQL."""
    if not _is_sqlite(url):
        return []
    path = _path(url)
    return [file for end in _SIDE_FILES if (file := path.with_name(path.name + end)).exists()]


def is_in_use(url: str) -> bool:
    """Whether another process has a ledger on SQLite open; of PostgreSQL nobody says so here.

    What is only in the write-ahead log is in the file afterwards. A damaged one is not in use.
    """
    if not sqlite_files(url):
        return False
    try:
        with closing(sqlite3.connect(_path(url), timeout=1.0)) as found:
            found.execute("pragma journal_mode=delete")  # refused as long as anybody else has it open
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return False


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def _path(url: str) -> Path:
    return Path(make_url(url).database or "")


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise LedgerError(
            (f"there is no ledger at {source}", f"{source} 没有台账"),
            ("there is nothing to back up before the first run", "首次运行之前没有可备份的内容"),
        )
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)) as live,
            closing(sqlite3.connect(partial)) as copy,
        ):
            live.backup(copy)  # in one step: writers of the WAL go on meanwhile
            damage = copy.execute("pragma quick_check(1)").fetchone()[0]
            copy.execute("pragma journal_mode=delete")
    except sqlite3.Error as error:
        raise _failed(source, str(error)) from None
    if damage != "ok":
        raise _failed(source, damage)
    partial.replace(target)


def _put_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    shutil.copyfile(source, partial)
    with partial.open("rb+") as stream:
        os.fsync(stream.fileno())
    for end in _SIDE_FILES[1:]:  # of the ledger that was there: they would be replayed into this one
        target.with_name(target.name + end).unlink(missing_ok=True)
    partial.replace(target)


def _failed(place: Path, why: str) -> LedgerError:
    return LedgerError(
        (f"the ledger at {place} cannot be copied: {why}", f"无法复制台账 {place}：{why}"),
        (
            "no backup was made; see that there is room where it goes, and promocal doctor whether the ledger is well",
            "没有生成备份；请确认目标磁盘有空间，并用 promocal doctor 检查台账是否完好",
        ),
    )


def _place(url: URL) -> list[str]:
    query = url.query.get("host") or url.query.get("unix_sock") or url.host or "localhost"
    host = str(query).rpartition("/.s.PGSQL")[0] or str(query)
    found = ["--no-password", f"--host={host}", f"--port={url.port or 5432}", f"--dbname={url.database}"]
    user = [f"--username={url.username}"] if url.username else []
    return [*found, *user]


def _run(program: str, arguments: list[str], url: URL) -> None:
    command = shutil.which(program)
    if command is None:
        raise UsageError(
            (f"{program} is not installed", f"没有安装 {program}"),
            (
                "install PostgreSQL's client programs (postgresql-client)",
                "请安装 PostgreSQL 客户端程序（postgresql-client）",
            ),
        )
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    try:
        done = subprocess.run(  # noqa: S603 - a program of PostgreSQL with our own arguments, no shell
            [command, *arguments], env=environment, capture_output=True, text=True, timeout=_DUMP_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _refused(program, type(error).__name__) from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()] or done.stderr.splitlines()
        raise _refused(program, lines[0] if lines else str(done.returncode))


def _refused(program: str, why: str) -> LedgerError:
    remedy: Said = (
        f"{program} must be of the server's release or newer; see that the database is reachable",
        f"{program} 的版本不得低于服务器；请确认数据库可以连接",
    )
    return LedgerError((f"{program} failed: {why}", f"{program} 失败：{why}"), remedy)
