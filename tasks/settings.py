"""`promocal.toml` and the environment → settings. Nothing else reads either.

Environment variables win over the file: `PROMOCAL_LEDGER_URL`, `PROMOCAL_THREADS`,
`PROMOCAL_MEMORY_LIMIT`, `PROMOCAL_SPARK_URL` (a Spark Connect URL may carry a token). Secrets stay
in the environment; the file names the variable (`url_env`, `token_env`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import UNSAID, Said
from campaign_calendars.reading.wording import wording
from campaign_calendars.values.scalars import FULL_SHARE, Duration, Share, UnfitError

FILE_NAME = "promocal.toml"
_WAREHOUSE_VARIABLES = {
    "PROMOCAL_THREADS": "threads",
    "PROMOCAL_MEMORY_LIMIT": "memory_limit",
    "PROMOCAL_SPARK_URL": "spark_url",
}


_KEYS: dict[str, Said] = {"extra_forbidden": ("unknown key", "未知的键"), "missing": ("is missing", "没有写")}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProjectSection(_Section):
    """Directories, relative to the file, and the language a person is answered in."""

    calendars: str = "calendars"
    stores: str = "stores"
    state: str = "var"
    lang: Literal["", "zh", "en"] = Field(default="", description="zh or en; empty: the environment's.")


Level = Literal["off", "warn", "stop"]


class DriftSection(_Section):
    """How far a snapshot may move from the last ones before somebody is told, or nothing is published."""

    volume: Share = Field(default=5_000, description="Of the median of the rows of the last snapshots.")
    nulls: Share = Field(default=2_000, description="Change of the share of empty cells of a column.")
    distribution: float = Field(default=0.25, gt=0, description="Population stability index of a column.")
    on_volume: Level = "warn"
    on_nulls: Level = "warn"
    on_distribution: Level = "warn"
    on_columns: Level = "warn"

    def shares(self) -> dict[str, Any]:
        """The values of `warehouse.snapshots.drift.DriftLimits`: shares from 0 to 1."""
        values = self.model_dump()
        return values | {name: values[name] / FULL_SHARE for name in ("volume", "nulls")}


class WarehouseSection(_Section):
    keep: int = Field(default=5, ge=1, description="Published snapshots to keep.")
    drift: DriftSection = DriftSection()
    threads: int = Field(default=2, ge=1)
    memory_limit: str = "2GB"
    engine: Literal["duckdb", "spark"] = Field(default="duckdb", description="What computes the models of a refresh.")
    spark_url: str = Field(
        default="local[*]", repr=False, description="local[n], local[*] or sc://host:port of Spark Connect."
    )
    spark_exchange: str = Field(default="", description="Directory this machine and the executors both see.")

    @model_validator(mode="after")
    def _exchange_is_shared(self) -> WarehouseSection:
        if self.spark_url.startswith("sc://") and not self.spark_exchange:
            raise UnfitError(
                "spark_url of a cluster needs spark_exchange, a directory both sides see",
                "集群的 spark_url 需要 spark_exchange，即双方都能看到的目录",
            )
        if not self.spark_url.startswith(("sc://", "local")):
            raise UnfitError(
                "spark_url is local[n], local[*] or sc://host:port",
                "spark_url 应为 local[n]、local[*] 或 sc://host:port",
            )
        return self


class LedgerSection(_Section):
    url: str = ""
    url_env: str = ""


class SourceSection(_Section):
    """Where one dataset comes from."""

    kind: Literal["auto", "csv", "xlsx", "parquet", "sql"] = "auto"
    path: str = ""
    encoding: str = "auto"
    delimiter: str = Field(default="", max_length=1, description="What separates cells; empty: the file says.")
    sheet: str = Field(default="", description="Name or number of the sheet; empty: the one that fits.")
    url: str = ""
    url_env: str = ""
    query: str = ""
    table: str = ""
    timezone: str = Field(default="", description="Of moments without an offset; empty: the map's, else UTC.")
    mapping: str = Field(default="", description="A column map: of the project's mappings/, or a shipped one.")
    columns: dict[str, str] = Field(default_factory=dict, description="Our column name = the source's.")
    watermark: str = Field(default="", description="Column of a database that grows with every change.")
    overlap: Duration = Field(default=timedelta(), description="How far before the last watermark a pull starts.")

    @model_validator(mode="after")
    def _watermarked(self) -> SourceSection:
        if self.watermark and not self.is_database:
            raise UnfitError(
                "watermark belongs to a database; of files the new ones are read anyway",
                "watermark 用于数据库；文件总是只读新的",
            )
        if not self.watermark and (self.overlap or ":since" in self.query):
            raise UnfitError("overlap and :since need a watermark", "overlap 与 :since 需要 watermark")
        return self

    @model_validator(mode="after")
    def _complete(self) -> SourceSection:
        if self.kind == "sql" or self.url or self.url_env:
            if self.kind not in {"sql", "auto"} or self.path:
                raise UnfitError("a source has either path or url", "数据源须写 path 或 url 之一")
            if bool(self.url) == bool(self.url_env):
                raise UnfitError(
                    "an sql source needs exactly one of url and url_env", "sql 数据源须且只能写 url 与 url_env 之一"
                )
            if bool(self.query) == bool(self.table):
                raise UnfitError(
                    "an sql source needs exactly one of query and table", "sql 数据源须且只能写 query 与 table 之一"
                )
        elif not self.path:
            raise UnfitError(f"a {self.kind} source needs path", f"{self.kind} 数据源需要 path")
        return self

    @property
    def is_database(self) -> bool:
        return bool(self.url or self.url_env)


class Settings(_Section):
    """A project's settings; `root` is the directory of the file."""

    root: Path
    project: ProjectSection = ProjectSection()
    warehouse: WarehouseSection = WarehouseSection()
    ledger: LedgerSection = LedgerSection()
    sources: dict[str, SourceSection] = Field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = Field(default_factory=dict)
    environment: dict[str, str] = Field(default_factory=dict, repr=False, exclude=True)

    @property
    def state(self) -> Path:
        return self.root / self.project.state

    def ledger_url(self) -> str:
        """The ledger's SQLAlchemy URL; a relative SQLite path counts from the project."""
        url = self.environment.get("PROMOCAL_LEDGER_URL") or self.secret(self.ledger.url, self.ledger.url_env, "ledger")
        if not url:
            return f"sqlite:///{self.state / 'ledger.db'}"
        if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
            return f"sqlite:///{self.root / url.removeprefix('sqlite:///')}"
        return url

    def secret(self, plain: str, variable: str, place: str) -> str:
        """The value, from the environment where the file names a variable for it."""
        if not variable:
            return plain
        if variable not in self.environment:
            raise UsageError(
                (f"{place}: the environment has no {variable}", f"{place}：环境变量中没有 {variable}"),
                (f"export {variable} before running", f"运行前请先 export {variable}"),
            )
        return self.environment[variable]


def load_settings(directory: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the project's settings; UsageError names the key and the remedy."""
    env = os.environ if environment is None else environment
    root = directory.resolve()
    path = root / FILE_NAME
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(
            (f"{path} does not exist", f"{path} 不存在"),
            (
                "run inside a project, pass --project DIR, or: promocal new",
                "请在项目目录中运行、加 --project DIR，或先 promocal new",
            ),
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            (f"{path}: {error}", f"{path}：{error}"), ("mend the TOML syntax at that place", "请修正该处的 TOML 语法")
        ) from None
    for variable, key in _WAREHOUSE_VARIABLES.items():
        if variable in env:
            document["warehouse"] = {**document.get("warehouse", {}), key: env[variable]}
    try:
        return Settings.model_validate({**document, "root": root, "environment": dict(env)})
    except ValidationError as error:
        see = ("see docs/operations.md, Settings", "见 docs/operations.md 的 Settings 一节")
        raise refused(f"{path}: ", error, see) from None


def refused(place: str, error: ValidationError, see: Said) -> UsageError:
    """The first mistake in a table of the settings, in an operator's words; `place` is put before its key."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] in _KEYS:
        said, remedy = _KEYS[first["type"]], UNSAID
    else:
        _, said, remedy = wording(first, key.rpartition(".")[2])
        if first["type"] == "value_error":  # our own sentence says it all; the hint would be of calendars
            remedy = UNSAID
    at, at_zh = (f"{place}{key}", f"{place}{key}") if key else (f"{place}the file", f"{place}该文件")
    return UsageError(
        (f"{at}: {said[0]}", f"{at_zh}：{said[1]}"), (f"{remedy[0]} {see[0]}".strip(), f"{remedy[1]}{see[1]}")
    )
