"""What providers take to one recipient, at the send gate: so many in 24 hours, so many in a month (B3, B4).

The profile of the channel says how many. A message above it waits until the provider takes it, or expires.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.model.store import Store
from campaign_calendars.providers.of_channel import profile_of
from campaign_calendars.providers.profile import Profile
from tasks.channels.limits import profile_in

if TYPE_CHECKING:
    from warehouse.ledger.port import Ledger
    from warehouse.ledger.records import Job

Waits = Mapping[str, tuple[str, timedelta]]
"""Intent key → why the message waits, and how long."""

_DAY = timedelta(days=1)


def held_by_provider(ledger: Ledger, store: Store, timezone: ZoneInfo) -> Callable[[Sequence[Job], datetime], Waits]:
    """(jobs about to leave, moment) → those whose recipient has had what the provider takes, over all calendars."""
    limited = {
        name: profile
        for name, channel in store.channels.items()
        if (profile := profile_of(channel)) is not None and (profile.number_day or profile.number_month)
    }

    def held(jobs: Sequence[Job], at: datetime) -> Waits:
        due = [job for job in jobs if job.channel in limited]
        if not due:
            return {}
        month = at.astimezone(timezone).date().replace(day=1)
        since = min(at - _DAY, datetime.combine(month, time(), timezone))
        had: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        for row in ledger.away({job.member_id for job in due}, since, but={job.intent_key for job in due}):
            if row.at is not None:
                had[row.member_id, row.channel].append(row.at)
        found: dict[str, tuple[str, timedelta]] = {}
        for job in due:
            sent = had[job.member_id, job.channel]
            opens = _opens(limited[job.channel], sent, at, timezone)
            if opens is None:
                sent.append(at)  # this one counts for the next of the same member
            else:
                until = opens[1] if job.expires_at is None else min(opens[1], job.expires_at)
                found[job.intent_key] = (opens[0], max(until - at, timedelta(seconds=1)))
        return found

    return held


def refuse_other_providers(store: Store, channels: Mapping[str, Mapping[str, Any]]) -> None:
    """UsageError where a channel is checked by the rules of one provider and sent through another.

    `channels`: the tables of the settings.
    """
    for name, table in sorted(channels.items()):
        sends = profile_in(table)
        checked = store.channels[name].provider if name in store.channels else None
        if sends is not None and checked is not None and sends != checked:
            raise UsageError(
                (
                    f"channels.{name} sends through {sends}, and the store says provider: {checked}",
                    f"channels.{name} 经由 {sends} 发送，而店铺写的是 provider: {checked}",
                ),
                (
                    "Write the same in promocal.toml and in the store; texts are checked by the store's.",
                    "请让 promocal.toml 与店铺文件一致；文案按店铺所写的服务商检查。",
                ),
            )


def _opens(profile: Profile, sent: Sequence[datetime], at: datetime, timezone: ZoneInfo) -> tuple[str, datetime] | None:
    """Why the recipient may have no more now, and from when on again; None: one more is taken."""
    local = at.astimezone(timezone)
    if (most := profile.month_cap(local.date())) is not None:
        month = local.date().replace(day=1)
        if sum(one.astimezone(timezone).date() >= month for one in sent) >= most:
            following = (month + timedelta(days=31)).replace(day=1)
            return (
                f"the provider takes {most} messages to one recipient in a month",
                datetime.combine(following, time(), timezone).astimezone(UTC),
            )
    if profile.number_day is not None:
        recent = sorted(one for one in sent if one > at - _DAY)
        if len(recent) >= (most := profile.number_day.value):
            return f"the provider takes {most} messages to one recipient in 24 hours", recent[-most] + _DAY
    return None
