"""Staging: candidates → rules → accepted rows, quarantine, duplicates and findings.

For every dataset, rows in = accepted + quarantined + duplicates; `prove_counts` raises when that is
not so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Self

import duckdb

from campaign_calendars.findings.errors import CheckBrokenError
from campaign_calendars.findings.problem import Problem
from campaign_calendars.findings.said import Tell
from warehouse.engines.local import DuckDBEngine
from warehouse.engines.port import Engine, Made
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import define_once, literal, sql_files
from warehouse.models.catalogue import Model, Outcome, load_layer, macros_of
from warehouse.shelf.manifest import DatasetCounts, RuleResult
from warehouse.sources.catalogue import DATASETS, Dataset
from warehouse.staging.examples import examples_of
from warehouse.staging.merge import (
    Increment,
    create_table,
    filled,
    keep_the_rest,
    subject_of,
    widen,
)
from warehouse.staging.outliers import outliers_of
from warehouse.staging.policy import Policy
from warehouse.staging.rejects import reject_findings
from warehouse.staging.standing import standing
from warehouse.staging.verdicts import COPY, finding_of, result_of

if TYPE_CHECKING:
    from warehouse.staging.expectations import Validator

_SQL = sql_files(__package__)

_BROKEN_LINES = """
insert into snap.quarantine
select dataset, _file, _row, null, rule, 'warn', to_json({line: line}), null from raw_rejects
"""
_FEW = 1000
_SMALL = 2_000_000


@dataclass
class Staged:
    """What the rules came to: findings for people, results for the manifest."""

    findings: list[Problem] = field(default_factory=list)
    rules: list[RuleResult] = field(default_factory=list)
    standing: set[str] = field(default_factory=set)
    """Datasets that hold what the parent holds, row for row."""
    settled: Future[None] | None = None
    """Where a build had `hands`: done when Great Expectations has borne the outcomes out; raises CheckBrokenError."""


def build_staging(
    con: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    timezones: Mapping[str, str],
    progress: Tell,
    increments: Mapping[str, Increment] | None = None,
    engine: Engine | None = None,
    policies: Mapping[str, Policy] | None = None,
    hands: Executor | None = None,
) -> Staged:
    """`raw_*` tables → `snap.stg_*`, `snap.quarantine` and `snap.duplicates`; errors among the findings stop.

    Every table is built and judged even after one failed, so that all findings come at once.
    `timezones` says per dataset how naive moments are read, `policies` which rules hold and what they
    tolerate; `engine` (DuckDB itself unless given) computes the candidates. For datasets in `increments`
    the raw table holds new rows only, and `prev` is the attached parent. `hands` ask Great Expectations
    its last question while the caller goes on (see `Staged.settled`). Raises CheckBrokenError.
    """
    con.execute(_SQL["quarantine_tables"])
    con.execute("set variable staging_as_of = $moment::timestamp", {"moment": utc_naive(as_of)})
    con.execute(_BROKEN_LINES)
    by_source = policies or {}
    staged = Staged(reject_findings(con, {name: policy.tolerances for name, policy in by_source.items()}))
    going_on = increments or {}
    with ExitStack() as stack:
        judge = stack.enter_context(_Judge(con, as_of))
        bench = stack.enter_context(_Bench(con, timezones, going_on, engine or DuckDBEngine()))
        for made in load_layer("staging"):
            model = by_source.get(made.dataset, Policy()).adjusted(made)
            progress((f"checking {model.dataset}", f"正在检验 {model.dataset}"))
            if bench.wait_for(model):
                _judge_rows(con, judge, staged, model, increment=model.dataset in going_on)
                if not bench.small:
                    judge.settle()
            else:
                _add_standing(con, staged, model, going_on.get(model.dataset), as_of)
        bench.close()
        stack.pop_all()
    if hands is None:
        judge.finish()
    else:
        staged.settled = hands.submit(judge.finish)
    return staged


def _judge_rows(
    con: duckdb.DuckDBPyConnection, judge: _Judge, staged: Staged, model: Model, *, increment: bool
) -> None:
    """The candidates of a dataset become accepted rows, quarantine and duplicates; what was found goes to `staged`."""
    outcomes = judge.check(model, increment)
    con.execute("delete from failing_rows")
    for position, outcome in enumerate(outcomes):
        _collect(con, position, outcome)
    con.execute(_SQL["refused"])  # the first rule in the order of model.yaml decides
    outcomes = _decided(con, outcomes)
    examples = {outcome.rule.rule: examples_of(con, model, outcome) for outcome in outcomes}
    _accept(con, model)
    if increment:
        keep_the_rest(con, model)
        outcomes = _in_the_whole(con, model, outcomes)
    for outcome in outcomes:
        finding = finding_of(model, outcome, examples.get(outcome.rule.rule, ()))
        staged.findings += finding
        staged.rules.append(result_of(model, outcome, finding))
    staged.findings += outliers_of(con, model)


def _add_standing(
    con: duckdb.DuckDBPyConnection, staged: Staged, model: Model, increment: Increment | None, as_of: datetime
) -> None:
    """A dataset without candidates: what the parent holds was judged before, and the verdict stands.

    Of a dataset without any row nothing can be wrong but its size.
    """
    create_table(con, model)
    if increment is not None:
        keep_the_rest(con, model)
        staged.standing.add(model.dataset)
        findings, results = standing(con, model, increment, as_of, f"snap.{model.name}")
        staged.findings += findings
        staged.rules += results
        return
    for outcome in _in_the_whole(con, model, []):
        finding = finding_of(model, outcome)
        staged.findings += finding
        staged.rules.append(result_of(model, outcome, finding))


class _Bench:
    """Makes the candidates, those of small tables one ahead: judging is Python, making them is DuckDB.

    A large table keeps all processors busy by itself, and two at once would need twice the memory.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        timezones: Mapping[str, str],
        going_on: Mapping[str, Increment],
        engine: Engine,
    ) -> None:
        self._timezones, self._going_on, self._engine = timezones, going_on, engine
        self._con = con.cursor()
        self._con.execute("set TimeZone = 'UTC'")
        define_once(self._con, "staging", macros_of("staging"))
        self._waiting = list(load_layer("staging"))
        raw = " + ".join(f"(select count(*) from raw_{model.dataset})" for model in self._waiting)
        self.small = con.execute(f"select {raw}").fetchall()[0][0] <= _SMALL
        self._ahead: Future[bool] | None = None
        self._hands = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        self._hands.shutdown()
        self._con.close()

    def wait_for(self, model: Model) -> bool:
        """Return when the model's candidates are there, False when it can have none; raises what making them raised."""
        now = self._ahead or self._hands.submit(self._make, self._waiting.pop(0))
        made = now.result()
        self._ahead = None
        # What reads the model itself has to wait until it is accepted.
        if self.small and self._waiting and model.name not in self._waiting[0].depends_on:
            self._ahead = self._hands.submit(self._make, self._waiting.pop(0))
        return made

    def _make(self, model: Model) -> bool:
        timezone = self._timezones.get(model.dataset, "UTC")
        increment = self._going_on.get(model.dataset)
        if increment is not None:
            self._con.execute(f"set TimeZone = {literal(timezone)}")
            widen(self._con, model, increment, self._going_on)
            self._con.execute("set TimeZone = 'UTC'")
        if not filled(self._con, f"raw_{model.dataset}"):
            return False
        self._engine.make(self._con, Made(f"candidate_{model.dataset}", model.query, "staging", timezone=timezone))
        return True


class _Judge:
    """The rules of a build. Great Expectations takes seconds to import: not for tables without a row."""

    def __init__(self, con: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
        # A connection of its own: its last question may be asked while the build goes on.
        self._con, self._as_of = con.cursor(), as_of
        self._open = ExitStack()
        self._validator: Validator | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._open.close()
        self._con.close()

    def check(self, model: Model, increment: bool) -> list[Outcome]:
        # The size of an increment cannot be wrong.
        rules = [rule for rule in model.expectations if not increment or rule.expect != "row_count"]
        if self._validator is None:
            from warehouse.staging.expectations import validator

            self._validator = self._open.enter_context(validator(self._con, self._as_of))
        return self._validator.check(f"candidate_{model.dataset}", rules)

    def settle(self) -> None:
        """Ask Great Expectations what it was not asked yet, and drop the tables that had to stay for that."""
        for table in self._validator.settle() if self._validator is not None else ():
            self._con.execute(f"drop table {table}")

    def finish(self) -> None:
        with self:
            self.settle()


def _in_the_whole(con: duckdb.DuckDBPyConnection, model: Model, outcomes: list[Outcome]) -> list[Outcome]:
    """Outcomes about new rows, seen beside all rows of the dataset.

    A refund that comes late makes two rows of one order, so copies are counted in the whole. A
    single bad row among five new ones closes no gate: shares are those of a thousand rows at least.
    """
    judged = {outcome.rule.rule: outcome for outcome in outcomes}
    if not any(rule.expect == "row_count" or rule.rule in judged for rule in model.expectations):
        return []
    accepted, quarantined, duplicates = _counts_of(con, [model.dataset])[model.dataset]
    whole = accepted + quarantined + duplicates
    seen = []
    for rule in model.expectations:
        if rule.expect == "row_count":
            low, high = (int(bound) if bound is not None else whole for bound in (rule.min, rule.max))
            seen.append(Outcome(rule, 1, 0 if low <= whole <= high else 1))
        elif (outcome := judged.get(rule.rule)) is None:
            continue
        elif rule.column == COPY:
            seen.append(Outcome(rule, whole, duplicates))
        else:
            seen.append(replace(outcome, among=min(whole, _FEW)))
    return seen


def prove_counts(con: duckdb.DuckDBPyConnection, rows_in: Mapping[str, int]) -> dict[str, DatasetCounts]:
    """Rows read against rows accepted, quarantined and duplicate; CheckBrokenError when a row was lost or doubled."""
    counts = {}
    found = _counts_of(con, rows_in)
    for dataset, expected in rows_in.items():
        accepted, quarantined, duplicates = found[dataset]
        if expected != accepted + quarantined + duplicates:
            raise CheckBrokenError(
                (
                    (
                        f"{dataset}: {expected} rows were read, but {accepted} accepted, {quarantined} quarantined "
                        f"and {duplicates} duplicates"
                    ),
                    f"{dataset}：读取 {expected} 行，但接受 {accepted} 行、隔离 {quarantined} 行、重复 {duplicates} 行",
                ),
                ("report this; nothing was published", "请报告此问题；没有发布任何内容"),
            )
        counts[dataset] = DatasetCounts(expected, accepted, quarantined, duplicates)
    return counts


def describe_tables(con: duckdb.DuckDBPyConnection, models: Iterable[Model]) -> None:
    """Grain, meaning, units and personal data of the published tables, as comments inside the file."""
    said = []
    for model in models:
        said.append(f"comment on table snap.{model.name} is {literal(model.grain)}")
        for name, column in model.columns.items():
            said.append(f'comment on column snap.{model.name}."{name}" is {literal(column.comment())}')
    con.execute(";\n".join(said))


def _collect(con: duckdb.DuckDBPyConnection, position: int, outcome: Outcome) -> None:
    rule = outcome.rule
    if rule.rows != "reject" or not outcome.failing:
        return
    # The query is GX's own, over our candidate table; its numbers are bound, ours come after them.
    constants = len(outcome.parameters)
    inserted = con.execute(
        f"""
        insert into failing_rows
        select ${constants + 1}, ${constants + 2}, ${constants + 3}, ${constants + 4}, _file, _row
        from ({outcome.rows_query})
        """,
        [*outcome.parameters, position, rule.rule, rule.severity, rule.column == COPY],
    ).fetchall()[0][0]
    if inserted != outcome.failing:
        raise CheckBrokenError(
            (
                f"rule {rule.rule} counted {outcome.failing} failing rows but named {inserted}",
                f"规则 {rule.rule} 计得 {outcome.failing} 行不合格，但列出了 {inserted} 行",
            ),
            ("report this; nothing was published", "请报告此问题；没有发布任何内容"),
        )


def _accept(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    create_table(con, model)
    con.execute(
        f"""
        insert into snap.{model.name}
        select {model.column_list()}, _file, _row from candidate_{model.dataset} anti join refused using (_file, _row)
        """
    )
    con.execute(_SQL["quarantine_rows"].format(dataset=model.dataset, subject=subject_of(model.dataset)))
    con.execute(_duplicates(DATASETS[model.dataset]))


def _decided(con: duckdb.DuckDBPyConnection, outcomes: list[Outcome]) -> list[Outcome]:
    """Outcomes with every refused row counted once, under the rule that decided: the first it breaks.

    An id that is missing is no repeated id, an amount that cannot be read is none that is missing.
    """
    counts = dict(con.execute("select rule, count(*) from refused group by rule").fetchall())
    return [
        replace(outcome, failing=counts.get(outcome.rule.rule, 0)) if outcome.rule.rows == "reject" else outcome
        for outcome in outcomes
    ]


def _duplicates(dataset: Dataset) -> str:
    return _SQL["duplicate_rows"].format(
        dataset=dataset.name,
        subject=subject_of(dataset.name),
        key=", ".join(f'"{name}"' for name in dataset.key),
        columns=", ".join(f'"{name}"' for name in dataset.columns),
        cells=", ".join(f'raw_cells."{name}"' for name in dataset.columns),
        kept_cells=", ".join(f'best."{name}"' for name in dataset.columns),
    )


def _counts_of(con: duckdb.DuckDBPyConnection, datasets: Iterable[str]) -> dict[str, tuple[int, int, int]]:
    """Dataset → rows accepted, quarantined and duplicate."""
    accepted = " union all ".join(
        f"select '{dataset}' as dataset, (select count(*) from snap.stg_{dataset}) as rows" for dataset in datasets
    )
    found = con.execute(_SQL["counts"].replace("/*accepted*/", accepted)).fetchall()
    return {name: (accepted, quarantined, duplicates) for name, accepted, quarantined, duplicates in found}
