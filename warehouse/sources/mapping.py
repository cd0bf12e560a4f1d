"""Column maps: which header of an export is which of our columns, as YAML a user may edit.

A map covers one kind of export and says for each dataset it can fill where the columns come from:

    orders:
      columns:
        order_id: [订单编号, 订单号]                    # the first of these headers that is there
        status: {from: 订单状态, values: {交易成功: completed}}
        refunded: {from: 退款金额, empty: [无退款申请], else: {from: 总金额, less: 买家实际支付金额, when: paid_at}}

Headers are compared without blanks around them, wide forms and case. `mappings/<name>.yaml` of the
project wins over a shipped map of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError
from campaign_calendars.findings.finding import Finding, suggestion
from campaign_calendars.findings.said import Said
from campaign_calendars.reading.loading import load_document
from campaign_calendars.values.scalars import Share, Text, UnfitError
from warehouse.sources.catalogue import DATASETS

SHIPPED = files("warehouse") / "sources" / "mappings"
FOLDER = "mappings"


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Guests = Annotated[bool | tuple[str, ...], BeforeValidator(_listed)]
"""Whether orders without a buyer are expected, or which words beside empty cells stand for nobody."""


_OF_A_CELL = ("filled", "times", "empty", "values", "format", "part", "less")
"""Keys of a rule that say something about the cells it reads."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wanted(_Strict):
    """Which cells of a header are meant: those with one of the words, a beginning, or a sign."""

    words: Texts = Field(default=(), description="One of these words.")
    starts: Texts = Field(default=(), description="Begins like one of these.")
    sign: Literal["", "negative", "zero", "positive"] = Field(default="", description="A number with this sign.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """`{状态: 有效}` and `{状态: [有效, 已付]}` name words."""
        return {"words": value} if isinstance(value, str | list) else value

    @model_validator(mode="after")
    def _complete(self) -> Wanted:
        if not (self.words or self.starts or self.sign):
            raise UnfitError(
                "a condition needs words, starts or sign", "条件需要 words（词）、starts（开头）或 sign（正负）"
            )
        return self


class ColumnRule(_Strict):
    """Where a column comes from and what its cells mean; without a further key a cell is taken as written."""

    headers: Texts = Field(default=(), alias="from", description="Headers, the first that is there counts.")
    constant: str = Field(default="", description="The same text in every row, for what the export does not say.")
    file: Literal["", "date"] = Field(
        default="", description="The date in the file's name, as in 会员_20260308.xlsx, instead of a header."
    )
    filled: Texts = Field(default=(), description="Headers to look at, in order, where the cell is empty.")
    times: Texts = Field(default=(), description="Headers of a number it is multiplied by, as price by pieces.")
    decimal: Literal[".", ","] = Field(default=".", description="What stands before the decimals, as in 1.234,50.")
    empty: Texts = Field(default=(), description="Words that stand for nothing.")
    values: dict[str, str] = Field(default_factory=dict, description="Word of the export: ours.")
    unknown: Literal["reject", "keep"] = Field(default="keep", description="What happens to any other word.")
    format: Texts = Field(
        default=(), description="How dates are written, as in %d/%m/%Y, the first that fits; excel: days since 1900."
    )
    part: int = Field(default=0, ge=0, description="The n-th word of the cell.")
    less: Texts = Field(default=(), description="Headers of an amount that is taken off.")
    when: str = Field(default="", description="Only where this column of ours has a value.")
    only: dict[str, Wanted] = Field(default_factory=dict, description="Only where that header has one of these words.")
    combine: Literal["first", "sum", "count", "min", "max"] = Field(
        default="first", description="Of lines put together."
    )
    order: Texts = Field(default=(), description="Of lines put together, the word that stands first here.")
    otherwise: ColumnRule | None = Field(default=None, alias="else", description="If none of the headers is there.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """`order_id: 订单编号` and `order_id: [订单编号, 订单号]` are rules too."""
        return {"from": value} if isinstance(value, str | list) else value

    @model_validator(mode="after")
    def _complete(self) -> ColumnRule:
        if sum(map(bool, (self.headers, self.constant, self.file))) != 1:
            raise UnfitError(
                "a column needs one of from (the header it comes from), constant and file",
                "列需要 from（来源表头）、constant、file 三者之一",
            )
        unread = [key for key in _OF_A_CELL if getattr(self, key)] if not self.headers else []
        if unread or (self.decimal != "." and not self.headers):
            key = (unread or ["decimal"])[0]
            raise UnfitError(
                f"{key} is about cells of a header, and this column has no from",
                f"{key} 针对表头下的单元格，而该列没有 from",
            )
        for written in self.format:
            if "%Z" in written:
                raise ValueError("a format cannot read names of zones (%Z): CST is Chicago or Shanghai; use %z")
        return self

    def choices(self) -> Iterator[ColumnRule]:
        """The rule and what is tried after it."""
        yield self
        if self.otherwise is not None:
            yield from self.otherwise.choices()


class DatasetMap(_Strict):
    """How one dataset is filled. `per`: lines are put together to one row for each value of that column."""

    columns: dict[str, ColumnRule]
    per: str = ""
    line: Texts = Field(default=(), description="Header that names a line: exported again, the last one counts.")
    whole: bool = Field(
        default=False, description="A file has all lines of a row: exported again, those of the last file count."
    )
    keep: dict[str, Wanted] = Field(
        default_factory=dict,
        description="Only rows where that header has one of these words; the others are set aside.",
    )
    drop: dict[str, Wanted] = Field(
        default_factory=dict, description="Not the rows where that header has one of these words; they are set aside."
    )
    guests: Guests = Field(
        default=False,
        description="Orders without a buyer are expected; words that stand for nobody, too.",
    )
    tolerances: dict[str, Share] = Field(
        default_factory=dict, description="Rule = the share of rows that may break it; those of the settings win."
    )


class ColumnMap(_Strict):
    """A kind of export."""

    map: str
    title: Text
    about: str = ""
    timezone: str = Field(default="", description="Of moments without an offset.")
    datasets: dict[str, DatasetMap]


def shipped_maps() -> list[str]:
    """Names of the maps that come with promocal."""
    return sorted(item.name.removesuffix(".yaml") for item in SHIPPED.iterdir() if item.name.endswith(".yaml"))


def map_text(name: str, base_dir: Path) -> tuple[str, str]:
    """(text, file) of a map: the project's own, else the shipped one. Raises SourceError."""
    own = base_dir / FOLDER / f"{name}.yaml"
    if own.is_file():
        try:
            return own.read_text("utf-8"), f"{FOLDER}/{own.name}"
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(
                (f"{own} cannot be read: {error}", f"{own} 无法读取：{error}"), ("save it as UTF-8", "请另存为 UTF-8")
            ) from None
    if name in (known := shipped_maps()):
        return (SHIPPED / f"{name}.yaml").read_text("utf-8"), f"{name}.yaml"
    present = {path.stem for path in (base_dir / FOLDER).glob("*.yaml")} | set(known)
    raise SourceError(
        (
            f"there is no map '{name}', neither shipped nor in {FOLDER}/",
            f"没有列映射 '{name}'：既非自带，也不在 {FOLDER}/ 中",
        ),
        suggestion(name, present),
    )


def load_map(name: str, base_dir: Path) -> ColumnMap:
    """A map, read and checked. Raises SourceError (no such map) and ProblemsFoundError (mistakes, located)."""
    return _parsed(*map_text(name, base_dir))


def dataset_rules(name: str, dataset: str, base_dir: Path) -> DatasetMap:
    """What the map `name` says about a dataset; SourceError when it says nothing."""
    found = load_map(name, base_dir)
    if dataset not in found.datasets:
        raise SourceError(
            (
                f"sources.{dataset}: the map '{name}' does not fill {dataset}",
                f"sources.{dataset}：列映射 '{name}' 不提供 {dataset}",
            ),
            (
                f"it fills: {', '.join(found.datasets)}; choose another map or write columns = {{ … }}",
                f"它提供：{', '.join(found.datasets)}；请换一个列映射，或写 columns = {{ … }}",
            ),
        )
    return found.datasets[dataset]


GUESTS_UNFIT: Said = (
    "only orders, and members made of orders (per: member_id), have guests",
    "只有订单，以及由订单汇总的会员（per: member_id）才有游客",
)


def takes_guests(dataset: str, rules: DatasetMap) -> bool:
    """Whether rows of a dataset may be those of guests."""
    return dataset == "orders" or (dataset == "members" and rules.per == "member_id")


@cache
def _parsed(text: str, file: str) -> ColumnMap:
    loaded = load_document(ColumnMap, text, file)
    if loaded.model is None:
        raise ProblemsFoundError(loaded.problems, (f"the map {file} has mistakes", f"列映射 {file} 有错误"))
    problems = [loaded.locations.problem(finding) for finding in _findings(loaded.model)]
    if problems:
        raise ProblemsFoundError(problems, (f"the map {file} has mistakes", f"列映射 {file} 有错误"))
    return loaded.model


def _findings(found: ColumnMap) -> Iterator[Finding]:
    """Names of datasets and columns that do not exist."""
    for name, dataset in found.datasets.items():
        if name not in DATASETS:
            yield _unknown("dataset", name, ("datasets", name), DATASETS)
            continue
        columns = dict.fromkeys(DATASETS[name].columns)
        for column, rule in dataset.columns.items():
            path = ("datasets", name, "columns", column)
            if column not in columns:
                yield _unknown(f"column of {name}", column, path, columns)
            for choice in rule.choices():
                if choice.when and choice.when not in dataset.columns:
                    yield _unknown("mapped column", choice.when, path, dataset.columns)
        if dataset.guests is not False and not takes_guests(name, dataset):
            yield Finding("S120", ("datasets", name, "guests"), *GUESTS_UNFIT, "Remove guests.", "请删除 guests。")
        if dataset.whole and not dataset.per:
            yield Finding(
                "S120",
                ("datasets", name, "whole"),
                "whole is about lines that are put together, and there is no per",
                "whole 针对需要合并的多行，但没有写 per",
                "Write per, or remove whole.",
                "请写 per，或删除 whole。",
            )
        if dataset.per and dataset.per not in dataset.columns:
            yield _unknown("mapped column", dataset.per, ("datasets", name, "per"), dataset.columns)


def _unknown(what: str, name: str, path: tuple[str, ...], known: Mapping[str, object]) -> Finding:
    hint, hint_zh = suggestion(name, known)
    return Finding("S120", path, f"there is no {what} {name!r}", f"没有这个名称：{name!r}", hint, hint_zh)
