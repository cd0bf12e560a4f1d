"""The map of a snapshot: which links count, who gives the person a name, what is reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import duckdb
import pytest

from warehouse.features.addresses import SharedAddresses
from warehouse.identity.findings import findings_of
from warehouse.identity.placeholders import placeholder_findings
from warehouse.identity.resolve import MOST_STRONG, MOST_WEAK, Joined, resolve

NONE = SharedAddresses(0, 0, 0)
AS_OF = datetime(2026, 3, 8, 4, tzinfo=UTC)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("attach ':memory:' as snap")
        opened.execute("create table snap.stg_members (member_id varchar)")
        opened.execute(
            'create table snap.stg_identities (member_id varchar, kind varchar, "value" varchar, "at" timestamp)'
        )
        yield opened


def mapped(con: duckdb.DuckDBPyConnection, rows: Sequence[str], known: str = "") -> dict[str, str]:
    """`account kind value [moment]` rows → the map; `known` are the accounts of the members source."""
    con.execute("delete from snap.stg_members")
    con.execute("delete from snap.stg_identities")
    con.executemany("insert into snap.stg_members values (?)", [[name] for name in known.split() or ["nobody"]])
    for row in rows:
        account, kind, value, *at = row.split()
        cells = [account, kind, value, at[0] if at else None]
        con.execute("insert into snap.stg_identities values (?, ?, ?, ?)", cells)
    resolve(con, AS_OF)
    return dict(con.execute("from snap.member_map").fetchall())


def conflicts(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute("from snap.identity_conflicts order by all").fetchall()


def test_the_name_of_a_person(con: duckdb.DuckDBPyConnection) -> None:
    rows = ["b unionid u", "c unionid u", "d unionid u"]
    assert mapped(con, rows) == {"c": "b", "d": "b"}
    assert mapped(con, rows, "d c") == {"b": "c", "d": "c"}
    assert mapped(con, [*rows, "c crm_id d"], "b c d") == {"b": "d", "c": "d"}
    # The CRM's own account is no member the shop knows: an account with facts gives the name.
    assert mapped(con, [*rows, "c crm_id d"], "b c") == {"c": "b", "d": "b"}


def test_an_account_named_like_an_identifier_of_another_has_it(con: duckdb.DuckDBPyConnection) -> None:
    assert mapped(con, ["wx1 crm_id c9"], "wx1 c9") == {"wx1": "c9"}
    assert mapped(con, ["c9 open_uid ou-7"], "c9 ou-7") == {"ou-7": "c9"}
    assert mapped(con, ["wx1 crm_id c9", "c9 crm_id c10"], "wx1 c9 c10") == {"c9": "c10"}
    assert mapped(con, ["wx1 nick c9"], "wx1 c9") == {}


@pytest.mark.parametrize(
    ("at", "counts"),
    [("2026-03-08T03:59:59.999999", True), ("2026-03-08T04:00:00", False), ("2026-03-09", False), ("", True)],
)
def test_only_links_known_before_as_of_count(con: duckdb.DuckDBPyConnection, at: str, counts: bool) -> None:
    assert mapped(con, ["a unionid u", f"b unionid u {at}"]) == ({"b": "a"} if counts else {})


def test_an_identifier_of_too_many_accounts_joins_nobody(con: duckdb.DuckDBPyConnection) -> None:
    few = [f"a{n} phone_hash h" for n in range(MOST_WEAK)]
    assert len(mapped(con, few)) == MOST_WEAK - 1
    many = [*few, "b phone_hash h", "b nick n", "a0 nick n"]
    assert mapped(con, many) == {"b": "a0"}
    assert conflicts(con) == [("shared", "phone_hash", "***", MOST_WEAK + 1, ["a0", "a1", "a2", "a3", "a4", "b"])]
    crowd = [f"a{n} unionid undefined" for n in range(MOST_STRONG + 1)]
    assert mapped(con, crowd) == {}
    ((kind, _, masked, accounts, examples),) = conflicts(con)
    assert (kind, masked, accounts) == ("shared", "un***ed", MOST_STRONG + 1)
    assert isinstance(examples, list)
    assert len(examples) == 20


@pytest.mark.parametrize("kind", ["crm_id", "unionid"])
def test_what_too_many_accounts_share_joins_strangers_on_no_route(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """ann and ben have the junk value, and a second account each under which they are known by another."""
    crowd = [f"x{n} {kind} junk" for n in range(MOST_STRONG)]
    strangers = [f"{who} {kind} junk" for who in ("ann", "ben")]
    others = [f"{who}{n} open_uid U-{who}" for who in ("ann", "ben") for n in ("", "2")]
    own = [f"ann2 {kind} 7", f"ben2 {kind} 8"]
    assert mapped(con, [*crowd, *strangers, *others, *own]) == {"ann2": "ann", "ben2": "ben"}


@pytest.mark.parametrize("value", ["0", "000000", "guest", "Undefined", "游客", "99999999", "-"])
def test_a_placeholder_joins_nobody_however_few_accounts_have_it(con: duckdb.DuckDBPyConnection, value: str) -> None:
    assert mapped(con, [f"a crm_id {value}", f"b crm_id {value}", "a phone_hash h", "c phone_hash h"]) == {"c": "a"}
    assert [row[:2] for row in conflicts(con)] == [("shared", "crm_id")]


def test_conflicts_are_kept_with_their_values_masked(con: duckdb.DuckDBPyConnection) -> None:
    strong = ["a crm_id C-10001", "a unionid u", "b unionid u", "b crm_id C-10002"]
    weak = ["c crm_id C-20001", "c nick n", "d nick n", "d crm_id C-20002", "e phone_hash h", "d phone_hash h"]
    assert mapped(con, [*strong, *weak]) == {}
    assert conflicts(con) == [
        ("strong", "crm_id", "C-***01, C-***02", 2, ["a", "b"]),
        ("weak", "crm_id", "C-***01, C-***02", 3, ["c", "d", "e"]),
    ]
    assert resolve(con, AS_OF) == Joined(0, 0, {"strong": 1, "weak": 1})


def test_without_identities_both_tables_are_empty(con: duckdb.DuckDBPyConnection) -> None:
    assert resolve(con, AS_OF) == Joined(0, 0, {})
    assert conflicts(con) == []


def test_findings_say_how_many() -> None:
    assert findings_of(Joined(0, 0, {}), NONE) == []
    (one,) = findings_of(Joined(2, 1, {}), NONE)
    assert (one.code, one.severity, one.message) == ("D403", "info", "2 accounts are 1 person")
    assert one.zh == "2 个账号合并为 1 人"
    all_of_them = findings_of(Joined(1200, 500, {"strong": 1, "weak": 2, "shared": 4}), NONE)
    assert [(problem.code, problem.message.split(" and ")[0].split(" or stand")[0]) for problem in all_of_them] == [
        ("D403", "1,200 accounts are 500 persons, 7 conflicts kept apart"),
        ("D404", "3 groups of linked accounts hold two crm_ids or two unionids"),
        (
            "D405",
            "4 identifiers link more accounts than one person has (more than 5; of the strong kinds 100)",
        ),
    ]


def crowd(con: duckdb.DuckDBPyConnection, **orders: int) -> str:
    con.execute("create or replace table snap.stg_orders (member_id varchar)")
    for member, count in orders.items():
        con.execute("insert into snap.stg_orders select ? from range(?)", [member, count])
    return " ".join(problem.message for problem in placeholder_findings(con))


def test_a_buyer_who_is_nobody_is_named_and_one_of_a_tenth_of_the_orders_masked(con: duckdb.DuckDBPyConnection) -> None:
    some = {f"m{n}": 1 for n in range(95)}
    assert crowd(con, **some, guest=5) == "ids that hardly are one person's among the buyers of 100 orders: guest (5)"
    assert "20***42 (11)" in crowd(con, **some, **{"2016042": 11})
    assert crowd(con, **some, **{"2016042": 10}) == ""  # 10 of 105
    assert crowd(con, ann=3, ben=1) == ""  # a tenth of four orders says nothing
    con.execute("insert into snap.stg_orders select null from range(900)")
    assert placeholder_findings(con) == []
