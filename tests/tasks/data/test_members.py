"""What people decide about one member, on a real project: the ledger keeps it, decisions honour it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.data.members import TierByHand, clear_tier, set_tier, tier_by_hand
from tasks.data.points import points
from tasks.runtime import Runtime, feature_params
from tests.tasks.conftest import CALENDAR, NOW
from warehouse.decision.session import DecisionSession
from warehouse.ledger.audit import AuditFilter


def tier_of(rt: Runtime, member: str) -> tuple[str, bool]:
    loaded = rt.load_calendar(CALENDAR)
    with rt.open_session(rt.current_snapshot()) as session:
        assert isinstance(session, DecisionSession)
        session.load_history(rt.ledger, CALENDAR, pools={}, run=None)
        con = session._con
        from warehouse.features.members import build_features

        moment = NOW + timedelta(hours=1)
        build_features(con, as_of=moment, params=feature_params(loaded), columns=["tier", "tier_is_manual"])
        query = "select tier, tier_is_manual from member_features where member_id = ?"
        (row,) = con.execute(query, [member]).fetchall()
    return row


def test_a_tier_set_by_hand_is_decided_on_until_it_is_cleared(shop: Runtime) -> None:
    before = tier_of(shop, "m00000001")
    assert before[1] is False
    set_tier(shop, "m00000001", "diamond", until=None, reason="founder", by="wang")
    assert tier_of(shop, "m00000001") == ("diamond", True)
    held = tier_by_hand(shop, "m00000001", NOW)
    assert held == TierByHand(tier="diamond", by="wang", reason="founder", until=None)
    clear_tier(shop, "m00000001", reason="left the company", by="li")
    assert tier_of(shop, "m00000001") == before
    assert [row.action for row in shop.ledger.audit(AuditFilter(subject="m00000001"))] == ["clear_tier", "set_tier"]


def test_a_tier_no_store_has_and_an_end_in_the_past_are_refused(shop: Runtime) -> None:
    with pytest.raises(UsageError, match="no store of the project has a tier 'ruby'"):
        set_tier(shop, "m00000001", "ruby", until=None, reason="?", by="wang")
    for name, remedy in (("nobody", "write the id as the sources have it"), ("m0000001", "Did you mean 'm00000001'?")):
        with pytest.raises(UsageError, match=f"no such member: {name}") as refused:
            set_tier(shop, name, "gold", until=None, reason="?", by="wang")
        assert refused.value.remedy == remedy
    with pytest.raises(UsageError, match="lies in the past"):
        set_tier(shop, "m00000001", "gold", until=NOW - timedelta(days=1), reason="?", by="wang")
    with pytest.raises(UsageError, match="no tier set by hand"):
        clear_tier(shop, "m00000001", reason="?", by="wang")


def test_points_of_a_project_without_a_points_source(shop: Runtime) -> None:
    found = points(shop, CALENDAR, None)
    assert found.recorded is None
    assert sum(one.points for one in found.by_rules) == found.balance_by_rules > 0
    assert found.differences == ()
