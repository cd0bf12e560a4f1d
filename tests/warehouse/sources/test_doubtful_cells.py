"""Doubtful cells end in one of three ways: the right value, a row set aside with its rule, a refusal that says why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import ProblemsFoundError
from tests.warehouse.sources.doubtful import MEMBERS, Shop, formats, orders, paid
from warehouse.sources import SourceSpec
from warehouse.sources.mapping import load_map


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


AMOUNTS = ["19,99", "7,5", "6900000000017", "1.250,00", "12 50", "1e12"]


def test_an_amount_with_two_readings_or_none_is_set_aside(shop: Shop) -> None:
    shop.put("orders", orders(*paid(*AMOUNTS), good=600))
    assert shop.rows("select rule, count(*) from snap.quarantine group by 1") == [("amount-unreadable", len(AMOUNTS))]


def test_a_map_that_names_the_comma_reads_it(shop: Shop) -> None:
    rules = "datasets: {orders: {columns: {order_id: order_id, member_id: member_id, ordered_at: ordered_at,"
    rules += " paid_at: paid_at, amount: {from: amount, decimal: ','}}}}\n"
    shop.put("orders", orders(*paid("1.250,00", "19,99", "7,5", "12")), rules)
    assert [cents for (cents,) in shop.rows("select amount_cents from snap.stg_orders order by order_id")] == [
        125000,
        1999,
        750,
        1200,
    ]


def test_a_point_before_three_digits_is_no_decimal_point_where_the_comma_is(shop: Shop) -> None:
    rules = "datasets: {orders: {columns: {order_id: order_id, member_id: member_id, ordered_at: ordered_at,"
    rules += " amount: {from: amount, decimal: ','}}}}\n"
    wrong = 'a1,m1,2026-03-20 10:00:00,2026-03-20 10:01:00,"1,250.00"'
    right = [f'b{n},m1,2026-03-20 10:00:00,2026-03-20 10:01:00,"5,00"' for n in range(150)]
    shop.put("orders", orders(wrong, *right), rules)
    assert shop.rows("select rule from snap.quarantine") == [("amount-unreadable",)]


OFFSETS = {
    "2026-03-20 10:23:17 +0100": "2026-03-20 09:23:17",
    "2026-03-21 00:30:00 +09:00": "2026-03-20 15:30:00",
    "2026-03-21 00:30:00  Z": "2026-03-21 00:30:00",
    "2026-03-20T22:00:00-05:30": "2026-03-21 03:30:00",
    "2026-03-20 10:00:00": "2026-03-20 02:00:00",
}


def test_an_offset_is_taken_at_its_word(shop: Shop) -> None:
    shop.put("orders", orders(*(f"a{n},m1,{written},,5.00" for n, written in enumerate(OFFSETS))))
    read = shop.rows("select ordered_at from snap.stg_orders order by order_id")
    assert read == [(datetime.fromisoformat(utc),) for utc in OFFSETS.values()]


def test_a_format_with_an_offset_does_not_move_the_clock(shop: Shop) -> None:
    shop.put("orders", orders("a1,m1,20.03.2026 10:23 +0100,,5.00"), formats("%d.%m.%Y %H:%M %z"))
    assert shop.rows("select ordered_at from snap.stg_orders") == [(datetime(2026, 3, 20, 9, 23),)]


def test_of_several_formats_the_first_that_fits_counts(shop: Shop) -> None:
    lines = ["a1,m1,20/03/2026 10:00,,5", "a2,m2,2026.03.21 11:00,,5", "a3,m3,2026-03-22 12:00,,5"]
    shop.put("orders", orders(*lines), formats("%d/%m/%Y %H:%M", "%Y.%m.%d %H:%M"))
    read = shop.rows("select ordered_at from snap.stg_orders order by order_id")
    assert read == [(datetime(2026, 3, day, hour),) for day, hour in ((20, 2), (21, 3), (22, 4))]


def test_a_date_that_fits_two_formats_with_different_days_is_nobodys_guess(shop: Shop) -> None:
    lines = [f"z{n},m1,20/03/2026 10:00,,5" for n in range(150)]
    shop.put("orders", orders("a1,m1,03/04/2026 10:00,,5", *lines), formats("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"))
    assert shop.rows("select rule, source_row from snap.quarantine") == [("day-unsure", 2)]


def test_names_of_zones_are_refused_in_a_format(shop: Shop) -> None:
    shop.put("orders", orders(), formats("%Y-%m-%d %H:%M %Z"))
    with pytest.raises(ProblemsFoundError) as refused:
        load_map("orders", shop.base)
    assert [problem for problem in refused.value.problems if "%z" in problem.hint]


DAYS = {
    "1990-05-19T16:00:00Z": date(1990, 5, 20),
    "2000-02-29T16:00Z": date(2000, 3, 1),
    "1988-11-02T00:00:00+08:00": date(1988, 11, 2),
    "1990-05-20": date(1990, 5, 20),
    "1990-05-20 00:00:00": date(1990, 5, 20),
}


def test_a_day_made_of_a_moment_is_the_day_of_the_sources_zone(shop: Shop) -> None:
    shop.put("members", "member_id,birth_on\n" + "\n".join(f"m{n},{written}" for n, written in enumerate(DAYS)))
    assert shop.rows("select birth_on from snap.stg_members order by member_id") == [(day,) for day in DAYS.values()]


WORDS = ["#N/A", "NULL", "\\N", "nan", "None", "<NA>", "无", "-", "—", "#REF!", "#DIV/0!"]


def test_words_for_nothing_are_no_members_and_no_names(shop: Shop) -> None:
    lines = [f"{word},丁四" for word in WORDS] + [f"m{n},{word}" for n, word in enumerate(WORDS)]
    people = [f"p{n},乙{n}" for n in range(100 * len(WORDS))]
    shop.put("members", "\n".join(["member_id,name", *lines, *people]))
    shop.put("orders", orders("a1,m1,2026-03-20 10:00:00,,5.00"))
    named = "select count(*), count(name) from snap.stg_members where member_id not like 'p%'"
    assert shop.rows(named) == [(len(WORDS), 0)]
    refused = shop.rows("select dataset, rule, count(*) from snap.quarantine group by all")
    assert refused == [("members", "member-id-missing", len(WORDS))]


TOTALS = ["合计", "总计：", "小计（3 人）", "本页合计", "Total", "Grand total", " 合计 "]


def test_totals_are_set_aside_and_said(shop: Shop) -> None:
    shop.put("members", "\n".join([MEMBERS, *(f"{word},3 人," for word in TOTALS)]))
    snapshot = shop.build()
    assert (snapshot.counts["members"].accepted, snapshot.counts["members"].quarantined) == (3, len(TOTALS))
    assert [p.severity for p in snapshot.findings if "totals-row" in p.message] == ["warning"]


def test_a_name_that_begins_like_a_total_is_a_person(shop: Shop) -> None:
    shop.put("members", "member_id,name\n合计师傅,合计师傅\nm1,Totally\nm2,\nm3,")
    assert shop.rows("select count(*) from snap.stg_members") == [(4,)]


NUMBERS = {
    "13900000101.0": "13900000101",
    "+86 13900000101.00": "+86 13900000101",
    "13900000101": "13900000101",
}


def test_a_number_that_was_a_float_is_a_number_again(shop: Shop) -> None:
    lines = [f"m{n},sms,{written}" for n, written in enumerate(NUMBERS, 1)]
    shop.put("contact_points", "\n".join(["member_id,channel,address", *lines, "m1,mail,a@b.0"]))
    read = shop.rows("select channel, address from snap.stg_contact_points order by channel, member_id")
    assert read == [("mail", "a@b.0"), *(("sms", number) for number in NUMBERS.values())]


def priced(amount: str, per: str = "") -> str:
    return f"""datasets:
  orders:
{per}    columns:
      order_id: order_id
      member_id: member_id
      ordered_at: ordered_at
      amount: {amount}
"""


def test_a_price_times_pieces_is_rounded_once(shop: Shop) -> None:
    lines = ["order_id,member_id,ordered_at,price,pieces"]
    lines += ["a1,m1,2026-03-20 10:00:00,3.75,2", "a2,m1,2026-03-20 10:00:00,0.335,3", "a3,m2,2026-03-20 10:00:00,x,3"]
    lines += [f"z{n},m2,2026-03-20 10:00:00,1,1" for n in range(150)]
    shop.put("orders", "\n".join(lines), priced("{from: price, times: pieces}"))
    assert shop.rows("select order_id, amount_cents from snap.stg_orders where order_id < 'b' order by 1") == [
        ("a1", 750),
        ("a2", 101),
    ]
    assert shop.rows("select rule from snap.quarantine") == [("amount-unreadable",)]


def test_a_sum_of_products_over_lines_is_exact(shop: Shop) -> None:
    lines = ["order_id,member_id,ordered_at,price,pieces"] + ["a1,m1,2026-03-20 10:00:00,0.333,1"] * 3
    amount = "{from: price, times: pieces, combine: sum}"
    shop.put("orders", "\n".join(lines), priced(amount, "    per: order_id\n"))
    assert shop.rows("select amount_cents from snap.stg_orders") == [(100,)]


def test_a_cell_that_is_empty_is_filled_from_the_next(shop: Shop) -> None:
    lines = ["order_id,buyer,guest,ordered_at,amount"]
    lines += ["a1,m1,,2026-03-20 10:00:00,5", "a2,,m2,2026-03-20 10:00:00,5", "a3,NULL,m3,2026-03-20 10:00:00,5"]
    rules = priced("amount").replace("member_id: member_id", "member_id: {from: buyer, filled: guest}")
    shop.put("orders", "\n".join(lines), rules)
    assert shop.rows("select member_id from snap.stg_orders order by order_id") == [("m1",), ("m2",), ("m3",)]


CONSENT = """datasets:
  contact_points:
    columns:
      member_id: member_id
      channel: {constant: sms}
      address: phone
      consented_at: {from: joined, only: {短信同意: [是, Y]}}
"""


def test_yes_and_no_become_consent_from_another_column(shop: Shop) -> None:
    rows = ["m1,13900000101,2025-02-01 09:00:00,是", "m2,13900000102,2025-02-01 09:00:00,否", "m3,13900000103,,Y"]
    shop.put("contact_points", "\n".join(["member_id,phone,joined,短信同意", *rows]), CONSENT)
    assert shop.rows("select member_id, channel, consented_at from snap.stg_contact_points order by 1") == [
        ("m1", "sms", datetime(2025, 2, 1, 1)),
        ("m2", "sms", None),
        ("m3", "sms", None),
    ]


def filtered(shop: Shop, rule: str, states: Sequence[str]) -> list[tuple[Any, ...]]:
    lines = ["order_id,member_id,ordered_at,amount,state"]
    lines += [f"a{n},m1,2026-03-20 10:00:00,5,{state}" for n, state in enumerate(states)]
    shop.put("orders", "\n".join(lines), priced("amount", f"    {rule}\n"))
    return shop.rows("select order_id from snap.stg_orders order by order_id")


def test_a_map_may_keep_or_drop_rows_and_the_account_closes(shop: Shop) -> None:
    states = ["ok", "test", "ok", ""]
    assert filtered(shop, "keep: {state: [ok]}", states) == [("a0",), ("a2",)]
    assert filtered(shop, "drop: {state: [test]}", states) == [("a0",), ("a2",), ("a3",)]
    counts = shop.build().counts["orders"]
    assert (counts.rows_in, counts.accepted, counts.quarantined) == (4, 3, 1)


def test_a_filter_by_a_header_that_is_not_there_reads_nothing(shop: Shop) -> None:
    with pytest.raises(ProblemsFoundError) as refused:
        filtered(shop, "keep: {status: [ok]}", ["ok"])
    assert [problem.code for problem in refused.value.problems] == ["S134"]


def test_a_row_is_reported_under_the_first_rule_it_breaks(shop: Shop) -> None:
    shop.put("members", "member_id,name\n,a\n,b\n,c\nm1,d")
    with pytest.raises(ProblemsFoundError) as refused:
        shop.build()
    said = [problem.message for problem in refused.value.problems if problem.location.file == "sources.members"]
    assert ["member-id-missing" in text for text in said] == [True]


def test_a_rule_that_keeps_the_row_says_its_count_below_its_tolerance(shop: Shop) -> None:
    points = [f"m{1 + n % 3},c{n},1390000{n:04},2025-02-01 09:00:00," for n in range(200)]
    points.append("m1,sms,13900009999,2025-02-01 09:00:00,someday")
    header = "member_id,channel,address,consented_at,withdrawn_at"
    shop.put("contact_points", "\n".join([header, *points]))
    said = [p for p in shop.build().findings if "withdrawal-unreadable" in p.message]
    assert [(p.code, p.severity) for p in said] == [("S112", "info")]
    assert "1 of 201 rows" in said[0].message


def workbook(path: Path, **sheets: list[list[Any]]) -> None:
    """A workbook; a sheet is its rows from the first one on."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, cells in enumerate(rows, 1):
            for column, cell in enumerate(cells, 1):
                sheet.cell(number, column, cell)
    book.save(path)


def test_rows_of_a_workbook_are_those_a_spreadsheet_shows(shop: Shop) -> None:
    rows = [[], ["会员名单"], [], ["member_id", "name"], ["m1", "甲"], [], ["", "乙"], ["m3", "丙"]]
    workbook(shop.base / "members.xlsx", 会员=rows)
    shop.specs["members"] = SourceSpec("members", path="members.xlsx")
    with pytest.raises(ProblemsFoundError) as refused:
        shop.build()
    assert [problem.examples for problem in refused.value.problems if "member-id-missing" in problem.message] == [
        ("members.xlsx:7",)
    ]


def test_advice_about_a_workbook_fits_a_workbook(shop: Shop) -> None:
    cover = [["本表由门店每月导出"], ["请勿修改"]]
    workbook(shop.base / "members.xlsx", 说明=cover, 会员=[["会员号", "称呼", "生日"], ["m1", "甲", "1990-05-01"]])
    shop.specs["members"] = SourceSpec("members", path="members.xlsx")
    with pytest.raises(ProblemsFoundError) as refused:
        shop.build()
    (problem,) = refused.value.problems
    assert "会员号, 称呼, 生日; this is sheet '会员', the sheets are: 说明, 会员" in problem.hint
    assert "delimiter" not in problem.hint
    assert "会员号, 称呼, 生日；这是工作表“会员”" in problem.hint_zh


def test_findings_show_where_and_what_was_written(shop: Shop) -> None:
    lines = [*paid("19,99", "7,5", "19,99"), "b1,m1,2026-03-20,2026-03-19,5", "b2,m1,tomorrow,,5"]
    shop.put("orders", orders(*lines, good=600))
    findings = [problem for problem in shop.build().findings if problem.code != "D408"]  # one buyer in all orders
    found = {problem.message.rpartition("rule ")[2]: problem.examples for problem in findings}
    assert found == {
        "amount-unreadable)": ("orders.csv:2 amount '19,99' ×2", "orders.csv:3 amount '7,5'"),
        "paid-before-ordered)": ("orders.csv:5 paid_at '2026-03-19', ordered_at '2026-03-20'",),
        "ordered-at-unreadable)": ("orders.csv:6 ordered_at 't•••••••'",),
    }


def test_findings_mask_what_is_personal(shop: Shop) -> None:
    lines = ["m1,sms,13900000101,王小明,", "m2,sms,138****0000,2026-03-01,"]
    lines += [f"m{1 + n % 3},c{n},1390000{n:04},2025-02-01," for n in range(200)]
    shop.put("contact_points", "\n".join(["member_id,channel,address,consented_at,withdrawn_at", *lines]))
    said = [example for problem in shop.build().findings for example in problem.examples]
    assert "contact_points.csv:2 consented_at '王••'" in said
    assert not [example for example in said if "小明" in example or "0000" in example]


def test_an_unknown_state_is_said_with_its_word_whatever_the_share(shop: Shop) -> None:
    lines = [f"a{n},m1,2026-03-20 10:00:00,5,{'拼团中' if n < 2 else '交易成功'}" for n in range(400)]
    shop.put("orders", "\n".join(["order_id,member_id,ordered_at,amount,status", *lines]))
    said = [problem.examples for problem in shop.build().findings if problem.code != "D408"]  # one buyer in all orders
    assert said == [("orders.csv:2 status '拼团中' ×2",)]
