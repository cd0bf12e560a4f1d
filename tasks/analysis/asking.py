"""A question in SQL, answered from the published snapshot, the ledger, decision files and what is measured of arms.

Only what the question reads is brought in. Snapshot tables are read where they are. The ledger is read through its
own port, whichever database it lives in, in one pass and batches: DuckDB could attach SQLite only, and a database
that others write is not to be attached by a process that shows rows to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.metrics.metric import GRAINS
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.masking import masked_words
from tasks.analysis.contrasting import contrast_rows
from tasks.deciding.decisions import rows_of
from tasks.measuring.learning import pseudonym_salt
from tasks.measuring.measure import effects_of
from tasks.measuring.metrics import Asked as Measured
from tasks.measuring.metrics import compute_together, told_by
from tasks.measuring.opening import measuring, runs_before
from tasks.planning.audience_shown import find_audience
from tasks.runtime import Runtime, feature_params

if TYPE_CHECKING:
    from warehouse.analysis.answers import Answer, RecordBatchReader
    from warehouse.analysis.question import Question
    from warehouse.analysis.session import AnalysisSession
    from warehouse.ledger.records import Run
    from warehouse.measurement import MeasurementSession
    from warehouse.snapshots.snapshot import Snapshot

LIMIT = timedelta(seconds=60)
_LONGEST = 500
_QUOTED = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a question is asked."""

    calendar: str | None = None
    """Only what this calendar decided, sent and measured; features are as it sees them."""
    as_of: datetime | None = None
    """Moment of features (default: the snapshot's), and of arms, facts, contrasts and metrics (default: now)."""
    audience: str | None = None
    """Only features of the members of this audience."""
    zone: str | None = None
    """Time zone of moments; default: the calendar's."""
    limit: timedelta = LIMIT
    """How long it may take."""
    unmasked_by: str | None = None
    """Who sees personal data as they are; None: they are masked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer that is being read, and what it was read from."""

    snapshot_id: str
    zone: str
    answer: Answer
    notes: tuple[Said, ...]
    """What could not be had: calendars with problems, decision files that are gone."""
    simulated: bool = False
    """Whether members responded by a model, so that nothing they did is real."""


@contextmanager
def asked(rt: Runtime, sql: str, how: Asking) -> Iterator[Asked]:
    """Ask, and read the answer inside the `with`. UsageError: the question cannot be asked, or not like this."""
    from warehouse.analysis.question import read_question
    from warehouse.analysis.session import AnalysisSession

    question = read_question(sql)
    snapshot = rt.current_snapshot()
    calendars = _Calendars(rt, how.calendar)
    zone = how.zone or calendars.zone()
    if how.unmasked_by is not None:
        _note_unmasked(rt, sql, how.unmasked_by)
    salt = pseudonym_salt(rt) if how.unmasked_by is None else None
    warehouse = rt.settings.warehouse
    with AnalysisSession(
        snapshot, zone=zone, salt=salt, threads=warehouse.threads, memory_limit=warehouse.memory_limit
    ) as session:
        _Filling(rt, how, snapshot, calendars).fill(session, question)
        answer = session.ask(question, how.limit)
        yield Asked(snapshot.snapshot_id, zone, answer, tuple(calendars.notes), rt.simulated)


def _note_unmasked(rt: Runtime, sql: str, by: str) -> None:
    from warehouse.ledger.audit import unmasked

    if not by.strip():
        raise UsageError(
            ("personal data are shown to somebody by name", "查看未脱敏的个人信息须写明由谁"),
            ("write --unmasked --by NAME; it is kept in the audit log", "请写 --unmasked --by 姓名；会记入审计日志"),
        )
    # Names and the like stand in quotes.
    told = masked_words(_QUOTED.sub("'…'", " ".join(sql.split())))
    # The note comes first: who was shown something is known even if the answer breaks off.
    rt.ledger.note(unmasked(told[:_LONGEST], by.strip(), rt.clock()))


class _Calendars:
    """The calendars that are asked about, each read once; those with problems become notes, unless they were named."""

    def __init__(self, rt: Runtime, named: str | None) -> None:
        self._rt, self._named = rt, named
        self._loaded: dict[str, LoadedCalendar | None] = {}
        self.notes: list[Said] = []
        self.id = rt.load_calendar(named).calendar.calendar if named is not None else None
        """The id of the calendar that was named."""

    def all(self) -> Iterator[LoadedCalendar]:
        for name in [self._named] if self._named is not None else self._rt.calendar_ids():
            if (loaded := self._load(name)) is not None:
                yield loaded

    def zone(self) -> str:
        """The zone of the first calendar that can be read; UTC where there is none."""
        return next((loaded.calendar.timezone.key for loaded in self.all()), "UTC")

    def one(self) -> LoadedCalendar:
        """The calendar that says what features are: the one that was named, or the only one. UsageError: none is."""
        if self._named is not None:
            return self._rt.load_calendar(self._named)
        names = self._rt.calendar_ids()
        if len(names) == 1:
            return self._rt.load_calendar(names[0])
        some = ", ".join(names) or "–"
        raise UsageError(
            (
                f"features are as one calendar sees them; the project has these: {some}",
                f"features 以某一个日历的口径计算；项目中的日历：{some}",
            ),
            (
                "name one: --calendar NAME, in Python calendar='NAME'",
                "请指定一个：--calendar 日历；Python 中写 calendar='日历'",
            ),
        )

    def runs(self) -> list[Run]:
        return self._rt.ledger.runs(self.id)

    def _load(self, name: str) -> LoadedCalendar | None:
        if name not in self._loaded:
            try:
                self._loaded[name] = self._rt.load_calendar(name)
            except ProblemsFoundError:
                self._loaded[name] = None
                self.notes.append(
                    (
                        f"calendar {name} has problems and is left out of arms and facts: promocal check {name}",
                        f"日历 {name} 有问题，arms 与 facts 中不含它：promocal check {name}",
                    )
                )
        return self._loaded[name]


@dataclass(frozen=True, slots=True)
class _Filling:
    """Brings in what a question reads, and nothing else."""

    rt: Runtime
    how: Asking
    snapshot: Snapshot
    calendars: _Calendars

    def fill(self, session: AnalysisSession, question: Question) -> None:
        read = question.tables
        if "features" in read:
            session.load_features(self._features(question))
        if "decisions" in read:
            session.load_decisions(self._decision_files())
        if "jobs" in read:
            session.load("jobs", self._jobs())
        if "grants" in read:
            session.load("grants", self._grants())
        if read & {"arms", "facts"}:
            session.load_assigned(self._assigned())
        if "contrasts" in read:
            session.load("contrasts", self._contrasts())
        if "metrics" in read:
            session.load("metrics", self._metrics())

    def _features(self, question: Question) -> Iterator[RecordBatchReader]:
        from warehouse.analysis.tables import tables

        found = None if self.how.audience is None else find_audience(self.rt, self.how.audience, self.how.calendar)
        loaded = self.calendars.one() if found is None else found.loaded
        columns, names = tables()["features"].columns, question.names
        wanted = (
            None if names is None or found is not None else {each.kept_as for each in columns if each.name in names}
        )
        pools = {benefit: made.pool for benefit, made in loaded.calendar.benefits.items()}
        with self.rt.open_session(self.snapshot) as computing:
            computing.load_history(self.rt.ledger, loaded.calendar.calendar, pools=pools, run=None)
            moment = self.how.as_of or self.snapshot.as_of
            where = "true" if found is None else found.expression.sql
            yield computing.features(moment, feature_params(loaded), wanted, where=where)

    def _decision_files(self) -> list[Path]:
        runs = [run for run in self.calendars.runs() if run.decision_sha]
        found = [(run, rows_of(self.rt, run)) for run in runs]
        if lacking := [run.run_id for run, path in found if path is None]:
            count, one = len(lacking), lacking[0]
            self.calendars.notes.append(
                (
                    f"the rows of {count} run(s) are gone; make them again: promocal decisions {one}",
                    f"{count} 次运行的明细已丢失；重新生成：promocal decisions {one}",
                )
            )
        return [path for _, path in found if path is not None]

    def _jobs(self) -> Iterator[tuple[object, ...]]:
        ledger, calendar = self.rt.ledger, self.calendars.id
        runs = [None] if calendar is None else [run.run_id for run in self.calendars.runs()]
        for job in chain.from_iterable(ledger.jobs(run) for run in runs):
            yield (
                *(job.run_id, job.calendar, job.phase, job.play, job.occurrence_at, job.member_id, job.channel),
                *(job.benefit, job.status, job.attempts, job.not_before, job.expires_at, job.sent_at, job.in_doubt),
                *(job.arm, masked_words(job.error) if job.error else None, job.cost_cents),
            )

    def _grants(self) -> Iterator[tuple[object, ...]]:
        for one in self.rt.ledger.grant_rows(self.calendars.id, over=True):
            yield (
                *(one.calendar, one.phase, one.play, one.member_id, one.benefit, one.granted_at, one.valid_until),
                *(one.used_at, one.cost_cents, one.held_cents, one.points),
            )

    def _assigned(self) -> Iterator[RecordBatchReader]:
        for _, session in self._measuring():
            yield session.assigned()

    def _contrasts(self) -> Iterator[tuple[object, ...]]:
        for loaded, session in self._measuring():
            jobs = self.rt.ledger.job_counts(calendar=loaded.calendar.calendar, before=session.as_of)
            effects = effects_of(self.rt, loaded, session, jobs)
            yield from contrast_rows(loaded.calendar.calendar, effects)

    def _metrics(self) -> Iterator[tuple[object, ...]]:
        from campaign_calendars.measuring.metrics.catalogue import metric_ids

        for loaded in self.calendars.all():
            grains = [grain for grain in GRAINS if grain != "wave" or loaded.timeline.waves]
            asked = [
                Measured(tuple(name for name in metric_ids() if told_by(name, grain)), self._moment(), grain)
                for grain in grains
            ]
            for found in compute_together(self.rt, loaded, asked):
                yield from (
                    (
                        *(
                            found.calendar,
                            found.by,
                            one.metric,
                            one.key,
                            " ".join(one.part),
                            one.starts_at,
                            one.ends_at,
                        ),
                        *(one.state, one.numerator, one.denominator, one.value, one.lacks),
                    )
                    for one in found.figures
                )

    def _moment(self) -> datetime:
        return self.how.as_of or self.rt.clock()

    def _ran(self) -> Iterator[tuple[LoadedCalendar, list[Run]]]:
        """The calendars that ran before the moment that is asked, with their runs."""
        for loaded in self.calendars.all():
            if runs := runs_before(self.rt, loaded, self._moment()):
                yield loaded, runs

    def _measuring(self) -> Iterator[tuple[LoadedCalendar, MeasurementSession]]:
        """Of each calendar that ran, the open session as of the moment that is asked."""
        for loaded, runs in self._ran():
            with measuring(self.rt, loaded, self.snapshot, self._moment(), runs) as session:
                yield loaded, session
