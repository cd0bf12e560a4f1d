from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from tests.looking_up import lookup
from warehouse.features.consent import define_consent
from warehouse.snapshots.recipients import Recipient, can_be_dialled

NOW = datetime(2026, 3, 8, 2, tzinfo=UTC)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("attach ':memory:' as snap")
        opened.execute(
            "create table snap.stg_members (member_id text, name text, joined_at timestamp, left_at timestamp)"
        )
        opened.execute(
            "create table snap.stg_contact_points"
            " (member_id text, channel text, address text, consented_at timestamp, withdrawn_at timestamp,"
            " withdrawal_unread bool, bound_at timestamp, unbound_at timestamp)"
        )
        opened.execute(
            "create table snap.stg_consents"
            " (member_id text, channel text, purpose text, given_at timestamp, withdrawn_at timestamp,"
            " withdrawal_unread bool)"
        )
        opened.execute(
            """
            insert into snap.stg_members values
                ('a', '王小明', '2020-01-01', null), ('b', null, null, null), ('left', 'L', '2020-01-01', '2021-01-01'),
                ('back', 'B', '2022-01-01', '2021-01-01'), ('no', 'N', null, null), ('again', 'G', null, null)
            """
        )
        opened.execute(
            """
            insert into snap.stg_contact_points (member_id, channel, address, consented_at, withdrawn_at) values
                ('a', 'sms', '13812345678', '2020-01-01', null), ('a', 'mail', 'a@example.com', null, null),
                ('no', 'sms', '139', '2020-01-01', '2020-06-01'), ('again', 'sms', '137', '2021-01-01', '2020-06-01'),
                ('no', 'mail', 'no@example.com', null, null), ('left', 'sms', '136', '2020-01-01', null)
            """
        )
        define_consent(opened)
        yield opened


def test_recipients_of_a_channel(con: duckdb.DuckDBPyConnection) -> None:
    asked = ["a", "b", "left", "back", "no", "again", "nobody", "a"]
    assert lookup(con, asked, "sms", NOW) == {
        "a": Recipient("a", "13812345678", "王小明"),
        "b": Recipient("b"),
        "left": Recipient("left", "136", "L", consent_withdrawn=True),
        "back": Recipient("back", None, "B"),
        "no": Recipient("no", "139", "N", consent_withdrawn=True),
        "again": Recipient("again", "137", "G"),
    }
    assert lookup(con, ["no"], "mail", NOW) == {"no": Recipient("no", "no@example.com", "N")}
    assert lookup(con, [], "sms", NOW) == {}


def test_only_what_was_known_at_the_moment_counts(con: duckdb.DuckDBPyConnection) -> None:
    def withdrawn(member: str, at: datetime) -> bool:
        return lookup(con, [member], "sms", at)[member].consent_withdrawn

    day = timedelta(days=1)
    withdrew, left = datetime(2020, 6, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    assert (withdrawn("no", withdrew - day), withdrawn("no", withdrew)) == (False, True)
    assert (withdrawn("left", left - day), withdrawn("left", left)) == (False, True)
    assert (withdrawn("again", left - day), withdrawn("again", left)) == (True, False), "given again on that day"
    assert (withdrawn("back", left), withdrawn("back", datetime(2022, 1, 1, tzinfo=UTC))) == (True, False)


def test_a_withdrawal_in_the_consent_ledger_counts_too(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """
        insert into snap.stg_consents (member_id, channel, purpose, given_at, withdrawn_at) values
            ('a', 'sms', 'marketing', '2021-01-01', '2025-01-01'), ('a', 'mail', 'service', '2021-01-01', '2025-01-01'),
            ('b', 'sms', 'marketing', '2021-01-01', '2025-01-01'), ('b', 'sms', 'marketing', '2025-06-01', null)
        """
    )

    def withdrawn(member: str, channel: str, at: datetime = NOW) -> bool:
        return lookup(con, [member], channel, at)[member].consent_withdrawn

    assert withdrawn("a", "sms")
    assert not withdrawn("a", "sms", datetime(2024, 12, 31, tzinfo=UTC))
    assert not withdrawn("a", "mail"), "another purpose"
    assert not withdrawn("b", "sms"), "given again"


def test_a_recipient_does_not_print_itself(con: duckdb.DuckDBPyConnection) -> None:
    shown = repr(lookup(con, ["a"], "sms", NOW))
    assert "138" not in shown
    assert "王" not in shown


def test_an_address_of_a_dialled_channel_has_to_be_a_number(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update snap.stg_contact_points set address = null where member_id = 'left'")
    found = lookup(con, ["a", "again", "left", "back"], "sms", NOW, dialled=True)
    assert {name: (person.address, person.undialable) for name, person in found.items()} == {
        "a": ("13812345678", False),
        "again": (None, True),
        "left": (None, True),
        "back": (None, False),
    }


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *((number, True) for number in ("13800138000", "+8613800138000", "138-0013 8000", "0571-88158198")),
        *((number, True) for number in ("400-820-8820", "+1 202 555 0123", "１３８００１３８０００")),
        *((number, False) for number in ("13800138000-1234", "13800138000转88", "13800138000#12", "138****8000")),
        *((number, False) for number in ("1+Vb2kQ9xOAID==", "TVAN8kq1xQ13800138000", "2016123456789012345", "139", "")),
    ],
)
def test_what_can_be_dialled(address: str, expected: bool) -> None:
    assert can_be_dialled(address) is expected
