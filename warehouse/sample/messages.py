"""The messages a world has received: names become numbers, fatigue is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache

import numpy as np

from campaign_calendars.findings.errors import UsageError
from warehouse.sample.draws import Ints, text_key
from warehouse.sample.population import to_aware, to_local
from warehouse.sample.profiles import REACH
from warehouse.sample.response import Contacts, Effects, WorldParams
from warehouse.sample.seasons import DAY

Contact = tuple[str, str, str, str, str | None, datetime]
"""(member_id, channel, play, phase, benefit or None, moment it reached the member)"""

_FATIGUE_DAYS = 7
NO_BENEFIT = -1
_CHANNELS = {reach.channel: number for number, reach in enumerate(REACH)}


@cache
def play_code(phase: str, play: str) -> int:
    """The number that stands for a play: the same in every world, whatever was sent before."""
    return text_key(f"{phase}/{play}")


class _Names:
    """Numbers for names in order of first appearance."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = len(self.names)
            self.names.append(name)
        return found


class Mailbox:
    """Keeps every message of the world, and those that lie ahead until their time comes."""

    def __init__(self, members: int) -> None:
        self._members = members
        self.plays: dict[int, tuple[str, str]] = {}
        self._channels, self._benefits = _Names(), _Names()
        self._waiting: list[Contact] = []
        self._kept: list[Contacts] = []
        self._per_day: dict[int, Ints] = {}

    def collect(self, contacts: Iterable[Contact], start: int, end: int) -> Contacts:
        """The messages of [start, end) by time; people who are not of the sample are passed over."""
        due: list[tuple[int, ...]] = []
        later: list[Contact] = []
        for contact in (*self._waiting, *contacts):
            at = to_local(contact[5])
            if at < start:
                raise UsageError(
                    (
                        (
                            f"a message of {contact[2]} at {contact[5].isoformat()} lies before the step "
                            f"that starts at {to_aware(start).isoformat()}"
                        ),
                        (
                            f"{contact[2]} 在 {contact[5].isoformat()} 的消息"
                            f"早于从 {to_aware(start).isoformat()} 开始的步骤"
                        ),
                    ),
                    ("pass each message once, in the step in which it was sent", "每条消息只在其发送的步骤中传入一次"),
                )
            if at >= end:
                later.append(contact)
            elif (row := self._row(contact, at)) is not None:
                due.append(row)
        self._waiting = later
        columns = np.array(sorted(due), dtype=np.int64).reshape(len(due), 5).T
        batch = self._with_fatigue(*columns)
        self._kept.append(batch)
        return batch

    def _row(self, contact: Contact, at: int) -> tuple[int, ...] | None:
        member_id, channel, play, phase, benefit, _ = contact
        if not (member_id[:1] == "m" and member_id[1:].isdecimal() and int(member_id[1:]) < self._members):
            return None
        code = play_code(phase, play)
        self.plays[code] = (phase, play)
        given = NO_BENEFIT if benefit is None else self._benefits.number(benefit)
        return at, int(member_id[1:]), code, self._channels.number(channel), given

    def _with_fatigue(self, at: Ints, member: Ints, code: Ints, channel: Ints, benefit: Ints) -> Contacts:
        days = at // DAY
        for day in np.unique(days).tolist():
            sent = np.bincount(member[days == day], minlength=self._members)
            self._per_day[day] = self._per_day.get(day, np.zeros(self._members, np.int64)) + sent
        recent = np.zeros(len(at), dtype=np.int64)
        for back in range(1, _FATIGUE_DAYS + 1):
            for day in np.unique(days).tolist():
                if day - back in self._per_day:
                    here = days == day
                    recent[here] += self._per_day[day - back][member[here]]
        self._forget_days(int(days[-1]) - _FATIGUE_DAYS if len(days) else 0)
        return Contacts(member, at, code, channel, benefit, self._keys(code, channel), recent)

    def _forget_days(self, before: int) -> None:
        self._per_day = {day: sent for day, sent in self._per_day.items() if day >= before}

    def _keys(self, code: Ints, channel: Ints) -> Ints:
        """A stable number per phase, play and channel, whatever order the names came in."""
        keys = np.zeros(len(code), dtype=np.int64)
        for pair in np.unique(np.stack((code, channel)), axis=1).T.tolist():
            phase, play = self.plays[pair[0]]
            keys[(code == pair[0]) & (channel == pair[1])] = text_key(f"{phase}/{play}/{self._channels.names[pair[1]]}")
        return keys

    def fewer(self, batch: Contacts) -> Iterator[tuple[int, Ints]]:
        """For each play: how many of its messages every message of the batch had in the week before.

        Plays without any are passed over, and of its own messages a play counts none: without it they are not there.
        """
        days = batch.at // DAY
        for code in sorted(self.plays):
            count = np.zeros(len(batch), dtype=np.int64)
            for day in np.unique(days).tolist():
                before = self._members_of(code, day - _FATIGUE_DAYS, day)
                if len(before):
                    here = (days == day) & (batch.code != code)
                    count[here] = np.bincount(before, minlength=self._members)[batch.member[here]]
            if count.any():
                yield code, count

    def _members_of(self, code: int, first: int, end: int) -> Ints:
        """Who got messages of a play on the days from `first` on before `end`, once for each."""
        found = [np.empty(0, dtype=np.int64)]
        for kept in self._kept:
            if len(kept) and kept.at[-1] // DAY >= first and kept.at[0] // DAY < end:
                days = kept.at // DAY
                found.append(kept.member[(kept.code == code) & (days >= first) & (days < end)])
        return np.concatenate(found)

    def reach_positions(self, channel: Ints) -> Ints:
        """Positions in REACH, -1 for channels that have no contact points in a sample."""
        positions = [_CHANNELS.get(name, -1) for name in self._channels.names]
        return np.array([*positions, -1], dtype=np.int64)[channel]

    def benefit_name(self, number: int) -> str:
        return self._benefits.names[number]

    def effects(self, batch: Contacts, params: WorldParams) -> Effects:
        """The probabilities for an average member, message by message."""
        by_channel = [params.channel(name) for name in self._channels.names]
        pulls = np.array([params.benefit(name).pull for name in self._benefits.names] + [1.0])
        pull = pulls[batch.benefit]  # NO_BENEFIT is the last element

        def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            return np.array([getattr(effect, name) for effect in by_channel])[batch.channel]

        return Effects(column("buy") * pull, column("visit"), column("join") * pull, column("withdraw"))

    def sent(self, code: int) -> tuple[Ints, Ints]:
        """Members and moments of all messages of one play."""
        member = [kept.member[kept.code == code] for kept in self._kept]
        at = [kept.at[kept.code == code] for kept in self._kept]
        if not member:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.concatenate(member), np.concatenate(at)
