"""What members would read: every text of a calendar with a few members of its audience, masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.audiences.language import analyse
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.deciding.briefing import campaign_holdouts
from campaign_calendars.findings.unknown import no_such
from campaign_calendars.messages.cost import NAMES, parts_of
from campaign_calendars.messages.material import Place, attached
from campaign_calendars.messages.sms import length, signature_length
from campaign_calendars.messages.templates import messages_of, names_of
from campaign_calendars.model.calendar import Phase, Play
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import utc
from campaign_calendars.values.masking import masked_id
from tasks.calendars.messages import check_messages
from tasks.calendars.rendering import MessageError, Renderer
from tasks.channels.privacy import mask_text, starred
from tasks.deciding.known import as_known
from tasks.outreach.own_figures import OwnFigures, own_figures
from tasks.runtime import Runtime, feature_params

if TYPE_CHECKING:
    from warehouse.ledger.records import Job, Run
    from warehouse.snapshots.recipients import Recipient, RecipientDesk
    from warehouse.snapshots.snapshot import Snapshot


_ShownAs = Callable[["Recipient"], Sequence[tuple[str, "Recipient"]]]
"""A member as texts may know him: what he is called beside the text, and the recipient, once or several times."""
_NOBODY = ""
_TIER = "tier"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedMessage:
    """One message as one member would get it now; his name and address are starred."""

    phase: str
    """Phase id."""
    play: str
    """Play id."""
    channel: str
    """Channel of the play."""
    arm: str
    """Name of the text, where the play tests several."""
    template: str
    """Its template; empty: the channel gets no text."""
    member: str
    """Id of the member with only its ends left, or a name that was made up; empty: nobody, and the text has no name."""
    text: str
    """What the member would read."""
    characters: int
    """Characters of the text, an emoji counts two; of an SMS with its signature."""
    parts: int | None
    """Billed parts of an SMS."""
    attachments: tuple[str, ...]
    """What would go along with it: kind and contents."""
    fault: str
    """Why it could not leave; empty: it could."""


def preview(rt: Runtime, calendar_id: str, play_id: str | None = None, *, members: int = 1) -> list[PreviewedMessage]:
    """Every text of a calendar, or of one play, on each of its channels, with the same few members every time.

    UsageError: no such play. Nothing is sent or kept.
    """
    return _previews(rt, calendar_id, play_id, members, lambda to: [(masked_id(to.member_id), starred(to))])


def preview_names(rt: Runtime, calendar_id: str) -> list[PreviewedMessage]:
    """Every text of a calendar with the shortest name, the longest and none, to see how it reads and what it costs.

    `member` holds the name, which is made up; of its figures the text has those of a member of the audience.
    """
    return _previews(
        rt, calendar_id, None, 1, lambda to: [(name, to._replace(name=name or None, starred=True)) for name in NAMES]
    )


def _previews(
    rt: Runtime, calendar_id: str, play_id: str | None, members: int, shown: _ShownAs
) -> list[PreviewedMessage]:
    snapshot = rt.current_snapshot()
    loaded = as_known(rt.load_calendar(calendar_id), snapshot)
    plays = [(phase, play) for phase in loaded.calendar.phases for play in phase.plays]
    if play_id is not None and play_id not in {play.id for _, play in plays}:
        raise no_such("play", play_id, {play.id for _, play in plays})
    wanted = [(phase, play) for phase, play in plays if play_id in (None, play.id) and messages_of(play)]
    samples, tiers = _samples(rt, loaded, sorted({play.audience for _, play in wanted}), members)
    sources, _ = check_messages(loaded.calendar, rt.settings.root)
    own = OwnFigures(rt, loaded, lambda _play: tiers, lambda: snapshot, "\n".join(sources.values()))
    render = _renderer(rt, loaded, sources, own)
    with _desk(rt, loaded, snapshot) as desk:
        return [
            found
            for phase, play in wanted
            for found in _of_play(loaded, _next(rt, loaded, phase, play), samples[play.audience], (desk, render, shown))
        ]


def preview_jobs(rt: Runtime, run: Run, jobs: Sequence[Job]) -> list[PreviewedMessage]:
    """Messages of a run as they would leave now, masked; nothing is sent, and no code is handed out."""
    from warehouse.snapshots.recipients import Recipient

    snapshot = rt.current_snapshot()
    loaded = as_known(rt.load_calendar(run.calendar), snapshot)
    plays = {play.id: play for phase in loaded.calendar.phases if phase.id == run.phase for play in phase.plays}
    sources, _ = check_messages(loaded.calendar, rt.settings.root)
    render = _renderer(rt, loaded, sources, own_figures(rt, loaded, run, sources.values()))
    with _desk(rt, loaded, snapshot) as desk:
        found = []
        for job in (job for job in jobs if job.play in plays):
            to = desk.lookup([job.member_id], job.channel).get(job.member_id, Recipient(job.member_id))
            found.append(_previewed(loaded, plays[job.play], job, starred(to), render, name=masked_id(job.member_id)))
        return found


def _renderer(rt: Runtime, loaded: LoadedCalendar, sources: Mapping[str, str], own: OwnFigures) -> Renderer:
    """What is on offer when they leave nobody knows yet: they tell of all that they announce."""
    today = rt.clock().astimezone(loaded.timeline.timezone).date()
    told = {(phase.id, play.id): tuple(play.announces) for phase in loaded.calendar.phases for play in phase.plays}
    names = names_of(loaded.calendar, loaded.store, timeline=loaded.timeline)
    return Renderer(
        sources,
        names,
        loaded.store.channels,
        today,
        told,
        own,
    )


def _desk(rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot) -> RecipientDesk:
    from warehouse.snapshots.recipients import RecipientDesk

    limits = rt.settings.warehouse
    return RecipientDesk(
        snapshot,
        at=rt.clock(),
        threads=limits.threads,
        memory_limit=limits.memory_limit,
        favourites=any(listed.by is not None for listed in loaded.calendar.lists.values()),
    )


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A play at the moment at which its messages would leave next."""

    phase: Phase
    play: Play
    at: datetime


def _next(rt: Runtime, loaded: LoadedCalendar, phase: Phase, play: Play) -> _Leaving:
    """Its next planned moment; of one that answers events, or is over, now as far as that lies in the phase."""
    now, window = utc(rt.clock()), loaded.timeline.phases[phase.id]
    planned = (one.at for one in loaded.timeline.occurrences if (one.phase, one.play) == (phase.id, play.id))
    within = max(min(now, utc(window.last)), utc(window.start)).astimezone(loaded.timeline.timezone)
    return _Leaving(phase, play, next((at for at in planned if utc(at) >= now), within))


def _samples(
    rt: Runtime, loaded: LoadedCalendar, audiences: Sequence[str], count: int
) -> tuple[Mapping[str, list[str]], Mapping[str, str | None]]:
    """Audience → a few of its members; member → tier."""
    from warehouse.decision.audiences import AudienceRule
    from warehouse.decision.waterfall import ClauseRule

    names = AudienceNames.of(loaded.calendar, loaded.store)
    controls = campaign_holdouts(loaded.calendar, loaded.store)
    pools = {benefit: made.pool for benefit, made in loaded.calendar.benefits.items()}
    snapshot, found, tiers = rt.current_snapshot(), dict[str, list[str]](), dict[str, str | None]()
    with rt.open_session(snapshot) as session:
        session.load_history(rt.ledger, loaded.calendar.calendar, pools=pools, run=None)
        for audience in audiences:
            expression, _ = analyse(loaded.calendar.audiences[audience].where, names)
            assert expression is not None  # noqa: S101  a calendar that was loaded passed its check
            rule = AudienceRule.of(audience, expression)
            rule = replace(rule, columns=rule.columns | {_TIER})
            session.audience_fall(snapshot.as_of, feature_params(loaded), rule, [ClauseRule(rule.sql, True)], controls)
            some, tier = session.sample_audience(rule, count), sorted(rule.columns).index(_TIER)
            found[audience] = [member for member, _ in some] or [_NOBODY]
            tiers |= {member: values[tier] or None for member, values in some}
    return found, tiers


def _of_play(
    loaded: LoadedCalendar, leaving: _Leaving, members: Sequence[str], tools: tuple[RecipientDesk, Renderer, _ShownAs]
) -> Iterator[PreviewedMessage]:
    from warehouse.ledger.records import Job
    from warehouse.snapshots.recipients import Recipient

    desk, render, shown = tools
    phase, play, at = leaving.phase, leaving.play, leaving.at
    for channel in play.channels:
        recipients = desk.lookup(members, channel)
        for arm, message in messages_of(play).items():
            benefit = play.benefits[0] if play.benefits else None
            for member in members:
                job = Job(
                    "", "", loaded.calendar.calendar, phase.id, play.id, at, member, channel, benefit,
                    message.of(channel), arm=arm or None,
                )  # fmt: skip
                for name, to in shown(recipients.get(member, Recipient(member))):
                    yield _previewed(loaded, play, job, to, render, name=name)


def _previewed(
    loaded: LoadedCalendar, play: Play, job: Job, to: Recipient, render: Renderer, *, name: str
) -> PreviewedMessage:
    """`to` as the text may know him, `name` as he is called beside it."""
    text, fault = "", ""
    try:
        text = render(job, to)
    except MessageError as error:
        fault = str(error)
    channel = loaded.store.channels[job.channel]
    count = length(text) + (signature_length(channel) if channel.kind == "sms" else 0)
    today = render.today or job.occurrence_at.date()
    place = Place(job.calendar, job.phase, job.play, job.channel, job.arm or "")
    along = attached((loaded.calendar, loaded.store), play, place, today, to.favourite)
    return PreviewedMessage(
        phase=job.phase,
        play=job.play,
        channel=job.channel,
        arm=job.arm or "",
        template=job.message or "",
        member=name,
        text=mask_text(text, address=to.address, name=None),
        characters=count,
        parts=parts_of(text, channel) if channel.kind == "sms" and text else None,
        attachments=tuple(f"{one.kind}: {one.in_a_cell()}" for one in along),
        fault=fault,
    )
