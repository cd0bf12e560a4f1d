"""The provider's own code in an answer of a gateway that passes it on: what it asks for (B3).

The gateway says that it failed; the profile knows whether that is for now, for this message, for good, or a matter of
the whole account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from campaign_calendars.findings.errors import ChannelError
from campaign_calendars.providers.profile import Profile
from tasks.channels.answers import BUSY_WAIT
from warehouse.ledger.records import Outcome


def understood(channel: str, outcomes: Sequence[Outcome], profile: Profile) -> list[Outcome]:
    """The outcomes as the codes in their errors ask for it.

    Raises ChannelError where nothing can be sent before a person mends something, and nothing of these was.
    """
    found = [_one(outcome, profile) for outcome in outcomes]
    stops = [one.error for one, before in zip(found, outcomes, strict=True) if _stops(before, profile)]
    if stops and len(stops) == len(found):
        raise ChannelError(
            (
                f"channel {channel} cannot be used: the provider says {stops[0]}",
                f"渠道 {channel} 无法使用：服务商返回 {stops[0]}",
            ),
            ("Look the code up with the provider, and mend the account.", "请向服务商查询该代码并处理账户问题。"),
        )
    return found


def _stops(outcome: Outcome, profile: Profile) -> bool:
    known = profile.answer(outcome.error or "") if outcome.status == "failed" else None
    return known is not None and known.then == "stop"


def _one(outcome: Outcome, profile: Profile) -> Outcome:
    known = profile.answer(outcome.error or "") if outcome.status == "failed" else None
    if known is None or known.then == "refuse":
        return outcome
    if known.then == "suppress":
        return replace(outcome, refuses_contact=True)
    wait = BUSY_WAIT if known.then == "stop" else known.wait
    return replace(outcome, status="pending", retry_after=wait)
