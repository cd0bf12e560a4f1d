"""A calendar that runs keeps drawing its control groups as its first run did, unless a named person decides otherwise.

Another salt or share in mid-campaign makes members who were treated a control group, and the other way round:
what is measured afterwards is neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import campaign_holdouts, play_salt
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.ledger.records import Draw

_WIDE = ("global", "campaign")


def keep_draws(rt: Runtime, loaded: LoadedCalendar, run_id: str, phase: str, plays: Collection[str]) -> None:
    """Remember how the groups of a run are drawn: those of all plays of its calendar, and those of its own plays."""
    own = {*_WIDE, *(f"{phase}/{play}" for play in plays)}
    rt.ledger.keep_draws(draw for draw in _draws(loaded, run_id) if draw.name in own)


def require_same_draws(rt: Runtime, loaded: LoadedCalendar) -> None:
    """UsageError where the calendar or its store draws a control group otherwise than its runs did."""
    changed = list(_changed(rt, loaded))
    if not changed:
        return
    earlier, now = changed[0]
    rest = (f" ({len(changed) - 1} more)", f"（另有 {len(changed) - 1} 个）") if len(changed) > 1 else ("", "")
    raise UsageError(
        (
            f"control group {now.name}: {_words(now)}, but {earlier.run_id} drew it with {_words(earlier)}{rest[0]}",
            f"对照组 {now.name} 现为 {_words(now)}，而 {earlier.run_id} 以 {_words(earlier)} 抽取{rest[1]}",
        ),
        (
            "write salt and share back; or decide it: --redraw REASON --by NAME",
            "请改回原来的 salt 与比例；确需更改请写明 --redraw 原因 --by 姓名",
        ),
    )


def redraw(rt: Runtime, loaded: LoadedCalendar, *, reason: str, by: str) -> None:
    """A person decides that groups are drawn otherwise from now on; the audit keeps who and why."""
    from warehouse.ledger.audit import redrawn

    changed = [now for _, now in _changed(rt, loaded)]
    if changed:
        said = ", ".join(f"{draw.name}: {_words(draw)}" for draw in changed)
        rt.ledger.redraw(changed, redrawn(loaded.calendar.calendar, said, reason, by, rt.clock()))


def _changed(rt: Runtime, loaded: LoadedCalendar) -> Iterator[tuple[Draw, Draw]]:
    """(as it was drawn, as it would be now) of the groups that differ; what is no more has nobody to compare."""
    known = {draw.name: draw for draw in rt.ledger.draws(loaded.calendar.calendar)}
    for now in _draws(loaded, ""):
        earlier = known.get(now.name)
        if earlier is not None and (earlier.salt, earlier.share_bp) != (now.salt, now.share_bp):
            yield earlier, now


def _draws(loaded: LoadedCalendar, run_id: str) -> Iterator[Draw]:
    """Every group of the calendar, those that hold nobody out as well: one that is new is a change, too."""
    from warehouse.ledger.records import Draw

    calendar = loaded.calendar
    wide = {rule.name: (rule.salt, rule.share_bp) for rule in campaign_holdouts(calendar, loaded.store)}
    groups = {name: wide.get(name, ("", 0)) for name in _WIDE}
    for phase in calendar.phases:
        for play in phase.plays:
            salt = play_salt(calendar, phase.id, play) if play.holdout else ""
            groups[f"{phase.id}/{play.id}"] = (salt, play.holdout)
    for name, (salt, share_bp) in groups.items():
        yield Draw(calendar.calendar, name, salt if share_bp else "", share_bp, run_id)


def _words(draw: Draw) -> str:
    return f"{draw.share_bp / 100:g}%" + (f" {draw.salt!r}" if draw.salt else "")
