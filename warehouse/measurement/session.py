"""Measure a calendar from a snapshot, its decision files and the ledger's contacts and grants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from campaign_calendars.deciding.blocks import Announced, TierClock
from campaign_calendars.deciding.uses import UseRule
from campaign_calendars.findings.problem import Problem
from campaign_calendars.measuring.figures import (
    CostSum,
    DayFigures,
    Excluded,
    Funnel,
    PhaseSales,
    PresaleSales,
    Redeemed,
    WaveFunnel,
    WaveRepeats,
)
from campaign_calendars.measuring.forecasting import PastResult
from campaign_calendars.measuring.lift import Arm
from campaign_calendars.measuring.texts import Answers
from campaign_calendars.measuring.truth import TrueFigures
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.timeline import Timeline
from warehouse.accounting.naming import given_by_others, ids_of
from warehouse.accounting.settling import recognise, spent_by_grant
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import literal, sql_files
from warehouse.features import history
from warehouse.ledger.port import Ledger
from warehouse.measurement.arms import sums_of_arms
from warehouse.measurement.candidates import look_into
from warehouse.measurement.following import Days, Followed, follow
from warehouse.measurement.off_days import audit_off_days
from warehouse.measurement.redemptions import audit_redemptions
from warehouse.measurement.region_arms import regions_of_programme
from warehouse.measurement.regions import RegionSums
from warehouse.measurement.results import measured_results
from warehouse.measurement.truth import true_figures
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.opening import open_snapshot

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

_SQL = sql_files(__package__)

R = TypeVar("R")
_SMALLEST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PhaseWindow:
    """A phase's span, aware and half open."""

    phase: str
    starts_at: datetime
    ends_at: datetime


class MeasurementSession:
    """Reads only. Rows come back as records with the column names of the SQL files."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        calendar: str,
        windows: Sequence[PhaseWindow],
        as_of: datetime,
        threads: int = 2,
        memory_limit: str = "2GB",
    ) -> None:
        self._con = open_snapshot(snapshot, threads=threads, memory_limit=memory_limit)
        self._calendar = calendar
        self._windows = windows
        self._moment = as_of
        self._known_at = snapshot.as_of
        self._connected = {each.dataset for each in snapshot.build.inputs}
        self._as_of = utc_naive(as_of)
        history.create_tables(self._con)
        self._con.execute(
            "create or replace temp table phase_windows (phase varchar, starts_at timestamp, ends_at timestamp)"
        )
        self._con.execute("create or replace temp table posts (phase varchar, play varchar)")
        split_plays = "phase varchar, play varchar, split varchar, part bigint"
        self._con.execute(f"create or replace temp table split_plays ({split_plays})")
        append_rows(self._con, "phase_windows", ((w.phase, w.starts_at, w.ends_at) for w in windows))
        self._con.execute(_SQL["facts"], {"as_of": self._as_of})
        self._everybodys: Collection[str] = ()

    @property
    def as_of(self) -> datetime:
        """The moment that is measured."""
        return self._moment

    @property
    def known_at(self) -> datetime:
        """The moment up to which the snapshot knows orders."""
        return self._known_at

    def load(
        self,
        ledger: Ledger,
        decision_files: Iterable[Path],
        *,
        pools: Mapping[str, str | None],
        rules: Iterable[UseRule] = (),
        everybodys: Collection[str] = (),
        announced: Sequence[Announced] = (),
        tiers: TierClock | None = None,
        message_costs: Mapping[str, int] | None = None,
        posts: Iterable[tuple[str, str]] = (),
        splits: Iterable[tuple[str, str, str, int]] = (),
    ) -> None:
        """Bring in what was decided and what the ledger says became of it.

        Uses are told by `rules`; `everybodys` are benefits that need no grant, and `announced` those that apply
        themselves. `message_costs`: channel → cents of a message of which the ledger does not know what it cost.
        `posts`: the plays (phase, play) whose messages go to groups, whatever their ids look like. `splits`: phase,
        play, key of the split, and the part of it the play is for.
        """
        append_rows(self._con, "posts", posts)
        append_rows(self._con, "split_plays", splits)
        look_into(self._con, decision_files)
        self._everybodys = everybodys
        self._load_history(ledger, pools, message_costs or {})
        history.as_persons(self._con, ["contacts", "grants"])
        for name in ("first_assignments", "programme_members", "first_offers"):
            asked = {"as_of": self._as_of}
            self._con.execute(_SQL[name], {key: value for key, value in asked.items() if f"${key}" in _SQL[name]})
        self._recognise(ledger, list(rules), announced, tiers)
        self._sum_arms()

    def _load_history(self, ledger: Ledger, pools: Mapping[str, str | None], message_costs: Mapping[str, int]) -> None:
        calendar = self._calendar
        self._con.execute("alter table contacts add column cost_cents bigint")
        # What waits, may have arrived or was sent after the moment has reached nobody yet.
        ends_at = max(w.ends_at for w in self._windows)
        history.load_contacts(self._con, ledger.left_rows(min(self._moment, ends_at + _SMALLEST)))
        self._con.execute("create or replace temp table prices (channel varchar, cents bigint)")
        append_rows(self._con, "prices", message_costs.items())
        self._con.execute(_SQL["message_costs"])
        history.load_grants(
            self._con,
            (
                (
                    g.member_id,
                    calendar,
                    g.phase,
                    g.play,
                    g.benefit,
                    pools.get(g.benefit),
                    g.granted_at,
                    g.cost_cents,
                    None,
                )
                for g in ledger.grant_rows(calendar, over=True)
            ),
        )

    def _recognise(
        self, ledger: Ledger, rules: Sequence[UseRule], announced: Sequence[Announced], tiers: TierClock | None
    ) -> None:
        """Uses by the rules of the books, as far as they were known at the moment of measuring."""
        calendar = self._calendar
        ids = ids_of(ledger, calendar)
        others = given_by_others(ledger, calendar, {rule.benefit for rule in rules}, ids)
        mine = (row for row in ledger.given_rows(calendar) if row.granted_at < self._moment)
        recognise(
            self._con,
            calendar,
            chain(mine, others),
            rules,
            known_at=self._moment,
            platform_ids=ids,
            announced=announced,
            tiers=tiers,
        )

    def _sum_arms(self) -> None:
        """What every person of an arm bought and cost, as the table `arm_members`."""
        con = self._con
        ends_at = max(w.ends_at for w in self._windows)
        spent_by_grant(con, self._calendar, known_at=self._moment, ends_at=ends_at, connected=self._connected)
        asked = {"calendar": self._calendar, "as_of": self._as_of, "ends_at": utc_naive(ends_at)}
        con.execute(_SQL["costs"], asked)
        con.execute(_SQL["member_costs"])
        con.execute(_SQL["assigned_to_arms"], {"ends_at": asked["ends_at"]})
        self._add_up("assigned_to_arms")
        con.execute(_SQL["arm_members"], {"calendar": self._calendar, "as_of": self._as_of})
        con.execute(_SQL["benefit_members"])

    def _add_up(self, members: str) -> None:
        """What the persons of a table paid around their assignment, as the table of its name with `_bought`."""
        self._con.execute(_SQL["bought"].format(members=members), {"as_of": self._as_of})

    def arms(self) -> dict[tuple[str, str], dict[str, Arm]]:
        """(phase, play) → name of the arm → its sums; of the whole programme under ("", "")."""
        found: dict[tuple[str, str], dict[str, Arm]] = {}
        for (phase, play), arm, sums in sums_of_arms(self._con, "arm_members", "phase", "play"):
            found.setdefault((phase, play), {})[arm] = sums
        return found

    def regions(self) -> tuple[list[RegionSums], int]:
        """The regions of the programme's arms with their sums, and how many persons of them have none."""
        return regions_of_programme(self._con)

    def assigned(self) -> RecordBatchReader:
        """Every person of every arm with what came of it, in batches; columns as in `assigned_rows.sql`."""
        ends_at = utc_naive(max(w.ends_at for w in self._windows))
        asked = {"calendar": self._calendar, "ends_at": ends_at}
        return self._con.sql(_SQL["assigned_rows"], params=asked).to_arrow_reader()

    def benefit_arms(self) -> dict[tuple[str, str], dict[str, dict[str, Arm]]]:
        """(phase, play) → benefit → name of the arm → its sums: members treated with it, and held out who would have
        had it.
        """
        found: dict[tuple[str, str], dict[str, dict[str, Arm]]] = {}
        for (phase, play, benefit), arm, sums in sums_of_arms(self._con, "benefit_members", "phase", "play", "benefit"):
            found.setdefault((phase, play), {}).setdefault(benefit, {})[arm] = sums
        return found

    def split_arms(self) -> dict[tuple[str, str], dict[str, Arm]]:
        """(phase, key of the split) → part → its sums, over everybody in its audience."""
        self._con.execute(_SQL["assigned_to_splits"], {"as_of": self._as_of})
        self._add_up("assigned_to_splits")
        self._con.execute(_SQL["split_members"], {"as_of": self._as_of, "calendar": self._calendar})
        found: dict[tuple[str, str], dict[str, Arm]] = {}
        for (phase, split), part, sums in sums_of_arms(self._con, "split_members", "phase", "split"):
            found.setdefault((phase, split), {})[part] = sums
        return found

    def costs(self) -> list[CostSum]:
        """What the calendar cost by phase, play, benefit or channel, and tier."""
        return self._rows(CostSum, "cost_sums")

    def text_answers(
        self, rows: Iterable[tuple[str, str, datetime]], ends_at: datetime, clicks: str
    ) -> dict[str, Answers]:
        """Text → what it came to; `rows`: member, text and moment of the messages, `clicks`: kind of events."""
        columns = "member_id varchar, text varchar, assigned_at timestamp, ends_at timestamp"
        self._con.execute(f"create or replace temp table texts_read ({columns})")
        append_rows(self._con, "texts_read", ((member, text, at, ends_at) for member, text, at in rows))
        history.as_persons(self._con, ["texts_read"])
        self._con.execute(_SQL["texts"], {"clicks": clicks, "as_of": self._as_of})
        clicked = dict(
            self._con.execute("select arm, count(*) filter (clicked) from text_members group by 1").fetchall()
        )
        arms = {text: sums for _, text, sums in sums_of_arms(self._con, "text_members", "phase")}
        return {text: Answers(sums.members, clicked[text], sums.buyers, sums) for text, sums in arms.items()}

    def presale(self, windows: Sequence[tuple[datetime, datetime, datetime]]) -> PresaleSales:
        """Orders paid in stages; `windows` say until when balances of orders placed from, to can be paid."""
        con = self._con
        con.execute(
            "create or replace temp table balance_windows"
            " (placed_from timestamp, placed_until timestamp, due_until timestamp)"
        )
        append_rows(con, "balance_windows", windows)
        starts_at = utc_naive(min(w.starts_at for w in self._windows))
        ends_at = utc_naive(max(w.ends_at for w in self._windows))
        [row] = self._rows(PresaleSales, "presale", as_of=self._as_of, starts_at=starts_at, ends_at=ends_at)
        return row

    def truth(self, files: Sequence[Path]) -> list[TrueFigures] | None:
        """What plays really added, by the files of a generated world; None where they are not of this snapshot."""
        ends_at = max(w.ends_at for w in self._windows)
        return true_figures(
            self._con, files, calendar=self._calendar, as_of=self._moment, known_at=self._known_at, ends_at=ends_at
        )

    def funnel(self) -> list[Funnel]:
        return self._rows(Funnel, "funnel", calendar=self._calendar)

    def wave_repeats(self, spans: Iterable[tuple[str, datetime, datetime]]) -> list[WaveRepeats]:
        """Of each wave (id, first moment, end) how many buyers of the one before it bought again, as they began."""
        self._con.execute(
            "create or replace temp table wave_spans"
            " (number bigint, wave varchar, starts_at timestamp, ends_at timestamp)"
        )
        now = utc_naive(self._moment)
        rows = sorted((utc_naive(start), utc_naive(end), wave) for wave, start, end in spans if utc_naive(start) < now)
        append_rows(self._con, "wave_spans", ((n, wave, start, end) for n, (start, end, wave) in enumerate(rows)))
        return self._rows(WaveRepeats, "wave_repeats")

    def waves(self, phases: Iterable[tuple[str, str]]) -> list[WaveFunnel]:
        """Of each wave, by pairs of a wave and one of its phases: a member counts once, whatever phases reached him."""
        self._con.execute("create or replace temp table wave_phases (wave varchar, phase varchar)")
        append_rows(self._con, "wave_phases", phases)
        return self._rows(WaveFunnel, "waves", calendar=self._calendar)

    def phase_sales(self) -> list[PhaseSales]:
        return self._rows(PhaseSales, "phase_sales", as_of=self._as_of)

    def redeemed(self) -> list[Redeemed]:
        return self._rows(Redeemed, "redeemed", calendar=self._calendar)

    def exclusions(self) -> list[Excluded]:
        return self._rows(Excluded, "exclusions")

    def days(self, zone: str, first: date, last: date) -> list[DayFigures]:
        """Every local day from first to last, those without messages and orders too."""
        return self._rows(
            DayFigures,
            "days",
            calendar=self._calendar,
            zone=zone,
            first_day=first,
            last_day=last,
            starts_at=utc_naive(min(w.starts_at for w in self._windows)),
            ends_at=utc_naive(max(w.ends_at for w in self._windows)),
        )

    def followed(self, audiences: Mapping[tuple[str, str], str], days: Days) -> Followed:
        """The campaign by day, channel and audience; `audiences`: (phase, play) → its audience."""
        ends_at = max(w.ends_at for w in self._windows)
        return follow(self._con, self._calendar, audiences, as_of=self._moment, ends_at=ends_at, days=days)

    def results(
        self, store: str, *, kinds: Mapping[str, str], full_costs: Mapping[str, int], currency: str = ""
    ) -> list[PastResult]:
        """What became of each phase and play with messages; arguments as in `measured_results`."""
        return measured_results(
            self._con,
            calendar=self._calendar,
            store=store,
            kinds=kinds,
            full_costs=full_costs,
            connected=self._connected,
            currency=currency,
        )

    def write_outcomes(self, path: Path, *, kinds: Mapping[str, str], faces: Mapping[str, int], salt: str) -> None:
        """What became of every member assigned to an arm of a play, as Parquet in one fixed order, under pseudonyms.

        `kinds` of phases, `faces` of coupons in cents.
        """
        con = self._con
        con.execute("create or replace temp table phase_kinds (phase varchar, kind varchar)")
        append_rows(con, "phase_kinds", kinds.items())
        con.execute("create or replace temp table benefit_faces (benefit varchar, face_cents bigint)")
        append_rows(con, "benefit_faces", faces.items())
        given = {"salt": salt, "calendar": self._calendar, "as_of": self._as_of}
        con.execute(f"create or replace temp table outcomes as {_SQL['outcomes']}", given)
        partial = path.with_suffix(".partial")
        con.execute(
            f"copy (select * from outcomes order by phase, play, member, arm) to {literal(partial)}"
            " (format parquet, compression zstd)"
        )
        partial.replace(path)

    def audit_redemptions(self) -> list[Problem]:
        """Redemptions without a grant or outside their phase, as problems."""
        return audit_redemptions(self._con, calendar=self._calendar, as_of=self._moment, everybodys=self._everybodys)

    def audit_off_days(self, calendar: Calendar, timeline: Timeline) -> list[Problem]:
        """Early-bird prices that were had on another day, and planned prices that they break."""
        return audit_off_days(self._con, calendar, timeline)

    def _rows(self, record: type[R], name: str, **parameters: object) -> list[R]:
        cursor = self._con.execute(_SQL[name], parameters)
        names = [column[0] for column in cursor.description or ()]
        return [record(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]

    def close(self) -> None:
        self._con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
