"""Spark: the same model SQL, on this machine (`local[*]`) or on a cluster (`sc://host:port`).

Tables travel as Parquet through a directory both sides see. Each one is handed over once and kept
for the models after it, so one engine serves one build.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from campaign_calendars.findings.errors import EngineError, UsageError
from warehouse.engines.port import Made
from warehouse.engines.sql_files import literal
from warehouse.portable.macros import spark_macros
from warehouse.portable.spark_sql import tables_of, to_spark

# One answer on every cluster: moments without a zone, in UTC; overflow and bad casts raise as in DuckDB.
SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.caseSensitive": "false",
}
_LOCAL_PARTITIONS = "16"  # Spark's own 200 are meant for a cluster
_REMEDY = (
    "pip install 'promocal[spark]', and Java 17 or newer for local[*]",
    "请运行 pip install 'promocal[spark]'；local[*] 另需 Java 17 或更新版本",
)


class SparkEngine:
    """Runs model SQL in a Spark session; started by the first model, for one build (see `open_engine`).

    `url` is `local[n]`, `local[*]` or a Spark Connect URL (`sc://…`). `exchange` is a directory that
    this machine and every executor see under the same path. `memory_limit` bounds a local Spark.
    """

    name = "spark"

    def __init__(self, url: str, exchange: Path, *, memory_limit: str = "2GB") -> None:
        self._url = url
        self._exchange = exchange
        self._memory_limit = memory_limit
        self._folder: Path | None = None
        self._session: Any = None
        self._handed: set[str] = set()

    def close(self) -> None:
        """Remove what was handed over; the session stays for the next build of the process."""
        if self._folder is not None:
            for name in self._handed:
                self._session.catalog.dropTempView(name)
            shutil.rmtree(self._folder, ignore_errors=True)
        self._handed.clear()
        self._folder = self._session = None

    def make(self, con: duckdb.DuckDBPyConnection, made: Made) -> None:
        """Compute the table on Spark and bring it into `con`.

        Raises UsageError without pyspark or Java, EngineError when Spark refuses or is away.
        """
        folder = self._started()
        for table in tables_of(made.query):
            self._hand_over(con, table, folder)
        variables = {"timezone": ("varchar", made.timezone), **made.variables}
        text = to_spark(made.query, macros=spark_macros(made.layer), variables=variables)
        with _refusals(made.name):
            rows = self._session.sql(text)
            if made.materialized == "table":
                rows.write.mode("overwrite").parquet(str(folder / made.name))
                rows = self._session.read.parquet(str(folder / made.name))
            rows.createOrReplaceTempView(made.name)
        self._handed.add(made.name)
        # A view costs nothing here, and its tables have come back before it.
        parts = literal(folder / made.name / "*.parquet")
        query = made.query if made.materialized == "view" else f"from read_parquet({parts})"
        con.execute(f"create or replace {made.materialized} {made.name} as {query}")

    def forget(self, tables: Collection[str]) -> None:
        """Tables that were changed are handed over anew when a query reads them again."""
        for name in {table.rpartition(".")[2] for table in tables} & self._handed:
            self._session.catalog.dropTempView(name)
            self._handed.discard(name)

    def _hand_over(self, con: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
        """A table of the build as a view of the session, under its name without the catalog."""
        name = table.rpartition(".")[2]
        if name in self._handed:
            return
        path = folder / f"{name}.parquet"
        con.execute(f"copy {table} to {literal(path)} (format parquet, compression zstd)")
        if self._url.startswith("sc://"):
            path.chmod(0o644)  # as the folder, see below
        with _refusals(name):
            self._session.read.parquet(str(path)).createOrReplaceTempView(name)
        self._handed.add(name)

    def _started(self) -> Path:
        if self._folder is None:
            self._session = open_session(self._url, self._memory_limit)
            self._exchange.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix="spark-", dir=self._exchange))
            if self._url.startswith("sc://"):
                self._folder.chmod(0o777)  # the executors of a cluster run as somebody else
        return self._folder


def open_session(url: str, memory_limit: str = "2GB") -> Any:
    """The Spark session of `url`, set up as the models need it; one per process.

    Raises UsageError without pyspark or Java, EngineError when the cluster does not answer.
    """
    # pyspark writes each refused query, with its values and stack, as a line of JSON to standard error.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # pyspark's opinion on pandas, which is not used here
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError:
            raise UsageError(
                ("the engine spark needs pyspark, which is not installed", "引擎 spark 需要 pyspark，但尚未安装"),
                _REMEDY,
            ) from None
        builder = SparkSession.builder.appName("promocal")
        if url.startswith("sc://"):
            builder = builder.remote(url)
        else:
            builder = builder.master(url).config("spark.ui.enabled", "false")
            builder = builder.config("spark.driver.memory", _java_size(memory_limit))
            builder = builder.config("spark.sql.shuffle.partitions", _LOCAL_PARTITIONS)
        try:
            session = builder.getOrCreate()
            for key, value in SESSION.items():
                session.conf.set(key, value)
        except PySparkException as error:
            raise _unreachable(url, error) from None
        except ImportError as error:  # Spark Connect's own parts
            raise UsageError(
                (f"Spark Connect lacks a part: {error}", f"Spark Connect 缺少组件：{error}"),
                ("pip install 'pyspark[connect]'", "请安装：pip install 'pyspark[connect]'"),
            ) from None
    if not url.startswith("sc://"):
        session.sparkContext.setLogLevel("ERROR")
    return session


def _unreachable(url: str, error: Exception) -> UsageError | EngineError:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if "JAVA_GATEWAY" in reason:
        return UsageError(
            ("the engine spark needs Java, which was not found", "引擎 spark 需要 Java，但没有找到"), _REMEDY
        )
    place = url.partition("/;")[0]  # what follows may be a token
    return EngineError(
        (f"Spark at {place} does not answer: {reason}", f"{place} 处的 Spark 没有应答：{reason}"),
        ("check spark_url in [warehouse] of promocal.toml", "请核对 promocal.toml 中 [warehouse] 的 spark_url"),
    )


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Whatever Spark raises, as one sentence without its plan and stack."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        reason = " ".join(str(error).split())[:300]
        raise EngineError(
            (f"Spark could not make {name}: {reason}", f"Spark 无法生成 {name}：{reason}"),
            ("nothing was published; --engine duckdb works", "没有发布任何内容；可改用 --engine duckdb"),
        ) from None


def _java_size(limit: str) -> str:
    """DuckDB's `2GB`, `512MB`, `2GiB` as Java writes it."""
    text = limit.strip().upper().removesuffix("B").removesuffix("I")
    return text.lower() if text[-1:] in {"K", "M", "G", "T"} else f"{text}b"
