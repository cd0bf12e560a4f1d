"""A project's tables as pandas data frames: the public API for notebooks and scripts (docs/python.md).

It is stable: methods and columns may be added, existing ones keep name and meaning.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from campaign_calendars.findings.errors import PromocalError, UsageError

if TYPE_CHECKING:
    from campaign_calendars.measuring.metrics.metric import Grain
    from tasks.runtime import Runtime
    from warehouse.analysis.frames import DataFrame


_FACTS = """
select arms.*, facts.* exclude (calendar, contrast, phase, play, member_id, arm)
from arms
join facts
    on facts.calendar = arms.calendar and facts.member_id = arms.member_id
    and facts.phase is not distinct from arms.phase and facts.play is not distinct from arms.play
order by arms.contrast, arms.phase, arms.play, arms.member_id
"""


@contextmanager
def _remedy_told() -> Iterator[None]:
    """A traceback shows what to do below what is wrong."""
    try:
        yield
    except PromocalError as error:
        error.add_note(f"→ {error.remedy}")
        raise


@contextmanager
def _opened(path: Path | str, replay: str | None) -> Iterator[Runtime]:
    """The project, or the last replay of a calendar in it."""
    from tasks.runtime import finished_replay, open_runtime

    with open_runtime(path) as rt:
        if replay is None:
            yield rt
            return
        with finished_replay(rt, replay) as inside:
            yield inside


def _require_zones(*moments: datetime | None) -> None:
    for moment in moments:
        if moment is not None and not isinstance(moment, datetime):
            raise UsageError(
                (f"{moment!r} is no moment", f"{moment!r} 不是时间"),
                ("give a datetime: datetime(2026, 3, 5, tzinfo=UTC)", "请传入 datetime(2026, 3, 5, tzinfo=UTC)"),
            )
        if moment is not None and moment.tzinfo is None:
            raise UsageError(
                (f"the moment {moment} has no time zone", f"时间 {moment} 没有时区"),
                ("give it one: datetime(2026, 3, 5, tzinfo=UTC)", "请写明时区：datetime(2026, 3, 5, tzinfo=UTC)"),
            )


class Project:
    """An opened project, to be used in a `with` or closed by `close`. Reads only.

    Every method gives a data frame. Amounts are whole cents (`*_cents`), moments are aware, members stand under
    pseudonyms that are the same in every frame. Errors are `PromocalError` with `message` and `remedy`.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        replay: str | None = None,
        unmasked_by: str | None = None,
        timeout: timedelta | None = None,
    ) -> None:
        """See `open_project`."""
        self._stack = ExitStack()
        with _remedy_told():
            self._rt = self._stack.enter_context(_opened(path, replay))
        if self.simulated:
            warnings.warn("SIMULATED: members responded by a model; nothing they did is real", stacklevel=3)
        self._unmasked_by = unmasked_by
        self._timeout = timeout or timedelta(minutes=10)

    @property
    def simulated(self) -> bool:
        """Whether members responded by a model, as in a simulated replay: then no figure about what they did is real.
        Every frame says so, too: `frame.attrs["simulated"]`.
        """
        return self._rt.simulated

    def features(self, as_of: datetime | None = None, *, calendar: str | None = None) -> DataFrame:
        """What audiences know of each member as of a moment (default: the snapshot's), one row per member.

        Columns as in the table `features`. `calendar` says whose campaign and tiers; it may be left out where the
        project has one.
        """
        return self._asked("from features order by member_id", calendar=calendar, as_of=as_of)

    def audience(self, name: str, as_of: datetime | None = None, *, calendar: str | None = None) -> DataFrame:
        """The features of the members of an audience as of a moment (default: the snapshot's).

        `store/NAME` is one of the store. UsageError: no such audience.
        """
        return self._asked("from features order by member_id", calendar=calendar, as_of=as_of, audience=name)

    def decisions(self, calendar: str, phase: str | None = None) -> DataFrame:
        """Every candidate of every occurrence decided so far, of one phase or all: the table `decisions`."""
        with _remedy_told():
            where = "" if phase is None else f"where phase = '{self._known(calendar, phase)}'"
        return self._asked(f"from decisions {where} order by phase, occurrence_at, play, member_id", calendar=calendar)

    def _known(self, calendar: str, phase: str) -> str:
        """The id of a phase that the calendar has. UsageError: it has none of that name."""
        from campaign_calendars.findings.finding import suggestion

        phases = [each.id for each in self._rt.load_calendar(calendar).calendar.phases]
        if phase not in phases:
            raise UsageError(
                (f"calendar {calendar} has no phase {phase}", f"日历 {calendar} 没有阶段 {phase}"),
                suggestion(phase, phases),
            )
        return phase

    def facts(self, calendar: str, as_of: datetime | None = None) -> DataFrame:
        """Every person of every arm as of a moment (default: now), and what came of it.

        The columns of the tables `arms` and `facts` side by side.
        """
        return self._asked(_FACTS, calendar=calendar, as_of=as_of)

    def contrasts(self, calendar: str, as_of: datetime | None = None) -> DataFrame:
        """Treated against held out, with intervals and verdicts, as of a moment (default: now): as in the report."""
        return self._asked("from contrasts", calendar=calendar, as_of=as_of)

    def metrics(
        self,
        calendar: str,
        names: Sequence[str] | None = None,
        *,
        by: Grain = "calendar",
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
    ) -> DataFrame:
        """Figures of `promocal metrics` (default: those of the usual board), a row for each window and part.

        `numerator` and `denominator` are whole numbers, of money cents; `value` is empty unless `state` is `value`, and
        `lacks` then says what is missing. `since` and `until` are the window (default: that of the calendar).
        UsageError: no such metric, or it is not told by that grain.
        """
        from tasks.measuring.metrics import DASHBOARD, Asked, compute_metrics, told_by
        from warehouse.analysis.frames import frame_of_metrics

        _require_zones(since, until, as_of)
        with _remedy_told():
            wanted = tuple(names) if names is not None else tuple(one for one in DASHBOARD if told_by(one, by))
            asked = Asked(wanted, as_of or self._rt.clock(), by, since, until)
            return self._labelled(frame_of_metrics(compute_metrics(self._rt, calendar, asked)))

    def sql(self, query: str, *, calendar: str | None = None, as_of: datetime | None = None) -> DataFrame:
        """The answer to one `select` over the tables of `promocal sql`. UsageError: it cannot be asked."""
        return self._asked(query, calendar=calendar, as_of=as_of)

    def _asked(
        self, sql: str, *, calendar: str | None, as_of: datetime | None = None, audience: str | None = None
    ) -> DataFrame:
        from tasks.analysis.asking import Asking, asked
        from warehouse.analysis.frames import frame_of

        _require_zones(as_of)
        how = Asking(
            calendar=calendar, as_of=as_of, audience=audience, limit=self._timeout, unmasked_by=self._unmasked_by
        )
        with _remedy_told(), asked(self._rt, sql, how) as found:
            for note in found.notes:
                warnings.warn(note[0], stacklevel=3)
            return self._labelled(frame_of(found.answer))

    def _labelled(self, frame: DataFrame) -> DataFrame:
        """Every frame says whether what members did in it is real."""
        frame.attrs["simulated"] = self._rt.simulated
        return frame

    def close(self) -> None:
        """Give back what is open."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
