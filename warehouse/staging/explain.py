"""What the sources of a project say, read and judged like a refresh would, and nothing published.

Every source is read into a database in memory and goes through staging with its rules. Values are
shown masked: a person who tests a source need not see anybody's phone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from campaign_calendars.findings.errors import ProblemsFoundError, PromocalError, SourceError, UsageError
from campaign_calendars.findings.problem import Location, Problem, SaidProblem, has_errors
from campaign_calendars.findings.said import Tell
from campaign_calendars.values.units import Ratio
from warehouse.identity.placeholders import placeholder_findings
from warehouse.models.catalogue import load_layer
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.doubts import doubt_currencies_between
from warehouse.sources.expressions import plain_word
from warehouse.sources.load import create_raw, understand_source
from warehouse.sources.masking import mask_value
from warehouse.sources.matching import rules_of
from warehouse.sources.reading import Part, Reading
from warehouse.sources.registry import is_table
from warehouse.staging.build import build_staging
from warehouse.staging.policy import Policy, policies_of

_EXAMPLES = 3
_SHOWN_ROWS = 5
_MOST_WORDS = 20
_MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class RejectedRows:
    """Rows of a source that break a rule."""

    rule: str
    """Name of the rule."""
    rows: int
    """How many."""
    places: tuple[str, ...]
    """The first of them, as `file:row`."""


@dataclass(frozen=True, slots=True)
class StateWord:
    """A state of orders."""

    written: str
    """As the source writes it."""
    read: str
    """As it was read; empty when it is not known."""
    rows: int
    """How many rows have it."""


@dataclass(frozen=True, slots=True)
class MomentRange:
    """What moments a column holds."""

    first: datetime
    """The earliest, in UTC."""
    last: datetime
    """The latest, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """One source, understood; `rows` = `accepted` + `copies` + the rows of `rejected`."""

    dataset: str
    """Dataset it fills."""
    mapping: str = ""
    """The column map it is read with; empty without one."""
    rows: int = 0
    """Rows of the dataset that were read: fewer than lines where lines are put together."""
    accepted: int = 0
    """Rows a refresh would accept."""
    copies: int = 0
    """Rows that say again, or said earlier, what an accepted row says."""
    limited: bool = False
    """Whether only the first rows of a database were read."""
    parts: tuple[Part, ...] = ()
    """The files, sheets or queries it is made of."""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Our column → the first values as they were read, masked."""
    missing: tuple[str, ...] = ()
    """Our columns that are not in the source."""
    rejected: tuple[RejectedRows, ...] = ()
    """Rows that break a rule, the most frequent first."""
    words: tuple[StateWord, ...] = ()
    """States of orders, the most frequent first."""
    dates: Mapping[str, MomentRange] = field(default_factory=dict)
    """Our column of moments → from when to when."""
    masked_phones: Ratio | None = None
    """Share of phones that are masked or cannot be dialled; null without phones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidReport(SourceFacts):
    """A tested source in one language."""

    problems: tuple[SaidProblem, ...]
    """What is wrong with it."""
    ok: bool
    """Whether it would load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport(SourceFacts):
    """A tested source, with what is wrong with it."""

    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        return not has_errors(self.problems)

    def said(self, lang: str = "en") -> SaidReport:
        """The report in one language, the form it has in JSON."""
        facts = {each.name: getattr(self, each.name) for each in fields(SourceFacts)}
        return SaidReport(**facts, problems=tuple(problem.said(lang) for problem in self.problems), ok=self.ok)


@dataclass(frozen=True, slots=True)
class TestedSources:
    """What was understood of the sources, before anything is loaded."""

    ok: bool
    """Whether all of them would load."""
    sources: tuple[SaidReport, ...]
    """One for each source that was tested."""


def explain_sources(
    sources: Sequence[SourceSpec],
    *,
    base_dir: Path,
    as_of: datetime,
    only: str = "",
    progress: Tell | None = None,
) -> list[SourceReport]:
    """Read the sources (`only` one of them is reported) and judge them. Never raises on what they hold.

    Of a database the first 200,000 rows are read. All sources are read even for one report, since
    rows refer to each other.
    """
    say = progress or (lambda _: None)
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as snap")
        con.execute("set TimeZone = 'UTC'")
        for dataset in DATASETS.values():
            create_raw(con, dataset)
        reports, currencies = {}, {}
        for spec in sorted(sources, key=lambda spec: list(DATASETS).index(spec.dataset)):
            say((f"reading {spec.dataset}", f"正在读取 {spec.dataset}"))
            reports[spec.dataset], currencies[spec.dataset] = _read(con, spec, base_dir)
        staged = build_staging(
            con,
            as_of=as_of,
            timezones={spec.dataset: spec.timezone for spec in sources},
            progress=say,
            policies=_policies(sources, reports, base_dir),
        )
        whole = reports.get("members")
        complete = whole is not None and whole.ok and not whole.limited
        chosen = [report for name, report in reports.items() if not only or name == only]
        mixed = doubt_currencies_between(currencies)
        findings = [*staged.findings, *placeholder_findings(con), *([mixed] if mixed else [])]
        return [_judged(con, report, findings, complete=complete) for report in chosen]


def _policies(sources: Sequence[SourceSpec], reports: Mapping[str, SourceReport], base_dir: Path) -> dict[str, Policy]:
    """The policies of the sources that could be read at all: a map with mistakes says nothing about guests."""
    return policies_of([spec for spec in sources if reports[spec.dataset].ok], base_dir)


def _read(con: duckdb.DuckDBPyConnection, spec: SourceSpec, base_dir: Path) -> tuple[SourceReport, list[str]]:
    """The source as it was read, before staging judges its rows, and the currencies it names."""
    reading, problems = _understood(con, spec, base_dir)
    report = SourceReport(
        dataset=spec.dataset,
        mapping=spec.mapping,
        rows=reading.rows,
        limited=is_table(spec) and reading.lines >= _MOST_ROWS,
        parts=tuple(reading.parts),
        problems=tuple(problems),
    )
    if not report.ok:
        create_raw(con, DATASETS[spec.dataset])
        return report, []
    found = {name for part in reading.parts for name in part.columns}
    names = DATASETS[spec.dataset].columns
    read = replace(
        report,
        missing=tuple(name for name in names if name not in found),
        columns={name: _examples(con, spec.dataset, name) for name in names if name in found},
        words=_states(con, spec, reading, base_dir),
        masked_phones=_masked_share(con, spec.dataset) if spec.dataset in {"members", "contact_points"} else None,
    )
    return read, list(reading.currencies)


def _understood(con: duckdb.DuckDBPyConnection, spec: SourceSpec, base_dir: Path) -> tuple[Reading, list[Problem]]:
    try:
        reading = understand_source(con, spec, base_dir, most_rows=_MOST_ROWS, words=True)
    except ProblemsFoundError as error:
        return Reading(), list(error.problems)
    except (SourceError, UsageError) as error:
        return Reading(), [_as_problem(spec, error)]
    return reading, reading.warnings


def _judged(
    con: duckdb.DuckDBPyConnection, report: SourceReport, findings: Sequence[Problem], *, complete: bool
) -> SourceReport:
    """The report with what staging made of its rows."""
    if not report.ok:
        return report
    name = report.dataset
    rejected = _rejected(con, name)
    accepted = _one(con, f"select count(*) from snap.stg_{name}")
    return replace(
        report,
        accepted=accepted,
        copies=report.rows - accepted - sum(each.rows for each in rejected),
        rejected=rejected,
        dates=_dates(con, name, report.columns),
        problems=(
            *report.problems,
            *(
                problem
                for problem in findings
                if problem.location.file == f"sources.{name}" and (complete or "unknown-member" not in problem.message)
            ),
        ),
    )


def _rejected(con: duckdb.DuckDBPyConnection, name: str) -> tuple[RejectedRows, ...]:
    rows = con.execute(
        """
        select rule, count(*), list(source_file || ':' || source_row order by source_file, source_row)[:?]
        from snap.quarantine where dataset = ? group by rule order by count(*) desc, rule
        """,
        [_SHOWN_ROWS, name],
    ).fetchall()
    return tuple(RejectedRows(rule, count, tuple(places)) for rule, count, places in rows)


def _dates(con: duckdb.DuckDBPyConnection, name: str, read: Container[str]) -> dict[str, MomentRange]:
    model = next(model for model in load_layer("staging") if model.dataset == name)
    ranges = {}
    for column, kind in model.columns.items():
        # What was made of other columns, or stands for a cell that cannot be read, nobody wrote.
        if kind.type == "timestamp" and column in read:
            first, last = con.execute(
                f"""
                select min(staged."{column}"), max(staged."{column}")
                from snap.stg_{name} as staged
                join raw_{name} as raw using (_file, _row)
                where as_moment(tidy_value(raw."{column}")) is not null
                """
            ).fetchall()[0]
            if first is not None:
                ranges[column] = MomentRange(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC))
    return ranges


def _states(
    con: duckdb.DuckDBPyConnection, spec: SourceSpec, reading: Reading, base_dir: Path
) -> tuple[StateWord, ...]:
    """The order states as they were written, and what the map and staging make of them."""
    counted = (reading.words or {}).get("status", Counter())
    rule = rules_of(spec, base_dir).columns.get("status")
    known = {plain_word(word): ours for word, ours in rule.values.items()} if rule is not None else {}
    found = []
    for written, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_MOST_WORDS]:
        ours = known.get(plain_word(written), written)
        state = con.execute("select coalesce(as_order_state(tidy(?)), '')", [ours]).fetchall()[0][0]
        found.append(StateWord(written, state, count))
    return tuple(found)


def _examples(con: duckdb.DuckDBPyConnection, dataset: str, name: str) -> tuple[str, ...]:
    rows = con.execute(
        f"""select "{name}" from raw_{dataset} where tidy("{name}") is not null order by _file, _row limit ?""",
        [_EXAMPLES],
    ).fetchall()
    return tuple(mask_value(name, value) for (value,) in rows)


def _masked_share(con: duckdb.DuckDBPyConnection, dataset: str) -> float | None:
    column, dialled = ("phone", "true") if dataset == "members" else ("address", "by_telephone(lower(tidy(channel)))")
    total, masked = con.execute(
        f"""
        select count(*), count(*) filter (undialable(value) or (dialled and not like_a_number(value)))
        from (select tidy_id("{column}") as value, {dialled} as dialled from raw_{dataset}) where value is not null
        """
    ).fetchall()[0]
    return masked / total if total else None


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def _as_problem(spec: SourceSpec, error: PromocalError) -> Problem:
    (said, zh), (hint, hint_zh) = error.said, error.remedy_said
    return Problem("S107", "error", said, hint, Location(spec.section), zh, hint_zh)
