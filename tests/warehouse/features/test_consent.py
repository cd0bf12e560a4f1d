"""One view of consent: gates, dispatch and audiences agree, and say what the plain rule says (B7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.audiences.language import AudienceExpr, parse_audience, to_predicate
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.deciding.briefs import Brief, ChannelOption
from campaign_calendars.time.timeline import Span
from tests.drawing import drawn
from tests.looking_up import lookup
from warehouse.decision import engine
from warehouse.features import history
from warehouse.features.consent import define_consent

AT = datetime(2026, 3, 5, 10, tzinfo=UTC)
DAY = timedelta(days=1)
Moment = int | None
"""Days from AT; None: never."""

UNREAD = 99
"""A withdrawal of a contact point whose date cannot be read."""

moments = st.none() | st.integers(-4, 2)
pairs = st.tuples(moments, moments | st.just(UNREAD))
histories = st.tuples(st.none() | pairs, st.lists(st.tuples(st.integers(-4, 2), moments), max_size=3))


def naive(days: Moment) -> datetime | None:
    return None if days is None else (AT + days * DAY).replace(tzinfo=None)


def connect(
    said: dict[str, tuple[tuple[Moment, Moment] | None, list[tuple[int, Moment]]]],
) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        """
        attach ':memory:' as snap;
        create table snap.stg_members (member_id text, name text, joined_at timestamp, left_at timestamp);
        create table snap.stg_contact_points (
            member_id text, channel text, address text, consented_at timestamp, withdrawn_at timestamp,
            withdrawal_unread bool, bound_at timestamp, unbound_at timestamp
        );
        create table snap.stg_consents (
            member_id text, channel text, purpose text, given_at timestamp, withdrawn_at timestamp,
            withdrawal_unread bool
        );
        create table member_features (member_id text, joined bool, has_left bool, age int, tier text);
        """
    )
    for member, (point, ledger) in said.items():
        con.execute("insert into snap.stg_members values (?, null, '2020-01-01', null)", [member])
        con.execute("insert into member_features values (?, true, false, 30, 'regular')", [member])
        if point is not None:
            unread = point[1] == UNREAD
            withdrawn = naive(point[0]) or datetime(1970, 1, 1) if unread else naive(point[1])
            row = [member, f"139{member}", naive(point[0]), withdrawn, unread]
            con.execute(
                "insert into snap.stg_contact_points values (?, 'sms', ?, ?, ?, ?, null, null)",
                row,
            )
        for given_at, withdrawn_at in ledger:
            for purpose in ("marketing", "service"):
                # What was said for another purpose, or about another channel, says nothing here.
                moved = [naive(given_at), naive(withdrawn_at)] if purpose == "marketing" else [None, naive(-1)]
                con.execute(
                    "insert into snap.stg_consents values (?, 'sms', ?, ?, ?, false)", [member, purpose, *moved]
                )
        con.execute(
            "insert into snap.stg_consents values (?, 'mail', 'marketing', ?, ?, false)", [member, naive(-2), naive(-1)]
        )
    define_consent(con)
    history.create_tables(con)
    engine.prepare(con)
    return con


def rule(point: tuple[Moment, Moment] | None, ledger: list[tuple[int, Moment]], until: int) -> tuple[bool, bool]:
    """(consented, withdrawn) as known at `until`: the last word counts, a withdrawal before a consent of its moment.

    Nothing ends a withdrawal at the contact point that nobody can read.
    """
    if point is not None and point[1] == UNREAD:
        if point[0] is None or point[0] <= until:
            return False, True
        point = (point[0], None)
    rows = [*ledger, *([point] if point else [])]
    given = [day for day, _ in rows if day is not None and day <= until]
    withdrawn = [day for _, day in rows if day is not None and day <= until]
    if not withdrawn:
        return bool(given), False
    consented = bool(given) and max(given) > max(withdrawn)
    return consented, not consented


@drawn(40)
@given(said=st.lists(histories, min_size=1, max_size=4))
def test_gates_dispatch_and_audiences_agree_with_the_rule(
    said: list[tuple[tuple[Moment, Moment] | None, list[tuple[int, Moment]]]],
) -> None:
    by_member = {f"m{number}": each for number, each in enumerate(said)}
    expression = parse_audience("consented('sms')", names=AudienceNames())
    assert isinstance(expression, AudienceExpr)
    with connect(by_member) as con:
        sms = ChannelOption("sms", consent_required=True, quiet=False)
        brief = Brief("c", "p", "y", AT, Span(AT, AT + DAY), "true", frozenset(), "salt", (sms,))
        engine.decide_play(con, brief)
        gates = dict(con.execute("select member_id, reason from decisions").fetchall())
        recipients = lookup(con, list(by_member), "sms", AT)
        con.execute("set variable as_of = $at::timestamp", {"at": naive(0)})
        query = f"select member_id from member_features as f where {to_predicate(expression)}"
        audience = {row[0] for row in con.execute(query).fetchall()}
    for member, (point, ledger) in by_member.items():
        consented, withdrawn = rule(point, ledger, until=0)
        assert recipients[member].consent_withdrawn is withdrawn
        expected = "no_consent" if withdrawn else "no_contact_point" if point is None else None
        assert gates[member] == (expected or (None if consented else "no_consent"))
        # An audience sees what lies strictly before its moment.
        assert (member in audience) is rule(point, ledger, until=-1)[0]


def shared(*points: tuple[str, str, Moment, Moment]) -> dict[str, tuple[bool, bool]]:
    """(member, number, consented, withdrawn) of sms → (consented, withdrawn) of each at AT."""
    con = connect({member: (None, []) for member, *_ in points})
    for member, number, since, until in points:
        row = [member, number, naive(since), naive(until)]
        con.execute(
            "insert into snap.stg_contact_points values (?, 'sms', ?, ?, ?, false, null, null)",
            row,
        )
    rows = con.execute(
        "select member_id, consented, withdrawn from consent_at($at::timestamp, 'snap.stg_members')"
        " where channel = 'sms'",
        {"at": AT.replace(tzinfo=None)},
    ).fetchall()
    return {member: (consented, withdrawn) for member, consented, withdrawn in rows}


def test_a_withdrawal_given_for_a_number_holds_for_all_who_have_it_however_it_is_written() -> None:
    for first, second in (
        ("13900000101", "+86 139-0000-0101"),
        ("13900000101", "13900000101.0"),
        ("1３900000101", "008613900000101"),
        ("ann@shop.cn", "Ann@Shop.cn "),
        ("ou-Xy1", "ou-Xy1"),
    ):
        said = shared(("ann", first, -9, -2), ("ben", second, -9, None), ("cy", "13900000103", -9, None))
        assert said == {"ann": (False, True), "ben": (False, True), "cy": (True, False)}, (first, second)
    # Ids of a platform tell upper case from lower; so they are two.
    assert shared(("ann", "ou-XY1", -9, -2), ("ben", "ou-xy1", -9, None))["ben"] == (True, False)


def test_only_a_withdrawal_that_stands_holds_and_a_later_consent_ends_it() -> None:
    number = "13900000101"
    assert shared(("ann", number, -1, -2), ("ben", number, -9, None)) == {"ann": (True, False), "ben": (True, False)}
    assert shared(("ann", number, -9, -2), ("ben", number, -1, None)) == {"ann": (False, True), "ben": (True, False)}
    assert shared(("ann", number, -9, 1), ("ben", number, -9, None))["ben"] == (True, False)  # not said yet


def test_one_message_goes_to_a_number_and_the_others_are_told_why() -> None:
    con = connect({member: (None, []) for member in ("ann", "ben", "cy", "dee")})
    for member, channel, number in (
        ("ann", "sms", "13900000101"),
        ("ben", "sms", "+86 139 0000 0101"),
        ("cy", "sms", "13900000103"),
        ("dee", "sms", "13900000103"),
        ("dee", "push", "token"),
    ):
        row = [member, channel, number, naive(-9)]
        con.execute(
            "insert into snap.stg_contact_points values (?, ?, ?, ?, null, false, null, null)",
            row,
        )
    con.execute("update member_features set has_left = true where member_id = 'ben'")
    options = tuple(ChannelOption(name, consent_required=True, quiet=False) for name in ("push", "sms"))
    brief = Brief("c", "p", "y", AT, Span(AT, AT + DAY), "true", frozenset(), "salt", options)
    engine.decide_play(con, brief)
    found = dict(con.execute("select member_id, coalesce(channel, reason) from decisions").fetchall())
    # ben has left and takes no turn; dee has a channel of her own before it, which leaves the number to cy.
    assert found == {"ann": "sms", "ben": "left", "cy": "sms", "dee": "push"}
    both = Brief("c", "p", "z", AT, Span(AT, AT + DAY), "true", frozenset(), "salt", options[1:])
    engine.decide_play(con, both)
    told = con.execute("select reason, count(*) from decisions where play = 'z' group by reason order by 1").fetchall()
    assert told == [("left", 1), ("shared_address", 1), (None, 2)]
