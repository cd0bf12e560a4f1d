"""What members do when a play asks for a friend, a sign-in, a balance; and what nobody was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from warehouse.sample import presale
from warehouse.sample.generate import generate
from warehouse.sample.messages import Contact
from warehouse.sample.reminders import SAVED
from warehouse.sample.response import BenefitEffect, PlayEffect, WorldParams
from warehouse.sample.truth_files import truth_files
from warehouse.sample.world import World, WorldDelta

DAY = timedelta(days=1)
MEMBERS = 4_000
AS_OF = datetime(2020, 2, 20, 16, tzinfo=UTC)
PLAYS = {("p", "remind"): PlayEffect(reminds=True), ("p", "invite"): PlayEffect(invites=True)}
PLAYS[("p", "sign-in")] = PlayEffect(signs_in=True)


def lived(
    directory: Path, play: str, at: datetime, *, begin: datetime, days: int, step: int = 1, to: range = range(MEMBERS)
) -> WorldDelta:
    """A world in which everybody of `to` gets one message of a play."""
    generate(directory, members=MEMBERS, seed=4, as_of=begin, format="parquet")
    world = World(directory, 4, WorldParams(calendar="c", plays=PLAYS))
    sent: list[Contact] = [(f"m{member:08d}", "sms", play, "p", None, at) for member in to]
    total = WorldDelta()
    for day in range(0, days, step):
        start, end = begin + day * DAY, begin + min(day + step, days) * DAY
        total += world.advance(start, end, [one for one in sent if start <= one[5] < end])
    return total


def told(directory: Path, fact: str) -> list[dict[str, object]]:
    rows = pa.concat_tables([pq.read_table(file) for file in truth_files(directory)]).to_pylist()
    return [row for row in rows if row["what"] == "caused" and row["fact"] == fact]


def orders(directory: Path) -> dict[str, dict[str, object]]:
    found = {}
    for file in sorted(directory.glob("orders-*.parquet")):
        found |= {row["order_id"]: row for row in pq.read_table(file).to_pylist()}
    return found


@pytest.mark.parametrize("begins_on", [20, 31])
def test_a_reminder_saves_a_stated_share_of_the_balances(tmp_path: Path, begins_on: int) -> None:
    """Deposits paid before the world begins, and in it."""
    begin, end = datetime(2021, 10, begins_on, 15, tzinfo=UTC), datetime(2021, 11, 4, 15, tzinfo=UTC)
    days, at = (end - begin).days, datetime(2021, 11, 2, 4, tzinfo=UTC)
    lived(tmp_path / "told", "remind", at, begin=begin, days=days)
    lived(tmp_path / "quiet", "remind", at, begin=begin, days=days, to=range(0))
    lived(tmp_path / "whole", "remind", at, begin=begin, days=days, step=days)
    with_it, without = orders(tmp_path / "told"), orders(tmp_path / "quiet")
    assert with_it == orders(tmp_path / "whole")
    deposits = {key for key, row in without.items() if row["deposit_paid_at"] and key in with_it}
    lost = {key for key in deposits if not without[key]["paid_at"] and without[key]["closed_at"]}
    saved = {key for key in deposits if with_it[key]["paid_at"] and not without[key]["paid_at"]}
    assert saved <= lost
    assert {row["order_id"] for row in told(tmp_path / "told", "balance")} == saved
    assert 0.4 * SAVED < len(saved) / len(lost) < 1.5 * SAVED
    assert len(lost) / len(deposits) < 2 * presale.FORFEITED
    for key in saved:
        paid = with_it[key]["paid_at"]
        assert datetime(2021, 11, 2, 12) < paid <= with_it[key]["balance_until"]  # type: ignore[operator]
        assert with_it[key]["stage"] == "balance_paid"
        assert not with_it[key]["closed_at"]


def test_friends_come_from_invite_plays_only(tmp_path: Path) -> None:
    done = lived(tmp_path / "a", "invite", AS_OF + DAY / 4, begin=AS_OF, days=6)
    rows = pa.concat_tables([pq.read_table(file) for file in sorted((tmp_path / "a").glob("referrals-*"))[1:]])
    assert rows.num_rows == done.referrals > 20
    assert pc.count_distinct(rows["referred_id"]).as_py() == rows.num_rows
    members = pq.read_table(tmp_path / "a" / "members-0001.parquet")
    joined = dict(zip(members["member_id"].to_pylist(), members["joined_at"].to_pylist(), strict=True))
    assert all(joined[row["referrer_id"]] and not joined[row["referred_id"]] for row in rows.to_pylist())
    assert len(told(tmp_path / "a", "referral")) == rows.num_rows
    later = pa.concat_tables([pq.read_table(file) for file in sorted((tmp_path / "a").glob("members-*"))[1:]])
    assert set(rows["referred_id"].to_pylist()) <= set(later["member_id"].to_pylist())
    # Friends order: more orders of people outside than in a world that was told something else.
    assert lived(tmp_path / "b", "other", AS_OF + DAY / 4, begin=AS_OF, days=6).referrals == 0


def test_sign_ins_come_from_sign_in_plays(tmp_path: Path) -> None:
    lived(tmp_path / "a", "sign-in", AS_OF + DAY / 4, begin=AS_OF, days=9)
    lived(tmp_path / "b", "other", AS_OF + DAY / 4, begin=AS_OF, days=9)

    def signed(name: str) -> list[tuple[str, datetime]]:
        files = sorted((tmp_path / name).glob("events-*"))[1:]
        rows = pa.concat_tables([pq.read_table(file) for file in files])
        rows = rows.filter(pc.equal(rows["kind"], "sign_in"))
        return list(zip(rows["member_id"].to_pylist(), rows["at"].to_pylist(), strict=True))

    added = set(signed("a")) - set(signed("b"))
    assert len(added) == len(told(tmp_path / "a", "sign_in")) > 100
    days: dict[str, set[int]] = {}
    for member, at in added:
        days.setdefault(member, set()).add(at.toordinal())
    assert max(map(len, days.values())) >= 5
    # A streak has a sign-in on each of its days.
    assert sum(max(mine) - min(mine) + 1 == len(mine) for mine in days.values()) > 0.9 * len(days)


def test_public_coupons_are_used_without_a_grant(tmp_path: Path) -> None:
    generate(tmp_path, members=MEMBERS, seed=4, as_of=AS_OF, format="parquet")
    benefits = {"coupon": BenefitEffect(threshold_cents=3_000, value_cents=500), "gift": BenefitEffect()}
    done = World(tmp_path, 4, WorldParams(calendar="c", benefits=benefits, public_claims=0.2)).advance(
        AS_OF, AS_OF + 5 * DAY
    )
    rows = pq.read_table(tmp_path / "redemptions-0002.parquet")
    assert rows.num_rows == done.redemptions
    assert 0.1 < done.redemptions / done.orders < 0.25
    assert set(rows["benefit"].to_pylist()) == {"coupon"}
    assert not truth_files(tmp_path)
