"""Macros that read cells: DuckDB and Spark agree on what people write, and on a few thousand mutations of it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from warehouse.models.catalogue import macros_of
from warehouse.portable.macros import layer_macros, spark_macros
from warehouse.portable.spark_sql import to_spark

pytestmark = pytest.mark.spark

WRITTEN = [
    *("2026-03-08 10:00:00", "2026-3-8 9:05", "2026/3/8 10:00", "2026年3月8日 10:00", "20260308", "2026-03-08 "),
    *("2026-03-08T10:00:00+08:00", "2026-03-08T10:00:00Z", "2026-03-08 10:00:00-0500", "2026-03-08 10:00 UTC"),
    *("2026-03-08 10:00:00.123456", "2026-03-08 10:00:00.1234567", "2026-03-08 24:00:00", "2026-02-30", "0000-00-00"),
    *("2026-03-08 10:00 CST", "1000-01-01", "9999-12-31 23:59:59", "2026-03-08 10:00+05:45", "2026-03-08 (BC)"),
    *("1,234.50", "¥12", "12.5元", "1e3", "-5", "12.345", "0.30000000000000004", "1_000", "99999999999999.99", "1e15"),
    *("0.005", "-0.005", "2.0", "2.5", "00012", "0.", "+5.", "-.5", "1.005e1", "１２", "NaN", "free", "0", "100%"),
    *(
        '="2016123456"',
        "'138****8000",
        " m1\u3000",
        "\ufeffu\u00a0",
        "NULL",
        "--",
        "无退款申请",
        "a b",
        "\x0b1",
        "x\u2028",
    ),
    *("交易成功", "交易关闭(退款)", "等待买家付款", "WAIT_SELLER_SEND_GOODS", "earn", "签到", "İ", "ΣΣ", "sms", "SMS "),
]
# The hours a summer time skips or repeats, a half-hour one, and zones that changed their mind.
NIGHTS = [
    *("2026-03-08 01:59:59", "2026-03-08 02:00:00", "2026-03-08 02:30:00", "2026-03-08 03:00:00"),
    *("2026-11-01 00:59:59", "2026-11-01 01:00:00", "2026-11-01 01:30:00", "2026-11-01 02:00:00"),
    *("2026-04-05 01:30:00", "2026-04-05 01:45:00", "2026-10-04 02:15:00", "2026-03-29 02:30", "2026-10-25 02:30"),
    *("1986-05-04 02:30", "1986-09-14 01:30", "1940-06-01 00:30", "1919-04-13 00:30", "1900-12-31 23:54", "1890-01-01"),
]
ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"]
LETTERS = "0123456789-:./ TZ+_eE,UC年月日\"'=\t\n\r\x0b\x0c\u00a0\u3000\ufeff\u2028１ñ元¥%\\ "


def cells(count: int) -> list[str | None]:
    """Written cells, mutations of them and random moments and amounts; the same on every run."""
    dice = random.Random(38)
    found = {*WRITTEN, *NIGHTS}
    while len(found) < count:
        text = list(dice.choice(WRITTEN))
        for _ in range(dice.randint(1, 3)):
            place = dice.randint(0, len(text))
            text[place : place + dice.randint(0, 1)] = dice.choice([[], [dice.choice(LETTERS)]])
        found.add("".join(text))
        day = f"{dice.randint(1850, 2040)}-{dice.randint(1, 12)}-{dice.randint(1, 31)}"
        found.add(f"{day} {dice.randint(0, 24)}:{dice.randint(0, 61):02}:{dice.randint(0, 60):02}")
        found |= {
            f"{dice.uniform(-1e4, 1e4):.{dice.randint(0, 8)}f}",
            f"{dice.randint(0, 99999)}e{dice.randint(-9, 9)}",
        }
    return [*sorted(found), None, ""]


def calls() -> list[str]:
    """Every macro of one cell, on the bare cell and on what tidy_value leaves of it."""
    single = [macro.name for macro in layer_macros("staging").values() if len(macro.parameters) == 1]
    assert {"tidy", "tidy_id", "as_cents", "as_moment", "as_day"} <= set(single)
    return [f"{name}({cell})" for name in single for cell in ("cell", "tidy_value(cell)")] + [
        "unread(cell, as_moment(cell))",
        "lower(tidy(cell))",
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_both_engines_read_every_cell_alike(zone: str, spark: Any, comparable: Any, tmp_path: Path) -> None:
    texts = cells(4000)
    con = duckdb.connect(config={"threads": 2})
    con.execute(f"set TimeZone = '{zone}'")
    con.execute(macros_of("staging"))
    con.register("cells", pa.table({"i": pa.array(range(len(texts))), "cell": pa.array(texts, pa.string())}))
    con.execute(f"copy (from cells) to '{tmp_path / 'cells.parquet'}' (format parquet)")
    spark.read.parquet(str(tmp_path / "cells.parquet")).createOrReplaceTempView("cells")
    names = calls() if zone == "Asia/Shanghai" else ["as_moment(tidy_value(cell))"]
    query = "select i, " + ", ".join(f"{call} as x{n}" for n, call in enumerate(names)) + " from cells"
    here = comparable(con.sql(f"{query} order by i").to_arrow_table())
    values = {"timezone": ("varchar", zone)}
    text = to_spark(query, macros=spark_macros("staging"), variables=values)  # type: ignore[arg-type]
    there = {row["i"]: row for row in comparable(spark.sql(text).toArrow())}
    con.close()
    differing = {
        name: wrong[:5]
        for n, name in enumerate(names)
        if (
            wrong := [
                (texts[row["i"]], row[f"x{n}"], there[row["i"]][f"x{n}"])
                for row in here
                if row[f"x{n}"] != there[row["i"]][f"x{n}"]
            ]
        )
    }
    assert differing == {}
    read = sum(row[f"x{names.index('as_moment(tidy_value(cell))')}"] is not None for row in here)
    assert read > len(texts) // 6, "most cells were refused, which proves little"


@pytest.mark.parametrize(
    ("zone", "cell", "moment"),
    [
        ("America/New_York", "2026-03-08 02:30:00", "2026-03-08 07:30:00"),  # skipped: read as 03:30
        ("America/New_York", "2026-11-01 01:30:00", "2026-11-01 06:30:00"),  # twice: the second one
        ("Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04 15:15:00"),
        ("Asia/Shanghai", "1986-05-04 02:30", "1986-05-03 18:30:00"),
    ],
)
def test_the_hours_of_summer_time_as_stated(zone: str, cell: str, moment: str, spark: Any) -> None:
    con = duckdb.connect()
    con.execute(f"set TimeZone = '{zone}'")
    con.execute(macros_of("staging"))
    query = f"select as_moment('{cell}') as x"
    values = {"timezone": ("varchar", zone)}
    text = to_spark(query, macros=spark_macros("staging"), variables=values)  # type: ignore[arg-type]
    assert [str(con.execute(query).fetchall()[0][0]), str(spark.sql(text).collect()[0].x)] == [moment, moment]
