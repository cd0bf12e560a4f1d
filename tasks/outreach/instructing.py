"""What each chosen member of a play gets to read, and when: texts of a test, higher tiers first (A11#13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from campaign_calendars.deciding.arms import arm_of, shares_of, text_salt
from campaign_calendars.messages.templates import template_of
from campaign_calendars.model.calendar import Play
from campaign_calendars.reading.loading import LoadedCalendar
from warehouse.ledger.records import Run


@dataclass(frozen=True, slots=True)
class Instruction:
    """What one message says, which text of a test that is, and from when on it may leave (None: at once)."""

    message: str | None
    arm: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Instructions:
    """Those of one play. `ranks`: tier → how many tiers of its members stand above it."""

    play: Play
    salt: str
    shares: Mapping[str, int] = field(default_factory=dict)
    tiers: Mapping[str, str | None] = field(default_factory=dict)
    ranks: Mapping[str | None, int] = field(default_factory=dict)

    def of(self, at: datetime, member: str, channel: str) -> Instruction:
        """For the occurrence at `at`."""
        starts = self._starts(at, member)
        if not self.shares:
            return Instruction(template_of(self.play, channel), None, starts)
        arm = arm_of(self.salt, member, self.shares)
        if arm is None and self.play.split is not None:
            waits = at + self.play.split.wait
            return Instruction(None, None, max(starts, waits) if starts is not None else waits)
        return Instruction(template_of(self.play, channel, arm), arm, starts)

    def _starts(self, at: datetime, member: str) -> datetime | None:
        rank = self.ranks.get(self.tiers.get(member), 0)
        return at + self.play.notify.lead * rank if self.play.notify is not None and rank else None


def instructions_of(loaded: LoadedCalendar, run: Run, decision: Path) -> dict[str, Instructions]:
    """Those of every play of the run's phase; `decision`: its file."""
    from warehouse.decision.tiers import tiers_of_chosen

    plays = [play for phase in loaded.calendar.phases if phase.id == run.phase for play in phase.plays]
    tiers = tiers_of_chosen(decision, [play.id for play in plays if play.notify is not None])
    levels = [level.id for level in reversed(loaded.store.tiers.levels)]
    return {
        play.id: Instructions(
            play,
            text_salt(loaded.calendar, run.phase, play),
            shares_of(play) if play.texts else {},
            tiers.get(play.id, {}),
            ranks_of(levels, tiers.get(play.id, {}).values()),
        )
        for play in plays
    }


def ranks_of(levels: Sequence[str], tiers: Iterable[str | None]) -> dict[str | None, int]:
    """Tier → its place below the highest that is there, levels from the highest on; who has none comes last."""
    there = set(tiers)
    met = [level for level in levels if level in there]
    first = levels.index(met[0]) if met else 0
    ranks: dict[str | None, int] = {level: n - first for n, level in enumerate(levels) if n >= first}
    return ranks | {None: max(ranks.values(), default=0)}
