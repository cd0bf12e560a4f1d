"""Control groups drawn by region: whole provinces, each by its name, and nobody without one."""

from __future__ import annotations

import dataclasses
from collections import Counter

import duckdb
import pytest

from campaign_calendars.deciding.briefs import HoldoutRule
from tests.warehouse.buckets import bucket
from warehouse.decision import engine
from warehouse.decision.audiences import in_any_group
from warehouse.decision.regions import define_regions

from .cases import BRIEF, Member, connect

PROVINCES = ("广东省", "广东", "浙江", "江苏省", "上海市", "新疆维吾尔自治区", "四川", "湖北", "Bavaria", None)
RULE = HoldoutRule("campaign", "camp:province", 4_000, "province")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("广东省", "广东"),
        (" 广东 ", "广东"),
        ("上海市", "上海"),
        ("新疆维吾尔自治区", "新疆"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("延边朝鲜族自治州", "延边"),
        ("湘西土家族苗族自治州", "湘西"),
        ("阿里地区", "阿里"),
        ("香港特别行政区", "香港"),
        ("Hunan Province", "湖南"),
        ("GUANGDONG", "广东"),
        ("Guangxi Zhuang Autonomous Region", "广西"),
        ("Inner  Mongolia", "内蒙古"),
        ("\u3000广东省\t", "广东"),
        ("广东\xa0省\n", "广东"),
        ("新疆维吾尔族自治区", "新疆"),
        ("BAVARIA", "bavaria"),
        ("Mexico City", "mexico city"),
        ("市", "市"),
        ("  ", None),
        ("\u3000", None),
        ("未知", None),
        ("其他地区", None),
        ("Unknown", None),
        ("n/a", None),
        ("—", None),
        ("'; drop table decisions; --", "'; drop table decisions; --"),
        (None, None),
    ],
)
def test_a_region_has_one_name_however_it_is_written(written: str | None, name: str | None) -> None:
    with duckdb.connect() as con:
        define_regions(con)
        assert con.execute("select region_name(?)", [written]).fetchone() == (name,)


@pytest.fixture(scope="module")
def decided() -> duckdb.DuckDBPyConnection:
    """Six hundred members of ten provinces, decided with 40 % of the provinces and 20 % of the members held out."""
    con = connect([Member(f"m{n}") for n in range(600)])
    con.execute("alter table member_features add column province varchar")
    for number, province in enumerate(PROVINCES):
        con.execute(
            "update member_features set province = ? where substr(member_id, 2)::int % 10 = ?", [province, number]
        )
    rules = (RULE, HoldoutRule("play", "camp:burst/recall", 2_000))
    engine.decide_play(con, dataclasses.replace(BRIEF, holdouts=rules))
    return con


def test_whole_regions_are_held_out_by_the_bucket_of_their_name(decided: duckdb.DuckDBPyConnection) -> None:
    rows = decided.execute("select member_id, arm, region, reason, chain from decisions").fetchall()
    assert len(rows) == 600
    seen: Counter[str] = Counter()
    for member, arm, region, reason, chain in rows:
        province = PROVINCES[int(member[1:]) % 10]
        known = {"广东省": "广东", "江苏省": "江苏", "上海市": "上海", "新疆维吾尔自治区": "新疆", "Bavaria": "bavaria"}
        assert region == (known.get(province, province) if province else None)
        held = region is not None and bucket("camp:province", region) < 4_000
        in_play = bucket("camp:burst/recall", member) < 2_000
        assert arm == ("campaign_control" if held else "play_control" if in_play else "treated")
        assert reason is None, "who is held out has no other reason than before"
        assert ("holdout:campaign" in chain) == held
        seen[arm] += 1
    assert min(seen["campaign_control"], seen["play_control"], seen["treated"]) > 30
    assert {arm for _, arm, region, *_ in rows if region == "广东"} in (
        {"campaign_control"},
        {"treated", "play_control"},
    )


def test_counts_beside_audiences_hold_out_the_same_members(decided: duckdb.DuckDBPyConnection) -> None:
    held = decided.execute(f"select member_id from member_features as f where {in_any_group([RULE])}").fetchall()
    arms = decided.execute("select member_id from decisions where arm = 'campaign_control'").fetchall()
    assert sorted(held) == sorted(arms)
    none = decided.execute(f"select count(*) from member_features as f where ({in_any_group([RULE])}) is null")
    assert none.fetchone() == (0,)


def test_another_unit_is_another_draw_and_members_remain_the_default() -> None:
    con = connect([Member(f"m{n}") for n in range(200)])
    engine.decide_play(con, dataclasses.replace(BRIEF, holdouts=(HoldoutRule("campaign", "camp", 4_000),)))
    for member, arm, region in con.execute("select member_id, arm, region from decisions").fetchall():
        assert arm == ("campaign_control" if bucket("camp", member) < 4_000 else "treated")
        assert region is None
