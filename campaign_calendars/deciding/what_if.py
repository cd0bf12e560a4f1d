"""What if: a calendar and its store with some figures changed, as `PATH=VALUE` says. Nothing is written.

budget.total=500000             budget.pools.coupons=350000
benefits.gift.stock=900         benefits.gift.daily_cap=off
channels.sms.capacity_per_day=8000      channels.sms.capacity_on.2026-03-08=20000
channels.wecom.agents.li.capacity_per_day=50
limits.gold-gifts.at_least=300          limits.gold-gifts=off
caps.all=2/7d                   caps.sms=1/20h          caps.all=off
plays.recall.priority=80        plays.recall=off
plan=first_come                 plan=planned
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.limits import SharedLimit
from campaign_calendars.model.store import Agent, Cap, Channel, Store
from campaign_calendars.values.scalars import parse_cap_span, parse_day, parse_money

OFF = "off"
POLICIES = ("planned", "first_come")
"""Who gets what is scarce: whoever is worth most over the whole calendar, or whoever comes first."""
MOST = 1000
"""The highest priority a play may have."""
FORMS = (
    "budget.total, budget.pools.NAME, benefits.NAME.stock, benefits.NAME.daily_cap, channels.NAME.capacity_per_day,"
    " channels.NAME.capacity_on.DAY, channels.NAME.agents.AGENT.capacity_per_day,"
    " limits.ID.FIGURE, limits.ID=off, caps.all or caps.CHANNEL (2/7d), plays.PLAY.priority, plays.PLAY=off,"
    " plan=first_come or plan=planned"
)
_Changed = tuple[Calendar, Store]


def what_if(calendar: Calendar, store: Store, changes: tuple[str, ...]) -> _Changed:
    """The calendar and store with the changes made, one after another.

    UsageError names the change that cannot be understood, or that names what there is not.
    """
    for change in changes:
        path, equals, value = change.partition("=")
        parts = path.strip().split(".")
        make = _MAKERS.get((parts[0], len(parts)))
        if not equals or make is None:
            raise _unclear(change)
        try:
            calendar, store = make(calendar, store, parts, value.strip())
        except (ValueError, KeyError) as error:
            raise _unclear(change) from error
    return calendar, store


def _unclear(change: str) -> UsageError:
    return UsageError(
        (f"--what-if {change}: not understood, or there is no such thing", f"--what-if {change}：无法理解或不存在"),
        (f"write one of: {FORMS}", f"可写：{FORMS}"),
    )


def _budget(calendar: Calendar, store: Store, parts: list[str], value: str) -> _Changed:
    budget = calendar.budget
    if budget is None or parts[1:] not in ([["total"]] + [["pools", name] for name in budget.pools]):
        raise KeyError(parts[-1])
    if parts[1] == "total":
        budget = budget.model_copy(update={"total": parse_money(value)})
    else:
        pool = budget.pools[parts[2]].model_copy(update={"amount": parse_money(value)})
        budget = budget.model_copy(update={"pools": {**budget.pools, parts[2]: pool}})
    return calendar.model_copy(update={"budget": budget}), store


def _benefit(calendar: Calendar, store: Store, parts: list[str], value: str) -> _Changed:
    _, name, key = parts
    if key not in ("stock", "daily_cap"):
        raise KeyError(key)
    benefit = calendar.benefits[name].model_copy(update={key: _count(value)})
    return calendar.model_copy(update={"benefits": {**calendar.benefits, name: benefit}}), store


def _channel(calendar: Calendar, store: Store, parts: list[str], value: str) -> _Changed:
    """`capacity_per_day`, or `capacity_on.DAY`, of a channel or (`agents.NAME`) of one of its agents."""
    _, name, *path = parts
    channel = store.channels[name]
    if path[0] == "agents":
        agent = channel.agents[path[1]]
        agents = {**channel.agents, path[1]: agent.model_copy(update=_capacity(agent, path[2:], value))}
        channel = channel.model_copy(update={"agents": agents})
    else:
        channel = channel.model_copy(update=_capacity(channel, path, value))
    return calendar, store.model_copy(update={"channels": {**store.channels, name: channel}})


def _capacity(holder: Channel | Agent, path: list[str], value: str) -> Mapping[str, Any]:
    count = _count(value)
    if path == ["capacity_per_day"]:
        return {"capacity_per_day": count}
    key, day = path
    if key != "capacity_on" or count is None:
        raise KeyError(key)
    return {"capacity_on": {**holder.capacity_on, parse_day(day): count}}


def _limit(calendar: Calendar, store: Store, parts: list[str], value: str) -> _Changed:
    """Another figure for a limit (of the kind it has, or any for one that is only reported), or none of it."""
    _, name, *figure = parts
    found = next((limit for limit in calendar.limits if limit.id == name), None)
    if found is None or (not figure and value != OFF):
        raise KeyError(name)
    kept = {key: getattr(found, key) for key in ("id", "title", "of", "per")}
    changed = [SharedLimit.model_validate({**kept, key: value}) for key in figure]
    others = [one for limit in calendar.limits for one in (changed if limit is found else [limit])]
    return calendar.model_copy(update={"limits": others}), store


def _cap(calendar: Calendar, store: Store, parts: list[str], value: str) -> _Changed:
    """A cap of these channels over this span takes the place of the one there is; `off` takes all of them away."""
    wanted = [] if parts[1] == "all" else [parts[1]]
    if wanted and parts[1] not in store.channels:
        raise KeyError(parts[1])
    policy = store.contact_policy
    if value == OFF:
        caps = [cap for cap in policy.caps if cap.channels != wanted]
    else:
        most, _, span = value.partition("/")
        made = Cap.model_validate({"channels": wanted, "max": int(most), "per": span})
        others = [cap for cap in policy.caps if (cap.channels, cap.per) != (wanted, parse_cap_span(span))]
        caps = [*others, made]
    return calendar, store.model_copy(update={"contact_policy": policy.model_copy(update={"caps": caps})})


def _priority(calendar: Calendar, store: Store, parts: list[str], value: str) -> _Changed:
    _, name, key = parts
    priority = int(value)
    if key != "priority" or not 1 <= priority <= MOST:
        raise KeyError(key)
    return _plays(calendar, name, {"priority": priority}), store


def _play(calendar: Calendar, store: Store, parts: list[str], value: str) -> _Changed:
    if value != OFF:
        raise KeyError(value)
    return _plays(calendar, parts[1], None), store


def _plan(calendar: Calendar, store: Store, _parts: list[str], value: str) -> _Changed:
    if value not in POLICIES:
        raise KeyError(value)
    return calendar.model_copy(update={"plan": value}), store


def _plays(calendar: Calendar, name: str, update: Mapping[str, Any] | None) -> Calendar:
    """The calendar with every play of this id changed, or without it."""
    if all(play.id != name for phase in calendar.phases for play in phase.plays):
        raise KeyError(name)
    phases = []
    for phase in calendar.phases:
        plays = [
            play if play.id != name else play.model_copy(update=dict(update or {}))
            for play in phase.plays
            if play.id != name or update is not None
        ]
        phases.append(phase.model_copy(update={"plays": plays}))
    return calendar.model_copy(update={"phases": phases})


def _count(value: str) -> int | None:
    """A whole number from 0, or no limit."""
    if value == OFF:
        return None
    count = int(value)
    if count < 0:
        raise ValueError(value)
    return count


_MAKERS: dict[tuple[str, int], Callable[[Calendar, Store, list[str], str], _Changed]] = {
    ("budget", 2): _budget,
    ("budget", 3): _budget,
    ("benefits", 3): _benefit,
    ("channels", 3): _channel,
    ("channels", 4): _channel,
    ("channels", 5): _channel,
    ("channels", 6): _channel,
    ("limits", 2): _limit,
    ("limits", 3): _limit,
    ("caps", 2): _cap,
    ("plays", 3): _priority,
    ("plays", 2): _play,
    ("plan", 1): _plan,
}
