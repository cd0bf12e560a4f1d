"""The connection in which a question is asked: the snapshot read-only, and beside it what was loaded for the question.

What may be asked stands in views of a catalog of its own; once it is open, no file and no network can be reached and
no setting changed. Answers come in batches, under a limit of time, and Ctrl-C ends them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import duckdb
import pyarrow as pa

from campaign_calendars.findings.errors import EngineError, PromocalError, UsageError
from warehouse.analysis.answers import Answer
from warehouse.analysis.question import Question, sql_mistake
from warehouse.analysis.tables import FEATURES, OF_ARMS, PUBLISHED, tables
from warehouse.engines.rows import append_rows
from warehouse.engines.sql_files import sql_files
from warehouse.features import history
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.opening import open_snapshot

_SQL = sql_files(__package__)
_BATCH = 20_000
_LOOK = 0.05  # seconds between two looks at Ctrl-C
_WHOLE = pa.decimal128(38, 0)

T = TypeVar("T")


class AnalysisSession:
    """Reads only. First the tables are filled that a question needs, then it is asked, once."""

    def __init__(
        self, snapshot: Snapshot, *, zone: str, salt: str | None, threads: int = 2, memory_limit: str = "2GB"
    ) -> None:
        """`salt` makes the pseudonyms; None: personal columns are shown as they are. `zone`: of moments shown."""
        self._con = open_snapshot(snapshot, threads=threads, memory_limit=memory_limit)
        self._masked = salt is not None
        # Its text is in the view's definition alone, which no question can read.
        said = (salt or "").replace("'", "''")
        self._con.execute(f"create macro pseudonym(id) as substr(sha256('{said}' || ':' || id), 1, 16)")
        self._con.execute(f"attach ':memory:' as {PUBLISHED}")
        self._zone = zone

    def load(self, name: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Fill a table from rows of its columns, in their order; ids of joined accounts become their person's."""
        table = tables()[name]
        self._con.execute(table.create())
        relation = table.source.rpartition(".")[2]
        append_rows(self._con, relation, rows)
        if any(column.name == "member_id" for column in table.columns):
            history.as_persons(self._con, [relation])

    def load_assigned(self, readers: Iterable[pa.RecordBatchReader]) -> None:
        """Fill the table behind arms and facts from what measurements hand over, by the names of its columns."""
        table = tables()[OF_ARMS[0]]
        self._con.execute(table.create())
        for reader in readers:
            self._con.register("handed_over", reader)
            self._con.execute(f"insert into {table.source} by name select * from handed_over")
            self._con.unregister("handed_over")

    def load_features(self, readers: Iterable[pa.RecordBatchReader]) -> None:
        """Take over the members' features; which columns there are says the one reader."""
        for reader in readers:
            self._con.register("handed_over", reader)
            self._con.execute(f"create table {tables()[FEATURES].source} as select * from handed_over")
            self._con.unregister("handed_over")

    def load_decisions(self, files: Sequence[Path]) -> None:
        """Take over the rows of decision files; the name of a file is that of its run."""
        table = tables()["decisions"]
        self._con.execute(table.create())
        if files:
            self._con.execute(_SQL["decisions"], {"files": [str(path) for path in files]})
            history.as_persons(self._con, [table.source.rpartition(".")[2]])

    def ask(self, question: Question, limit: timedelta) -> Answer:
        """Ask it; the answer is read within `limit`. UsageError says what is wrong with it."""
        self._open_views(question)
        self._shut()
        clock = _Watch(self._con, question, time.monotonic() + limit.total_seconds(), limit)
        reader = clock.wait(lambda: self._con.sql(question.sql).to_arrow_reader(_BATCH))
        schema = _shown(reader.schema)
        return Answer(schema, _batches(reader, schema, clock))

    def _open_views(self, question: Question) -> None:
        for name in sorted(question.tables):
            table = tables()[name]
            names = {row[0] for row in self._con.execute(f"describe {table.source}").fetchall()}
            self._con.execute(table.view(masked=self._masked, columns=names))

    def _shut(self) -> None:
        con = self._con
        con.execute(f"use {PUBLISHED}")
        con.execute(f"set TimeZone = '{self._zone}'")
        for name in ("python_enable_replacements", "enable_external_access"):
            con.execute(f"set {name} = false")
        con.execute("set lock_configuration = true")

    def close(self) -> None:
        self._con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Watch:
    """Lets DuckDB work in a thread of its own, so that Ctrl-C and the clock can stop it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, question: Question, until: float, limit: timedelta) -> None:
        self._con, self._question, self._until, self._limit = con, question, until, limit
        self._pool = ThreadPoolExecutor(1)

    def wait(self, work: Callable[[], T]) -> T:
        """What `work` comes to. Raises what went wrong as one sentence."""
        asked = self._pool.submit(work)
        try:
            return self._finished(asked)
        except BaseException:
            self._con.interrupt()
            self._pool.shutdown(wait=True)
            raise

    def end(self) -> None:
        self._pool.shutdown(wait=False)

    def _finished(self, asked: Future[T]) -> T:
        while True:
            try:
                return asked.result(_LOOK)
            except TimeoutError:
                if time.monotonic() > self._until:
                    raise self._late() from None
            except duckdb.OutOfMemoryException:
                raise _too_large() from None
            except duckdb.BinderException as error:
                raise sql_mistake(self._placed(error), self._question) from None
            except duckdb.Error as error:
                raise sql_mistake(error, self._question) from None
            except OSError as error:
                # What fails in the middle of a stream comes by way of Arrow.
                raise sql_mistake(duckdb.Error(str(error)), self._question) from None

    def _placed(self, error: duckdb.Error) -> duckdb.Error:
        """The same error with its place, which a relation does not tell."""
        try:
            self._con.execute(f"explain {self._question.sql}")
        except duckdb.Error as placed:
            return placed
        return error

    def _late(self) -> PromocalError:
        seconds = f"{self._limit.total_seconds():g}"
        return EngineError(
            (f"the question took longer than {seconds} s and was stopped", f"查询超过 {seconds} 秒，已停止"),
            ("ask for less, or give it longer: --timeout 10m", "请缩小查询范围，或延长时限：--timeout 10m"),
        )


def _too_large() -> PromocalError:
    return EngineError(
        ("the question needs more memory than it may have", "查询所需内存超过限制"),
        (
            "ask for less, or raise memory_limit in [warehouse] of promocal.toml",
            "请缩小查询范围，或提高 promocal.toml 中 [warehouse] 的 memory_limit",
        ),
    )


def _shown(schema: pa.Schema) -> pa.Schema:
    """Names once each; sums of whole numbers, which DuckDB keeps in 128 bits, as whole numbers of 64."""
    taken: dict[str, int] = {}
    fields = []
    for each in schema:
        count = taken[each.name] = taken.get(each.name, -1) + 1
        name = f"{each.name}_{count}" if count else each.name
        fields.append(pa.field(name, pa.int64() if each.type == _WHOLE else each.type))
    return pa.schema(fields)


def _batches(reader: pa.RecordBatchReader, schema: pa.Schema, clock: _Watch) -> Iterator[pa.RecordBatch]:
    try:
        while (batch := clock.wait(lambda: next(reader, None))) is not None:
            yield _as_shown(batch, schema)
    finally:
        clock.end()


def _as_shown(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    try:
        columns = [column.cast(each.type) for column, each in zip(batch.columns, schema, strict=True)]
    except pa.ArrowInvalid:
        raise UsageError(
            ("a sum is too large for a whole number", "合计超出整数范围"),
            ("write it as a number: sum(x)::double", "请写成小数：sum(x)::double"),
        ) from None
    return pa.record_batch(columns, schema=schema)
