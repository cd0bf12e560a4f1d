"""One member's rows taken out of what refreshes left: published snapshots, rows kept aside, the archive of raw rows.

A snapshot is written anew without him and takes the place of the old file at once; who reads the old one goes on
reading it until he closes it. The archive and rejected builds go as a whole: the next refresh reads everything anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from campaign_calendars.findings.said import Tell
from warehouse.ledger.erasing import DIGESTED
from warehouse.shelf import archive, shelf

MARK = ".erased"
"""In the directory of snapshots: the next refresh reads everything."""
_NAMES = ("member_id", "account_id", "referrer_id", "referred_id", "inviter_id", "invited_id")
_ASIDE = ("quarantine", "duplicates", "identity_conflicts")


def erase_from_snapshots(directory: Path, member_ids: Collection[str], report: Tell) -> int:
    """Returns how many snapshots had rows of him."""
    if not directory.is_dir():
        return 0
    with shelf.locked(directory, report):
        (directory / MARK).touch()
        rmtree(directory / archive.FOLDER, ignore_errors=True)
        for rejected in directory.glob("*.rejected.duckdb*"):
            rejected.unlink()
        return sum(_rewritten(snapshot.path, sorted(member_ids)) for snapshot in shelf.list_snapshots(directory))


def members_of_digests(directory: Path, digests: Collection[str]) -> set[str]:
    """The ids in snapshots whose digests (`warehouse.ledger.erasing.digest_of`) these are."""
    import duckdb

    wanted = ", ".join(map(_quoted, sorted(digests))) or "''"
    found: set[str] = set()
    for snapshot in shelf.list_snapshots(directory) if directory.is_dir() else ():
        with closing(duckdb.connect(str(snapshot.path), read_only=True)) as con:
            for table, columns in _tables(con, "main").items():
                for name in (column for column in columns if column in _NAMES):
                    ids = f'select distinct "{name}"::varchar as id from "{table}"'
                    rows = con.execute(f"from ({ids}) where sha256('{DIGESTED}' || id) in ({wanted})")
                    found.update(row[0] for row in rows.fetchall())
    return found


def rows_of_member(path: Path, member_ids: Collection[str]) -> dict[str, list[dict[str, object]]]:
    """Everything a snapshot holds of one member, by table."""
    import duckdb

    with closing(duckdb.connect(str(path), read_only=True)) as con:
        found = {}
        for table, columns in _tables(con, "main").items():
            rows = con.execute(f'select * from "{table}" where {_his(columns, member_ids)}')
            names = [column[0] for column in rows.description or ()]
            if held := [dict(zip(names, map(_aware, row), strict=True)) for row in rows.fetchall()]:
                found[table] = held
    return found


def _rewritten(path: Path, ids: list[str]) -> bool:
    import duckdb

    made = path.with_name(f".{path.name}.erasing")
    made.unlink(missing_ok=True)
    try:
        with closing(duckdb.connect()) as con:
            con.execute(f"attach {archive.literal(path)} as old (read_only)")
            con.execute(f"attach {archive.literal(made)} as new")
            # Copied and not changed in place: what is deleted in a file can still be read off its pages.
            con.execute("copy from database old to new (schema)")
            found = 0
            for table, columns in _tables(con, "old").items():
                his = _his(columns, ids)
                con.execute(f'insert into new."{table}" select * from old."{table}" where not ({his})')
                found += con.execute(
                    f'select (select count(*) from old."{table}") - (select count(*) from new."{table}")'
                ).fetchall()[0][0]
            con.execute("detach new")
        if found:
            made.replace(path)
        return found > 0
    finally:
        made.unlink(missing_ok=True)


def _his(columns: Collection[str], ids: Collection[str]) -> str:
    """The condition of his rows; what is kept aside may name him anywhere in the row as it was read."""
    listed = ", ".join(_quoted(one) for one in ids)
    word = _quoted(f"(^|[^0-9A-Za-z_-])({'|'.join(map(re.escape, ids))})($|[^0-9A-Za-z_-])")
    ways = [
        f'"{name}" in ({listed})' if name in _NAMES else f'regexp_matches("{name}"::varchar, {word})'
        for name in columns
    ]
    return " or ".join(f"coalesce({way}, false)" for way in ways) or "false"


def _aware(value: object) -> object:
    """Moments of a snapshot are in UTC and do not say so."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _tables(con: object, catalogue: str) -> dict[str, list[str]]:
    """Table → its columns that may name a member."""
    where = "database_name = current_database()" if catalogue == "main" else f"database_name = '{catalogue}'"
    rows = con.execute(  # type: ignore[attr-defined]
        f"select table_name, column_name from duckdb_columns() where not internal and {where}"
        " order by table_name, column_index"
    ).fetchall()
    found: dict[str, list[str]] = {}
    for table, column in rows:
        columns = found.setdefault(table, [])
        if column in _NAMES or table in _ASIDE:
            columns.append(column)
    return found
