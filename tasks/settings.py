"""`promocal.toml` and the environment → settings. Nothing else reads either.

Environment variables win over the file: `PROMOCAL_LEDGER_URL`, `PROMOCAL_THREADS`,
`PROMOCAL_MEMORY_LIMIT`, `PROMOCAL_LOGS`, `PROMOCAL_SPARK_URL` (a Spark Connect URL may carry a token). Secrets stay
in the environment; the file names the variable (`url_env`, `token_env`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationError, model_validator
from pydantic_core import ErrorDetails

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import suggestion
from campaign_calendars.findings.said import UNSAID, Said
from campaign_calendars.findings.unknown import no_project
from campaign_calendars.reading.wording import wording
from campaign_calendars.values.scalars import FULL_SHARE, Share, UnfitError
from tasks.plugins import plug_in
from warehouse.sources.port import SourceKeys
from warehouse.sources.registry import AUTO, SOURCES, kind_by_keys, kind_named

FILE_NAME = "promocal.toml"
_WAREHOUSE_VARIABLES = {
    "PROMOCAL_THREADS": "threads",
    "PROMOCAL_MEMORY_LIMIT": "memory_limit",
    "PROMOCAL_SPARK_URL": "spark_url",
}
_UNKNOWN = "extra_forbidden"
_SEE: Said = ("see docs/operations.md, Settings", "见 docs/operations.zh.md 的“设置”一节")
Keys = TypeVar("Keys", bound=BaseModel)


_KEYS: dict[str, Said] = {_UNKNOWN: ("unknown key", "未知的键"), "missing": ("is missing", "没有写")}


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


class LogsSection(_Section):
    to: str = Field(default="", description="stderr, or a file, for lines of JSON; empty: no journal.")


class LedgerSection(_Section):
    url: str = ""
    url_env: str = ""
    keep_days: int | None = Field(default=None, ge=1, description="How long members of runs are known.")


class ApplySection(_Section):
    """How much a plan may change against the one that was applied; `promocal apply --force NAME` passes a limit."""

    members: Share = Field(default=5_000, description="Of all members: those who get something else.")
    budget: Share = Field(default=2_000, description="Of the cost of the applied plan: what is added to it.")


AlertKind = Literal[
    "gate",  # the data were refused
    "breaker",  # a channel is left alone
    "halt",  # somebody stopped something
    "approval",  # a run waits for a person, or did so in vain
    "envelope",  # a run left its applied plan and waits
    "unknown",  # messages that may or may not have left
    "run_failed",
    "crashed",  # the process of a run is gone
    "missed",
    "server",  # the Prefect server does not answer
    "worker",  # the worker ended by itself
]
ALERT_KINDS: tuple[AlertKind, ...] = get_args(AlertKind)


class AlertsSection(_Section):
    """Whom of the staff to tell at once, and of what."""

    urls: tuple[str, ...] = Field(default=(), repr=False, description="Addresses as apprise takes them.")
    url_env: tuple[str, ...] = Field(default=(), description="Variables of the environment that hold further ones.")
    on: tuple[AlertKind, ...] = Field(default=ALERT_KINDS, description="What to tell; default: everything.")
    lang: Literal["", "zh", "en"] = Field(default="", description="Language; empty: that of the project.")
    by: Literal["promocal", "prefect"] = Field(
        default="promocal",
        description="Who delivers what runs on a Prefect server tell: they themselves, or automations of the server.",
    )


class ReceiveSection(_Section):
    """The endpoint for receipts and replies (`promocal receive`)."""

    secret_env: str = Field(default="", description="Variable with the secret that signs requests.")
    token_env: str = Field(
        default="", description="Variable with the token at the end of the path, for who cannot sign."
    )
    certificate: str = Field(
        default="", description="File with the certificate chain (PEM); with it the endpoint speaks TLS by itself."
    )
    key: str = Field(
        default="", description="File with its private key (PEM); default: it is in the certificate's file."
    )
    body_limit: int = Field(default=1_048_576, ge=1_024, le=67_108_864, description="Bytes of a request.")
    per_second: float = Field(default=50.0, ge=1, le=10_000, description="Requests.")


class SourceSection(_Section):
    """Where one dataset comes from: what every kind has, and the `keys` of its kind."""

    kind: str
    timezone: str = Field(default="", description="Of moments without an offset; empty: the map's, else UTC.")
    mapping: str = Field(default="", description="A column map: of the project's mappings/, or a shipped one.")
    columns: dict[str, str] = Field(default_factory=dict, description="Our column name = the source's.")
    guests: bool | tuple[str, ...] | None = Field(
        default=None, description="Orders without a buyer are expected; words that stand for nobody. Empty: the map's."
    )
    tolerances: dict[str, Share] = Field(
        default_factory=dict, description="Rule = the share of rows that may break it."
    )
    keys: SerializeAsAny[SourceKeys]


class Settings(_Section):
    """A project's settings; `root` is the directory of the file."""

    root: Path
    project: ProjectSection = ProjectSection()
    warehouse: WarehouseSection = WarehouseSection()
    ledger: LedgerSection = LedgerSection()
    logs: LogsSection = LogsSection()
    apply: ApplySection = ApplySection()
    alerts: AlertsSection = AlertsSection()
    receive: ReceiveSection = ReceiveSection()
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

    @property
    def journal(self) -> str:
        """Where lines of JSON about what happens go; empty: nowhere."""
        return self.environment.get("PROMOCAL_LOGS") or self.logs.to

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


def validated(model: type[Keys], table: Mapping[str, Any], place: str, see: Said) -> Keys:
    """The keys of a table by their model; UsageError names the first one that is wrong, unknown ones before others."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        # A key that is written wrongly explains the one that is missing.
        found = min(error.errors(include_url=False), key=lambda e: e["type"] != _UNKNOWN)
    key = ".".join(str(part) for part in found["loc"])
    if found["type"] == _UNKNOWN:
        raise UsageError(
            (f"{place}.{key}: is not a key of this kind", f"{place}.{key}：该类型没有这个键"),
            suggestion(key, model.model_fields),
        )
    raise _refused(f"{place}.{key}" if key else place, found, see)


def _refused(at: str, found: ErrorDetails, see: Said) -> UsageError:
    """A mistake in the settings, at a place, in an operator's words."""
    if found["type"] in _KEYS:
        said, remedy = _KEYS[found["type"]], UNSAID
    else:
        _, said, remedy = wording(found, at.rpartition(".")[2])
        if found["type"] == "value_error":  # our own sentence says it all; the hint would be of calendars
            remedy = UNSAID
    return UsageError(
        (f"{at}: {said[0]}", f"{at}：{said[1]}"), (f"{remedy[0]} {see[0]}".strip(), f"{remedy[1]}{see[1]}")
    )


def load_settings(directory: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the project's settings; UsageError names the key and the remedy."""
    env = os.environ if environment is None else environment
    root = directory.resolve()
    path = root / FILE_NAME
    if "?" in str(root):
        raise _unfit_place(root)
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise no_project(path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            (f"{path}: {error}", f"{path}：{error}"), ("mend the TOML syntax at that place", "请修正该处的 TOML 语法")
        ) from None
    for variable, key in _WAREHOUSE_VARIABLES.items():
        if variable in env:
            document["warehouse"] = {**document.get("warehouse", {}), key: env[variable]}
    sources = document.pop("sources", {})
    try:
        made = Settings.model_validate({**document, "root": root, "environment": dict(env)})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise _refused(f"{path}: {key}" if key else str(path), first, _SEE) from None
    return made.model_copy(update={"sources": _sources(path, sources)})


def _unfit_place(root: Path) -> UsageError:
    """Databases are named by addresses, which end at a question mark: ledgers of two projects would be one file."""
    return UsageError(
        (f"a project cannot lie in {root}: there is a ? in its path", f"项目不能放在 {root}：路径中有 ?"),
        ("move it, or rename that directory", "请移动项目，或修改该目录名"),
    )


def _sources(path: Path, tables: object) -> dict[str, SourceSection]:
    """Every `[sources.*]` table by its kind. UsageError names the key and the remedy."""
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise UsageError(
            (f"{path}: sources: there is a table for each dataset", f"{path}：sources：每个数据集各写一个表"),
            ("write [sources.members]", "请写 [sources.members]"),
        )
    if tables:
        plug_in(SOURCES)
    return {dataset: _source(f"{path}: sources.{dataset}", table) for dataset, table in tables.items()}


def _source(place: str, table: dict[str, Any]) -> SourceSection:
    own = {key: value for key, value in table.items() if key in SourceSection.model_fields.keys() - {"keys"}}
    rest = {key: value for key, value in table.items() if key not in own}
    if own.setdefault("kind", AUTO) == AUTO:
        own["kind"] = kind_by_keys(rest)
    kind = kind_named(str(own["kind"]), f"{place}.kind")
    return validated(SourceSection, own | {"keys": validated(kind.keys, rest, place, _SEE)}, place, _SEE)
