"""The arms of the hand-made store against figures reckoned by hand."""

from __future__ import annotations

from pathlib import Path

from tests.warehouse.measurement.tiny_store import ASSIGNED, at, tiny_session


def test_of_accounts_assigned_at_one_moment_the_smallest_id_speaks(tmp_path: Path) -> None:
    """M13 was treated and M03 of the same person held out: held out, with the orders of both and a message too many."""
    with tiny_session(tmp_path) as session:
        arms = session.arms()["", ""]
    treated, control = arms["treated"], arms["campaign_control"]
    assert (treated.members, treated.buyers, treated.spend_cents) == (7, 5, 1_005_50)
    assert (control.members, control.buyers, control.spend_cents) == (3, 2, 136_00)
    assert (control.joined, treated.contacted, control.contacted) == (1, 7, 1)


def test_the_account_that_was_assigned_first_speaks(tmp_path: Path) -> None:
    later = [(who, "03-02 10:00" if who == "M03" else moment, arm) for who, moment, arm in ASSIGNED]
    with tiny_session(tmp_path, later) as session:
        arms = session.arms()["", ""]
    assert [arms[name].members for name in ("treated", "campaign_control")] == [8, 2]


def test_an_order_given_back_in_full_is_no_order(tmp_path: Path) -> None:
    with tiny_session(tmp_path) as session:
        sold = {row.phase: row for row in session.phase_sales()}
    assert {name: (row.gmv_cents, row.buyers) for name, row in sold.items()} == {
        "reservoir": (0, 0), "burst-1": (937_90, 6), "burst-2": (321_50, 4),
    }  # fmt: skip


def test_who_was_sent_nothing_yet_is_not_contacted(tmp_path: Path) -> None:
    """M06 of burst-1 waits for an approval; on 03-05 nobody was written to in burst-2 yet."""
    with tiny_session(tmp_path) as session:
        whole = {row.phase: (row.contacted, row.buyers) for row in session.funnel()}
    (tmp_path / "early").mkdir()
    with tiny_session(tmp_path / "early", as_of=at("03-05 00:00")) as session:
        early = {row.phase: row.contacted for row in session.funnel()}
        days = [
            row.messages for row in session.days("Asia/Shanghai", at("03-01 00:00").date(), at("03-08 00:00").date())
        ]
    assert whole == {"reservoir": (6, 0), "burst-1": (3, 1), "burst-2": (3, 1)}
    assert early == {"reservoir": 6, "burst-1": 3, "burst-2": 0}
    assert days == [6, 0, 0, 3, 0, 0, 0, 0]


def test_messages_are_part_of_what_a_person_cost(tmp_path: Path) -> None:
    with tiny_session(tmp_path) as session:
        arms = session.arms()
    sums = arms["", ""]["treated"].sums
    assert sums is not None
    assert (sums.cost_cents, sums.cost_squares) == (11 * 4, 4 * (2 * 4) ** 2 + 3 * 4**2)
    of_play = arms["reservoir", "hello"]["treated"].sums
    assert of_play is not None
    assert of_play.cost_cents == 0  # a member's cost is of the whole programme, of no single play


def test_what_was_paid_before_counts_as_long_back_as_the_campaign_goes_on(tmp_path: Path) -> None:
    """From 03-01 10:00 to the end of 03-10 are 9 days and 14 hours: O02 of 02-20 is within, O01 of January is not."""
    with tiny_session(tmp_path) as session:
        sums = session.arms()["", ""]["treated"].sums
    assert sums is not None
    assert sums.before_cents == 80_00  # M02; M03 is held out
