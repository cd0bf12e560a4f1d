"""Telephone numbers as keys: every notation of one number is one key, in Python and in SQL alike.

A refusal given for a number holds for whoever has it, now or later, so the ledger has to know numbers
again that nobody has yet. It keeps digests, never numbers; carriers hand out lists of digests, too.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from warehouse.engines.sql_files import define_once
from warehouse.ledger.records import NUMBER

if TYPE_CHECKING:
    import duckdb

DIGESTS: Final = {32: "md5", 40: "sha1", 64: "sha256"}
"""Hexadecimal digits of a digest → the function that made it."""
_WRITTEN = re.compile(r"[+0-9 \t\-.()/]+")
_FLOAT = re.compile(r"[+]?[0-9]{9,}[.]0+")
_MOBILE = re.compile(r"1[0-9]{10}")
_MOBILE_DIGITS = 11
_DIGITS = re.compile(r"[0-9]{5,15}")

_MACROS = (files(__package__) / "numbers.sql").read_text("utf-8")


def number_key(written: str) -> str | None:
    """Digits of a number without its notation; of China without the country code. None: no telephone number.

    >>> [number_key(text) for text in ("+86 139-0000-0102", "０１３９", "13900000102.0", "139****0102")]
    ['13900000102', None, '13900000102', None]
    """
    if len(written) == _MOBILE_DIGITS and written.isascii() and _MOBILE.fullmatch(written):
        return written  # as most are written
    plain = unicodedata.normalize("NFKC", written).strip("\ufeff \t\r\n=\"'")
    if not _WRITTEN.fullmatch(plain):
        return None
    digits = re.sub(r"[^0-9]", "", plain.split(".", maxsplit=1)[0] if _FLOAT.fullmatch(plain) else plain)
    if re.fullmatch(r"(00)?86" + _MOBILE.pattern, digits):
        key = digits[-11:]
    elif digits.startswith("0086"):
        key = "0" + digits[4:]
    elif plain.startswith("+") and digits.startswith("86"):
        key = "0" + digits[2:]
    else:
        key = digits.removeprefix("00")
    return key if _DIGITS.fullmatch(key) else None


def number_subjects(written: str) -> Iterator[str]:
    """Everything under which the ledger may know this address: by each digest, with and without country code."""
    key = number_key(written)
    if key is None:
        return
    for form in (key, f"86{key}", f"+86{key}") if _MOBILE.fullmatch(key) else (key,):
        for function in DIGESTS.values():
            yield NUMBER + hashlib.new(function, form.encode(), usedforsecurity=False).hexdigest()


def define_number_macros(con: duckdb.DuckDBPyConnection) -> None:
    """`number_key(cell)` for a connection."""
    define_once(con, "number", _MACROS)


def numbered_members(con: duckdb.DuckDBPyConnection, into: str, refused: str, catalog: str = "snap") -> None:
    """Create the table `into` (digest, member_id): who of the attached snapshot has a number of a digest in `refused`.

    `refused` is a table with a column `digest`, lower case. An identifier that is the digest itself
    (the hashed number of a platform) counts as well.
    """
    define_number_macros(con)
    lengths = {row[0] for row in con.execute(f"select distinct length(digest) from {refused}").fetchall()}
    found = " union ".join(
        f"select {function}({form}) as digest, member_id from people where {where}"
        for length, function in DIGESTS.items()
        if length in lengths
        for form, where in _FORMS
    )
    con.execute(
        f"""
        create or replace temp table {into} as
        with
            written as ({_written(con, catalog)}),
            keyed as (select member_id, number_key(address) as number from written),
            people as (select distinct member_id, number from keyed where number is not null),
            identified as (
                select lower("value") as digest, member_id
                from {catalog}.stg_identities
                where length("value") in (32, 40, 64)
            ),
            told as (select * from identified {f"union {found}" if found else ""})
        select distinct told.digest, told.member_id from told where told.digest in (select digest from {refused})
        """
    )


_ALL_NUMBERS = "true"
_MOBILES = "regexp_full_match(number, '1[0-9]{10}')"
_FORMS = (("number", _ALL_NUMBERS), ("'86' || number", _MOBILES), ("'+86' || number", _MOBILES))


def _written(con: duckdb.DuckDBPyConnection, catalog: str) -> str:
    """Every number of a snapshot with its member; of joined accounts each account's own as well."""
    tables = {
        row[0]
        for row in con.execute("select table_name from duckdb_tables() where database_name = ?", [catalog]).fetchall()
    }
    wanted = (
        ("stg_members", "phone"),
        ("account_members", "phone"),
        ("stg_contact_points", "address"),
        ("account_contact_points", "address"),
    )
    return " union ".join(
        f"select member_id, {column} as address from {catalog}.{table} where {column} is not null"
        for table, column in wanted
        if table in tables
    )
