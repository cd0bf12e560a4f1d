"""What the sources of a project say, read and judged like a refresh would, and nothing published.

Every source is read into a database in memory and goes through staging with its rules. Values are
shown masked: a person who tests a source need not see anybody's phone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from campaign_calendars.findings.errors import ProblemsFoundError, PromocalError, SourceError
from campaign_calendars.findings.problem import Location, Problem, has_errors
from warehouse.models.catalogue import load_layer
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.expressions import plain_word
from warehouse.sources.load import create_raw, understand_source
from warehouse.sources.matching import rules_of
from warehouse.sources.reading import Part, Reading
from warehouse.staging.build import build_staging
from warehouse.staging.masking import mask_value

_EXAMPLES = 3
_SHOWN_ROWS = 5
_MOST_WORDS = 20
_MOST_ROWS = 200_000
Word = tuple[str, str, int]


@dataclass
class SourceReport:
    """One source, understood. `columns` maps ours to the first values as they were read, masked.

    `rows` = `accepted` + `copies` + rejected. `rejected`: rule → (rows, first places as `file:row`).
    `words`: (as written, as read, rows) of the order states. `dates`: column → first and last moment,
    in UTC. `masked_phones` in [0, 1], None without phones. `limited`: the first rows of a database only.
    """

    dataset: str
    mapping: str = ""
    rows: int = 0
    accepted: int = 0
    copies: int = 0
    limited: bool = False
    parts: list[Part] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    rejected: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    words: list[Word] = field(default_factory=list)
    dates: dict[str, tuple[str, str]] = field(default_factory=dict)
    masked_phones: float | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not has_errors(self.problems)

    def as_dict(self, lang: str = "en") -> dict[str, Any]:
        """The stable JSON shape."""
        plain = asdict(self)
        plain["problems"] = [problem.as_dict(lang) for problem in self.problems]
        plain["rejected"] = [
            {"rule": rule, "rows": rows, "places": places} for rule, (rows, places) in self.rejected.items()
        ]
        plain["words"] = [{"written": a, "read": b, "rows": n} for a, b, n in self.words]
        return plain | {"ok": self.ok}


def explain_sources(
    sources: Sequence[SourceSpec],
    *,
    base_dir: Path,
    as_of: datetime,
    only: str = "",
    progress: Callable[[str], None] | None = None,
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
        reports = {}
        for spec in sorted(sources, key=lambda spec: list(DATASETS).index(spec.dataset)):
            say(f"reading {spec.dataset}")
            reports[spec.dataset] = _read(con, spec, base_dir)
        staged = build_staging(
            con, as_of=as_of, timezones={spec.dataset: spec.timezone for spec in sources}, progress=say
        )
        chosen = [report for name, report in reports.items() if not only or name == only]
        for report in chosen:
            whole = reports.get("members")
            _judge(con, report, staged.findings, complete=whole is not None and whole.ok and not whole.limited)
    return chosen


def _read(con: duckdb.DuckDBPyConnection, spec: SourceSpec, base_dir: Path) -> SourceReport:
    report = SourceReport(spec.dataset, spec.mapping)
    reading = Reading()
    try:
        reading = understand_source(con, spec, base_dir, most_rows=_MOST_ROWS, words=True)
        report.problems += reading.warnings
    except ProblemsFoundError as error:
        report.problems += error.problems
    except SourceError as error:
        report.problems.append(_as_problem(spec, error))
    report.rows, report.parts = reading.rows, reading.parts
    report.limited = spec.kind == "sql" and reading.lines >= _MOST_ROWS
    if not report.ok:
        create_raw(con, DATASETS[spec.dataset])
        return report
    found = {name for part in reading.parts for name in part.columns}
    report.missing = [name for name in DATASETS[spec.dataset].columns if name not in found]
    report.columns = {
        name: _examples(con, spec.dataset, name) for name in DATASETS[spec.dataset].columns if name in found
    }
    report.words = _states(con, spec, reading, base_dir)
    if spec.dataset in {"members", "contact_points"}:
        report.masked_phones = _masked_share(con, spec.dataset)
    return report


def _judge(
    con: duckdb.DuckDBPyConnection, report: SourceReport, findings: Sequence[Problem], *, complete: bool
) -> None:
    if not report.ok:
        return
    name = report.dataset
    report.problems += [
        problem
        for problem in findings
        if problem.location.file == f"sources.{name}" and (complete or "unknown-member" not in problem.message)
    ]
    rows = con.execute(
        """
        select rule, count(*), list(source_file || ':' || source_row order by source_file, source_row)[:?]
        from snap.quarantine where dataset = ? group by rule order by count(*) desc, rule
        """,
        [_SHOWN_ROWS, name],
    ).fetchall()
    report.rejected = {rule: (count, places) for rule, count, places in rows}
    report.accepted = _one(con, f"select count(*) from snap.stg_{name}")
    report.copies = report.rows - report.accepted - sum(count for count, _ in report.rejected.values())
    model = next(model for model in load_layer("staging") if model.dataset == name)
    for column, kind in model.columns.items():
        if kind.type == "timestamp":
            first, last = con.execute(f'select min("{column}"), max("{column}") from snap.stg_{name}').fetchall()[0]
            if first is not None:
                report.dates[column] = (f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}")


def _states(con: duckdb.DuckDBPyConnection, spec: SourceSpec, reading: Reading, base_dir: Path) -> list[Word]:
    """The order states as they were written, and what the map and staging make of them."""
    counted = (reading.words or {}).get("status", Counter())
    rule = rules_of(spec, base_dir).columns.get("status")
    known = {plain_word(word): ours for word, ours in rule.values.items()} if rule is not None else {}
    found = []
    for written, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_MOST_WORDS]:
        ours = known.get(plain_word(written), written)
        state = con.execute("select coalesce(as_order_state(tidy(?)), '')", [ours]).fetchall()[0][0]
        found.append((written, state, count))
    return found


def _examples(con: duckdb.DuckDBPyConnection, dataset: str, name: str) -> list[str]:
    rows = con.execute(
        f"""select "{name}" from raw_{dataset} where tidy("{name}") is not null order by _file, _row limit ?""",
        [_EXAMPLES],
    ).fetchall()
    return [mask_value(name, value) for (value,) in rows]


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
    return Problem("S107", "error", error.message, error.remedy, Location(spec.section))
