"""What stands in files of arms: read as it was meant, or not at all."""

from __future__ import annotations

from datetime import datetime

import pytest

from warehouse.measurement.arm_cells import Amounts, ArmNames, member_of, moment_of


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("", 0), ("128.5", 12_850), ("1,234.50", 123_450), ("1，234.50", 123_450), ("¥ 99", 9_900),
        ("￥1,000", 100_000), ("12元", 1_200), ("$12.50", 1_250), ("１２８.５０", 12_850), ("33.333333", 3_333),
        ("1'234.50", 123_450),
        ("-3", None), ("nan", None), ("12.5.0", None), ("1,23,456", None), ("1e5", None), ("99999999999999", None),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, cents: int | None) -> None:
    assert Amounts().cents(text) == cents


@pytest.mark.parametrize("text", ["128,50", "1.234,50", "0,5", "1234,9"])
def test_a_comma_before_the_decimals_is_asked_for_and_then_read(text: str) -> None:
    with pytest.raises(ValueError, match=","):
        Amounts().cents(text)
    assert Amounts(",").cents(text) == round(float(text.replace(".", "").replace(",", ".")) * 100)


def test_with_a_decimal_comma_a_point_is_of_thousands_or_nothing() -> None:
    amounts = Amounts(",")
    assert (amounts.cents("1.234"), amounts.cents("12.50"), amounts.doubtful) == (123_400, None, "")


def test_a_point_before_three_digits_is_doubtful_until_another_amount_tells() -> None:
    amounts = Amounts()
    amounts.cents("1.234")
    amounts.cents("200")
    assert amounts.doubtful == "1.234"
    amounts.cents("12.50")
    assert amounts.doubtful == ""
    stated = Amounts(".")
    assert (stated.cents("1.234"), stated.doubtful) == (123, "")


def test_spellings_of_an_arm_are_one() -> None:
    names = ArmNames()
    assert [names.named(text) for text in ("Treated", "treated ", "ＴＲＥＡＴＥＤ", "对照 组", "nan", "")] == [
        "Treated", "Treated", "Treated", "对照 组", "", "",
    ]  # fmt: skip
    assert names.alike == {"treated", "ＴＲＥＡＴＥＤ"}


@pytest.mark.parametrize(("text", "member"), [("'0042", "0042"), ("123", "123"), ("NULL", ""), ("e5", "e5"), ("", "")])
def test_ids(text: str, member: str) -> None:
    assert member_of(text) == member


@pytest.mark.parametrize("text", ["1.23457E+17", "1E+17", "1,2e+15"])
def test_an_id_that_a_spreadsheet_rounded_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)e\+"):
        member_of(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026/3/5 9:05", datetime(2026, 3, 5, 9, 5)), ("2026年3月5日 10:00", datetime(2026, 3, 5, 10)),
        ("2026-03-05", datetime(2026, 3, 5)), ("2026.3.5", datetime(2026, 3, 5)),
        ("2026-03-05 10:00:30", datetime(2026, 3, 5, 10, 0, 30)),
        ("3/5/2026", None), ("05.03.2026", None), ("46086", None), ("2026/2/30", None), ("yesterday", None),
    ],
)  # fmt: skip
def test_moments_of_spreadsheets(text: str, moment: datetime | None) -> None:
    assert moment_of(text) == moment


def test_offsets_are_kept() -> None:
    for text in ("2026-03-05T10:00+08:00", "2026/3/5 10:00 +08:00", "2026-03-05T02:00Z"):
        found = moment_of(text)
        assert found is not None
        assert found.isoformat().startswith("2026-03-05T")
        assert found.tzinfo is not None
