"""Calendar, store and timeline → the brief of one occurrence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from campaign_calendars.audiences.language import AudienceExpr, parse_audience, to_predicate
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.deciding.briefs import (
    AgentOption,
    BenefitOption,
    Brief,
    BudgetLimits,
    ChannelOption,
    HoldoutRule,
    Invitation,
    StepBrief,
    TriggerBrief,
    regions_of,
)
from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.deciding.expecting import Expectation, expectation_of, values_of
from campaign_calendars.deciding.limits import limits_of
from campaign_calendars.deciding.offers import benefit_options
from campaign_calendars.deciding.rules import gates_of, member_rules
from campaign_calendars.deciding.worth import changes_ahead, fills_ahead, leaves_bp_per_day, priority_of
from campaign_calendars.model.calendar import Calendar, Play
from campaign_calendars.model.programme import tier_rules
from campaign_calendars.model.restrictions import measure_on, recruits
from campaign_calendars.model.store import BOUND_KINDS, LEAST_LEVEL, Channel, Store, capacity_on, has_ended, level_on
from campaign_calendars.model.unfolding import StepPlay
from campaign_calendars.providers.of_channel import is_quiet, message_cost
from campaign_calendars.time.timeline import Occurrence, Timeline, local_day

Parts = Mapping[tuple[str, str, str], int]
"""(phase, play, channel) → the most parts that a message of the play may be billed as there (`LoadedCalendar.parts`);
what is not there is billed once."""


def make_brief(
    calendar: Calendar,
    store: Store,
    timeline: Timeline,
    occurrence: Occurrence,
    used_up: Collection[str] = (),
    *,
    parts: Parts = MappingProxyType({}),
) -> Brief:
    """Resolve one occurrence; the calendar must have passed `check`. Nobody is told of benefits that are `used_up`."""
    phase, play = _find(calendar, occurrence)
    expression, policy = audience(calendar, store, play.audience), store.contact_policy
    benefits = benefit_options(calendar, store, timeline, occurrence, play, used_up=used_up)
    rules = member_rules(calendar)
    stage = next(p for p in calendar.phases if p.id == phase)
    expectation = expectation_of(calendar, store, stage, play, AudienceNames.of(calendar, store))
    holdouts = _holdouts(calendar, store, phase, play)
    return Brief(
        calendar=calendar.calendar,
        phase=phase,
        play=play.id,
        at=occurrence.at,
        day=local_day(occurrence.at, timeline.timezone),
        predicate=to_predicate(expression),
        columns=expression.fields | _columns_of(benefits, expectation) | regions_of(holdouts),
        order_salt=f"{calendar.calendar}/{occurrence.key}",
        channels=_channels(calendar, store, timeline, play, occurrence, parts=parts),
        benefits=benefits,
        holdouts=holdouts,
        caps=tuple(CapRule.of(cap, package=policy.packages) for cap in policy.caps),
        budget=budget_limits(calendar),
        min_age=policy.min_age,
        repeat_after=play.repeat_after,
        expires_at=timeline.phases[phase].end,
        approve_above=play.approve.above if play.approve else None,
        trigger=trigger_brief(store, timeline, phase, play, retry=_is_retry(timeline, occurrence)),
        lane=play.lane,
        priority=priority_of(stage, play),
        leaves_bp_per_day=leaves_bp_per_day(expression),
        changes_ahead=changes_ahead(expression),
        expectation=expectation,
        explore_bp=values_of(calendar, store).explore or 0,
        fills_ahead=fills_ahead(expression),
        rules=rules,
        gates=gates_of(rules, calendar, timeline, play.id, occurrence.at),
        limits=limits_of(calendar),
        post=play.post is not None,
        invitation=_invitation(store, timeline, play, occurrence),
        gap=play.gap if occurrence.channel is not None else None,
    )


def _columns_of(benefits: Iterable[BenefitOption], expectation: Expectation | None) -> frozenset[str]:
    """What benefits, and what is expected of them, have to know of a member."""
    asked = frozenset(name for option in benefits for condition in option.conditions for name in condition.kind.columns)
    asked |= {"points_balance"} if any(option.points for option in benefits) else set()
    return asked | (expectation.columns if expectation else set())


def trigger_brief(
    store: Store, timeline: Timeline, phase: str, play: Play, *, retry: bool = True
) -> TriggerBrief | None:
    """What a play answers; None for a play that is sent by the clock."""
    trigger = play.trigger
    if trigger is None:
        return None
    return TriggerBrief(
        event=trigger.event,
        after=trigger.after,
        within=trigger.within,
        timezone=timeline.timezone.key,
        retry=retry,
        before_days=trigger.before.days if trigger.before else 0,
        streak=trigger.streak,
        leap_birthday=store.contact_policy.leap_birthday,
        tier_window=store.tiers.window,
        tiers=tier_rules(store.tiers, timeline.timezone),
        tier_ids=tuple(level.id for level in store.tiers.levels),
        balances=timeline.balances,
        channels=tuple(play.channels),
        step=_step(timeline, phase, play),
    )


def _invitation(store: Store, timeline: Timeline, play: Play, occurrence: Occurrence) -> Invitation | None:
    if play.invites_to is None:
        return None
    channel = store.channels[play.invites_to]
    ended = has_ended(channel, occurrence.at.astimezone(timeline.timezone).date())
    group = channel.group
    return Invitation(play.invites_to, group.capacity if group else None, (group.count if group else None) or 1, ended)


def _step(timeline: Timeline, phase: str, play: Play) -> StepBrief | None:
    if not isinstance(play, StepPlay):
        return None
    goal = play.goal
    return StepBrief(
        sequence=play.sequence,
        by_day=play.by_day,
        since=timeline.phases[phase].start,
        goal_events=goal.events if goal else (),
        goal_tag=goal.tag if goal else None,
    )


def _is_retry(timeline: Timeline, occurrence: Occurrence) -> bool:
    """A look once a day always is one."""
    return all(
        sweep.is_retry(occurrence.at)
        for sweep in timeline.sweeps
        if (sweep.phase, sweep.play) == (occurrence.phase, occurrence.play)
    )


def audience(calendar: Calendar, store: Store, name: str) -> AudienceExpr:
    """One of the calendar's audiences; the calendar must have passed `check`."""
    expression = parse_audience(calendar.audiences[name].where, names=AudienceNames.of(calendar, store))
    if isinstance(expression, list):
        # `check` comes before any brief, so this is a defect of the caller, not of the calendar.
        raise TypeError(f"audience {name!r} did not pass check")
    return expression


def budget_limits(calendar: Calendar) -> BudgetLimits:
    if calendar.budget is None:
        return BudgetLimits()
    return BudgetLimits(calendar.budget.total, {name: one.amount for name, one in calendar.budget.pools.items()})


def _find(calendar: Calendar, occurrence: Occurrence) -> tuple[str, Play]:
    for phase in calendar.phases:
        for play in phase.plays:
            if (phase.id, play.id) == (occurrence.phase, occurrence.play):
                return phase.id, play
    raise KeyError(occurrence.key)


def _channels(
    calendar: Calendar,
    store: Store,
    timeline: Timeline,
    play: Play,
    occurrence: Occurrence,
    *,
    parts: Parts,
) -> tuple[ChannelOption, ...]:
    local = occurrence.at.astimezone(timeline.timezone)
    for_new = recruits(calendar.benefits[name].kind for name in play.told)
    options = []
    for name in play.channels if occurrence.channel is None else [occurrence.channel]:
        channel = store.channels[name]
        option = ChannelOption(
            channel=name,
            consent_required=channel.consent == "required",
            quiet=is_quiet(channel, local.time()),
            capacity=capacity_on(channel, local.date()),
            message_cost_cents=message_cost(channel) * parts.get((occurrence.phase, play.id, name), 1),
            restricted=measure_on(store.restrictions, local.date(), name, channel, recruits=for_new) is not None
            or not _is_allowed(channel, local.date(), gives=bool(play.benefits)),
            bound=channel.kind in BOUND_KINDS,
            implied_bp=_implied_bp(channel),
            ended=has_ended(channel, local.date()),
            posts_per_day=channel.group.posts_per_day if channel.group else None,
            talks=channel.kind == "chat",
            on_join=channel.bound_on_join,
        )
        agents = [
            AgentOption(one, agent.tag or one, capacity_on(agent, local.date()))
            for one, agent in channel.agents.items()
        ]
        options += [replace(option, agent=agent) for agent in agents] or [option]
    return tuple(options)


def _is_allowed(channel: Channel, day: date, *, gives: bool) -> bool:
    """Whether signature and templates are approved by then, and the level of the service lets benefits through."""
    if channel.ready_from is not None and day < channel.ready_from:
        return False
    level = level_on(channel, day)
    return not gives or level is None or level >= LEAST_LEVEL


def _implied_bp(channel: Channel) -> int:
    """Of 10,000 members who joined, how many a channel reaches about whom the data says nothing."""
    if channel.kind in BOUND_KINDS:
        return channel.assumed_reach or 0
    return 10_000 if channel.consent == "implied" else 0


def campaign_holdouts(calendar: Calendar, store: Store) -> list[HoldoutRule]:
    """The control groups that no play of the campaign reaches, the wider one first."""
    rules = []
    if store.holdout:
        rules.append(HoldoutRule("global", store.holdout.salt, store.holdout.share))
    if calendar.holdout and calendar.holdout.campaign:
        own = calendar.holdout
        # Another unit is another draw: the salt says so, and a calendar that runs cannot change it unseen.
        salt = own.salt if own.by == "member" else f"{own.salt}:{own.by}"
        rules.append(HoldoutRule("campaign", salt, own.campaign, own.by))
    return rules


def _holdouts(calendar: Calendar, store: Store, phase: str, play: Play) -> tuple[HoldoutRule, ...]:
    """Widest contrast first: a member of two control groups counts for the wider one."""
    rules = campaign_holdouts(calendar, store)
    if play.holdout:
        rules.append(HoldoutRule("play", play_salt(calendar, phase, play), play.holdout))
    return tuple(rules)


def play_salt(calendar: Calendar, phase: str, play: Play) -> str:
    """What draws the control group of a play: the campaign's salt, and where the play stands.

    The steps of a sequence are held back from the same members.
    """
    name = play.sequence if isinstance(play, StepPlay) else play.id
    return f"{campaign_salt(calendar)}:{phase}/{name}"


def campaign_salt(calendar: Calendar) -> str:
    """What draws the control group of the campaign, and in front of those of its plays."""
    return calendar.holdout.salt if calendar.holdout else calendar.calendar
