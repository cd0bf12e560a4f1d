"""Settings → the opened parts a run needs: ledger, snapshots, channels, calendars, the clock.

Parts open when first used, so a command pays only for what it touches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from campaign_calendars.findings.problem import has_errors
from campaign_calendars.findings.said import Tell
from campaign_calendars.findings.unknown import no_such
from tasks.journal import open_journal
from tasks.private import keep_private
from tasks.replayed import Replayed, confined, living_in, read_record, replay_state, simulated_folder
from tasks.settings import Settings, SourceSection, load_settings

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from tasks.channels.port import ChannelPort
    from warehouse.decision.session import DecisionSession, RunKey
    from warehouse.features.params import FeatureParams
    from warehouse.ledger.port import Ledger
    from warehouse.ledger.records import Run
    from warehouse.snapshots.opening import Connection
    from warehouse.snapshots.snapshot import Snapshot
    from warehouse.sources import SourceSpec

Clock = Callable[[], datetime]


class SessionKeeper(Protocol):
    """Whoever keeps a decision session open from one run to the next (see `tasks.deciding.sessions`)."""

    def lend(
        self, rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, run: RunKey, memory: timedelta
    ) -> DecisionSession: ...

    def connect(self, rt: Runtime, snapshot: Snapshot) -> Connection:
        """A connection to a snapshot, for those who only look things up."""

    def close(self) -> None: ...


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Runtime:
    """A project's opened parts, closed at the end of a `with`. `clock` is the only source of the present."""

    settings: Settings
    clock: Clock = system_clock
    progress: Tell = field(default=lambda _: None)
    kept: SessionKeeper | None = None
    replayed: Replayed | None = None
    """The finished replay that this state is of."""
    changes: tuple[str, ...] = ()
    """Figures that are tried in place of those of calendars and stores, as of a replay beside another."""

    @property
    def simulated(self) -> bool:
        """Whether members responded by a model, so that nothing they did is real."""
        return self.replayed is not None and self.replayed.simulated

    @property
    def warehouse_dir(self) -> Path:
        return self.settings.state / "warehouse"

    @property
    def decisions_dir(self) -> Path:
        return self.settings.state / "decisions"

    @property
    def plans_dir(self) -> Path:
        return self.settings.state / "plans"

    @property
    def reports_dir(self) -> Path:
        return self.settings.state / "reports"

    @cached_property
    def ledger(self) -> Ledger:
        from warehouse.ledger.sql import SqlLedger

        self.settings.state.mkdir(parents=True, exist_ok=True)
        return SqlLedger(self.settings.ledger_url())

    @cached_property
    def channels(self) -> Mapping[str, ChannelPort]:
        from tasks.channels.registry import open_channels

        return open_channels(self.settings)

    def calendar_path(self, name: str) -> Path:
        """A calendar's file, by path or by id."""
        from tasks.calendars.lookup import own_calendar

        return own_calendar(name, self.settings.root, self.settings.project.calendars)

    def load_calendar(self, name: str) -> LoadedCalendar:
        """Read and check a calendar; UsageError when there is none, ProblemsFoundError when it has errors."""
        from tasks.calendars.changed import changed
        from tasks.calendars.checking import read_calendar
        from tasks.calendars.codes import with_codes
        from tasks.calendars.learned import with_learned
        from tasks.calendars.lookup import shipped_calendars

        path = self.calendar_path(name)
        if path != Path(name) and not path.exists():
            if name in shipped_calendars():
                raise _not_added(name)
            raise no_such("calendar", name, self.calendar_ids())
        loaded, problems = read_calendar(path, stores=self.settings.root / self.settings.project.stores)
        if loaded is None or has_errors(problems):
            raise ProblemsFoundError(
                problems, (f"calendar {name} has problems; nothing was run", f"日历 {name} 有问题；没有运行")
            )
        whole = with_codes(with_learned(loaded, self.settings.state), self.settings.root)
        return changed(whole, self.changes) if self.changes else whole

    def id_of(self, loaded: LoadedCalendar) -> str:
        """The id under which a calendar runs. UsageError: its file is not where later runs look for that id.

        Ledger, history and budget know a calendar by its id alone; under a second name it would start anew, and what
        was sent would be sent again.
        """
        name = loaded.calendar.calendar
        place = self.calendar_path(name)
        if place.resolve() != Path(loaded.file).resolve():
            raise UsageError(
                (f"{loaded.file} holds the calendar {name}", f"{loaded.file} 中的日历是 {name}"),
                (f"Runs look for it in {place}: move it there.", f"运行时在 {place} 查找：请移到该处。"),
            )
        return name

    def calendar_ids(self) -> list[str]:
        folder = self.settings.root / self.settings.project.calendars
        return sorted(path.stem for path in folder.glob("*.yaml"))

    def find_run(self, run_id: str) -> Run:
        """A run of the ledger, by its whole id. UsageError: there is none."""
        found = self.ledger.run(run_id)
        if found is None:
            known = (run.run_id for run in self.ledger.runs())
            raise no_such("run", run_id, known, ("see promocal status", "见 promocal status"))
        return found

    def sources(self) -> list[SourceSpec]:
        if not self.settings.sources:
            raise UsageError(
                ("no sources are configured", "没有配置数据源"),
                (
                    "add [sources.members] and [sources.orders] to promocal.toml",
                    "请在 promocal.toml 中添加 [sources.members] 与 [sources.orders]",
                ),
            )
        return [self._source(dataset, section) for dataset, section in sorted(self.settings.sources.items())]

    def _source(self, dataset: str, section: SourceSection) -> SourceSpec:
        """A section with its secrets."""
        from warehouse.sources.port import spec_of

        return spec_of(
            dataset,
            section.kind,
            section.keys,
            lambda variable: self.settings.secret("", variable, f"sources.{dataset}"),
            timezone=section.timezone or self._timezone_of(section.mapping),
            columns=dict(section.columns),
            mapping=section.mapping,
            guests=section.guests,
            tolerances=dict(section.tolerances),
        )

    def _timezone_of(self, mapping: str) -> str:
        from warehouse.sources.mapping import load_map

        return (load_map(mapping, self.settings.root).timezone if mapping else "") or "UTC"

    def current_snapshot(self) -> Snapshot:
        from warehouse.shelf.shelf import current_snapshot

        return current_snapshot(self.warehouse_dir)

    def find_snapshot(self, snapshot_id: str) -> Snapshot:
        from warehouse.shelf.shelf import find_snapshot

        return find_snapshot(self.warehouse_dir, snapshot_id)

    def open_session(self, snapshot: Snapshot) -> DecisionSession:
        from warehouse.decision.session import DecisionSession

        warehouse = self.settings.warehouse
        return DecisionSession(snapshot, threads=warehouse.threads, memory_limit=warehouse.memory_limit)

    def look_into(self, snapshot: Snapshot) -> Connection:
        """A connection with a snapshot attached, for tables of one's own; whoever asks for it closes it."""
        from warehouse.snapshots.opening import beside

        return self.open_snapshot(snapshot) if self.kept is None else beside(self.kept.connect(self, snapshot))

    def open_snapshot(self, snapshot: Snapshot) -> Connection:
        """A connection of its own with a snapshot attached, with the threads and the memory of the settings."""
        from warehouse.snapshots.opening import open_snapshot

        warehouse = self.settings.warehouse
        return open_snapshot(snapshot, threads=warehouse.threads, memory_limit=warehouse.memory_limit)

    def close(self) -> None:
        """Give back what is open; whatever is used afterwards opens anew."""
        if self.kept is not None:
            self.kept.close()
        if (ledger := self.__dict__.pop("ledger", None)) is not None:
            ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_runtime(project_dir: Path | str, *, clock: Clock = system_clock, progress: Tell | None = None) -> Runtime:
    """Open the project in `project_dir`; to be used in a `with`. The clock of a finished replay stands at its end.

    What this process writes from now on is its owner's alone, see `tasks.private`.
    """
    keep_private()
    settings = load_settings(Path(project_dir))
    if settings.journal:
        open_journal(settings.journal, settings.root)
    rt = Runtime(settings, clock) if progress is None else Runtime(settings, clock, progress)
    return rt if (record := read_record(settings.state)) is None else _as_replayed(rt, record)


def finished_replay(rt: Runtime, calendar_id: str) -> Runtime:
    """The last replay of a calendar in the project of `rt`, to be explored. UsageError: none has ended."""
    state = replay_state(rt.settings, calendar_id)
    if (record := read_record(state)) is None:
        if not rt.calendar_path(calendar_id).exists():
            raise no_such("calendar", calendar_id, rt.calendar_ids())
        raise UsageError(
            (f"there is no finished replay of {calendar_id}", f"没有 {calendar_id} 已完成的回放"),
            (f"make one: promocal replay {calendar_id}", f"请先运行：promocal replay {calendar_id}"),
        )
    return _as_replayed(replace(rt, settings=confined(rt.settings, state)), record)


def _as_replayed(rt: Runtime, record: Replayed) -> Runtime:
    settings = confined(rt.settings, rt.settings.state)
    if (lived := simulated_folder(settings.state)).is_dir():
        settings = living_in(settings, lived)
    return replace(rt, settings=settings, clock=lambda: record.until, replayed=record)


def feature_params(loaded: LoadedCalendar) -> FeatureParams:
    """What the feature models need of a calendar and its store."""
    from campaign_calendars.model.programme import tier_rules
    from campaign_calendars.time.sale import bought_since
    from warehouse.features.params import FeatureParams

    store, timeline = loaded.store, loaded.timeline
    joining = store.join_threshold
    return FeatureParams(
        timezone=loaded.calendar.timezone.key,
        lifecycle_days=store.lifecycle.days,
        tier_window_days=store.tiers.window.days,
        tiers=tuple((level.id, level.spend or 0) for level in store.tiers.levels),
        tier_rules=tier_rules(store.tiers, loaded.calendar.timezone),
        member_definition=store.member_definition,
        campaign_from=timeline.campaign.start,
        bought_from=bought_since(loaded.calendar, timeline),
        balance_windows=tuple(
            (window.placed.start, window.placed.end, window.due.start, window.due.end) for window in timeline.balances
        ),
        phases=tuple((name, span.start, span.end) for name, span in (timeline.phases | timeline.waves).items()),
        join_threshold=(joining.amount, joining.orders, joining.any_of) if joining else (None, None, True),
        value_weights=tuple(store.value_weights.model_dump().items()),
        category_bounds=tuple((name, bounds.days) for name, bounds in sorted(store.lifecycle.by_category.items())),
    )


def _not_added(name: str) -> UsageError:
    """The error about a calendar that comes with promocal and is none of the project's: nothing runs by it as it is."""
    return UsageError(
        (
            f"the calendar {name} comes with promocal and is not in this project",
            f"日历 {name} 为自带日历，不在本项目中",
        ),
        (
            f"take it over into the year you want: promocal new --from {name} --year YEAR",
            f"先把它移到所需年份并加入项目：promocal new --from {name} --year 年份",
        ),
    )
