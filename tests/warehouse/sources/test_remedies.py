"""Every remedy about sources leads on: the failing source is found, what the hint says is done, and it is clean.

What nobody but a person can do, or what is followed where the finding is made, is listed with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pytest

from campaign_calendars.checks import RULES
from campaign_calendars.findings.errors import ProblemsFoundError, SourceError
from campaign_calendars.findings.problem import Problem
from warehouse.sources import SourceSpec
from warehouse.sources.load import refuse_incomplete, understand_source

HEADER = "order_id,member_id,ordered_at,paid_at,amount"
ROW = "o1,m1,2026-03-08 10:00:00,2026-03-08 10:00:00,12.50"
MAP = """\
map: shop
title: {en: a, zh: b}
timezone: Asia/Shanghai
datasets:
  orders:
"""


@dataclass(frozen=True)
class Given:
    """A source of orders as it lies in a project: its file, its section, its map."""

    content: str = f"{HEADER}\n{ROW}\n"
    spec: SourceSpec = field(default_factory=lambda: SourceSpec("orders", path="orders.csv"))
    map: str = ""

    def section(self, **changes: object) -> Given:
        return replace(self, spec=replace(self.spec, **changes))  # type: ignore[arg-type]

    def swapped(self, old: str, new: str) -> Given:
        """The file, and the map, with what stands there replaced."""
        assert old in self.content + self.map
        return replace(self, content=self.content.replace(old, new), map=self.map.replace(old, new))


def mapped(columns: str, content: str) -> Given:
    listed = "".join(f"      {name}: [{name}]\n" for name in HEADER.split(",") if f" {name}:" not in columns)
    text = f"{MAP}{columns}    columns:\n{listed}" if "columns:" not in columns else MAP + columns
    return Given(content, SourceSpec("orders", path="orders.csv", mapping="shop"), text)


TWICE = Given(f"{HEADER},amount\n{ROW},9\n")
PRICED = """\
    columns:
      order_id: [order_id]
      member_id: [member_id]
      ordered_at: [ordered_at]
      amount: [unit price]
"""
PRICES = "order_id,member_id,ordered_at,unit price,quantity\no1,m1,2026-03-08 10:00:00,2.50,3\n"
AMOUNT = PRICED.replace("[unit price]", "[amount]")
DOUBTFUL = f"{HEADER}\n{ROW}\n".replace("12.50", '"1,250"')
MONEY = f"{HEADER},Currency\n{ROW},CNY\n{ROW.replace('o1', 'o2')},USD\n"

FOLLOWED: Mapping[str, tuple[tuple[Given, Callable[[Given], Given]], ...]] = {
    "S101": (
        (
            Given(f"{HEADER}\n{ROW}\n".replace("amount", "amounts")),
            lambda it: it.section(columns={"amount": "amounts"}),
        ),
        (Given("order_id,ordered_at,amount\no1,2026-03-08,1.00\n"), lambda it: it.section(guests=True)),
    ),
    "S102": (
        (TWICE, lambda it: it.swapped(",amount\n", ",amount_old\n")),
        (
            Given(f"{HEADER},amount,paid\n{ROW},9,8\n"),
            lambda it: it.section(columns={"amount": "paid"}),
        ),
    ),
    "S103": ((Given().section(columns={"amuont": "amount"}), lambda it: it.section(columns={"amount": "amount"})),),
    "S104": ((Given().section(columns={"items": "件数"}), lambda it: it.section(columns={})),),
    "S105": ((Given(""), lambda it: replace(it, content=f"{HEADER}\n")),),
    "S107": ((Given().section(path="order.csv"), lambda it: it.section(path="orders.csv")),),
    "S108": ((Given().swapped("m1", "锟斤拷"), lambda it: it.swapped("锟斤拷", "会员")),),
    "S120": (
        (mapped(AMOUNT.replace("amount:", "amuont:"), Given().content), lambda it: it.swapped("amuont", "amount")),
        (mapped("    whole: true\n" + AMOUNT, Given().content), lambda it: it.swapped("    whole: true\n", "")),
    ),
    "S134": (
        (
            mapped("    keep: {state: [paid]}\n" + AMOUNT, Given().content),
            lambda it: it.swapped("{state: [paid]}", "{}"),
        ),
    ),
    "S135": (
        (Given(MONEY), lambda it: it.swapped(",USD", ",CNY")),
        (
            Given(MONEY),
            lambda it: replace(
                it, spec=replace(it.spec, mapping="shop"), map=MAP + "    keep: {Currency: CNY}\n" + AMOUNT
            ),
        ),
    ),
    "S136": (
        (mapped(AMOUNT, DOUBTFUL), lambda it: it.swapped("amount: [amount]", "amount: {from: amount, decimal: '.'}")),
        (mapped(AMOUNT, DOUBTFUL), lambda it: it.swapped("amount: [amount]", "amount: {from: amount, decimal: ','}")),
    ),
    "S138": (
        (
            mapped(PRICED, PRICES),
            lambda it: it.swapped("amount: [unit price]", "amount: {from: unit price, times: quantity}"),
        ),
    ),
}
"""Code → failing sources, and what its hint says to do."""

ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "followed by the tests of the set-up pack, row by row": ("S610", "S611"),
    "followed by the tests of whom groups and assistants reach": ("S140", "S141", "S142"),
    "a source is added: followed below": ("S106",),
    "two sheets: followed by the tests of hostile exports, where workbooks are made": ("S109",),
    "rules that refuse a source: all of them are followed by the tests of remedies of rules": ("S110",),
    "rows that were set aside or kept within the tolerance: nothing has to be done": ("S111", "S112"),
    "data that is too old: fresher data and another limit are followed by the tests of freshness": ("S139",),
    "what a shop exported moved away from before: the limit to raise is followed by the tests of drift": (
        "S130", "S131", "S132",
    ),
    "a column that is gone: naming another header is followed by the tests of watermarks": ("S133",),
    "said, and nothing has to be done if it is right": ("S137", "D403", "D404", "D405", "D407"),
    "followed by the tests of lists of refusals, with the codes that can be mended in the list": (
        "S601", "S602", "S604", "S606",
    ),
    "a refusal of somebody unknown is kept, and an id written otherwise is understood: nothing has to be done": (
        "S603", "S605",
    ),
    "the examples of their pages fail and pass in the tests of activities": ("S700", "S701", "S702"),
    "a benefit was used otherwise than granted: the platform's own settings decide": ("D401", "D402", "D417", "D418"),
    "the command it prints is run by the tests of files for their owner alone": ("D406",),
    "the guests it names are followed by the tests of guests": ("D408",),
}  # fmt: skip
"""Why it is not followed here → the codes."""


def found(given: Given, folder: Path) -> list[Problem | SourceError]:
    """What is said when the source is read."""
    (folder / "orders.csv").write_text(given.content, "utf-8")
    (folder / "mappings").mkdir(exist_ok=True)
    if given.map:
        (folder / "mappings" / "shop.yaml").write_text(given.map, "utf-8")
    with duckdb.connect() as con:
        try:
            return list(understand_source(con, given.spec, folder).warnings)
        except ProblemsFoundError as error:
            return list(error.problems)
        except SourceError as error:
            return [error]


CASES = [(code, number) for code, ways in FOLLOWED.items() for number in range(len(ways))]


@pytest.mark.parametrize(("code", "number"), CASES, ids=[f"{code}-{number}" for code, number in CASES])
def test_a_remedy_of_a_source_leads_on(code: str, number: int, tmp_path: Path) -> None:
    given, follow = FOLLOWED[code][number]
    said = found(given, tmp_path)
    if code == "S107":  # an error of the source as a whole
        assert [type(each) for each in said] == [SourceError]
        assert all(each.remedy and each.remedy_text("zh") for each in said if isinstance(each, SourceError))
    else:
        problems = [each for each in said if isinstance(each, Problem) and each.code == code]
        assert problems, said
        assert all(each.hint and each.hint_zh and each.zh for each in problems)
    assert found(follow(given), tmp_path) == []


def test_a_source_that_is_missing_is_added() -> None:
    orders, members = SourceSpec("orders", path="o.csv"), SourceSpec("members", path="m.csv")
    with pytest.raises(ProblemsFoundError) as refused:
        refuse_incomplete([orders])
    assert [(p.code, p.hint) for p in refused.value.problems] == [
        ("S106", "add a section [sources.members] to promocal.toml")
    ]
    refuse_incomplete([orders, members])


def test_every_code_about_data_is_followed_or_says_why_not() -> None:
    listed = [code for codes in ELSEWHERE.values() for code in codes]
    assert sorted([*FOLLOWED, *listed]) == sorted(code for code in RULES if code[0] in "SD")
