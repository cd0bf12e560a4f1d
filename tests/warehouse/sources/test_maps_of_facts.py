"""The maps of boards, bills, stock lists, invitations and peers read the headers such exports have."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from warehouse.sources import SourceSpec
from warehouse.sources.load import load_raw

EXPORTS = {
    ("traffic", "sycm-traffic"): (
        "统计日期,访客数,浏览量,跳失访客数,粉丝数\n2026-03-01,100,300,80,5000\n",
        {"position": "store", "day": "2026-03-01", "visitors": "100", "page_views": "300", "one_session": "80",
         "followers": "5000", "audience": None},
    ),
    ("costs", "ad-costs"): (
        "日期,推广渠道,花费(元),点击量\n2026-03-01,直通车,48.00,60\n",
        {"kind": "advertising", "channel": "直通车", "amount": "48.00", "at": "2026-03-01", "clicks": "60"},
    ),
    ("stock", "stock-lots"): (
        "商家编码,入库数量,入库时间\n000123,10,2026-03-01 08:00\n",
        {"sku": "000123", "pieces": "10", "at": "2026-03-01 08:00"},
    ),
    ("invitations", "invitations"): (
        "邀请人,被邀请人,邀请时间\nm1,,2026-03-01 08:00\n",
        {"inviter_id": "m1", "invited_id": "", "at": "2026-03-01 08:00"},
    ),
    ("benchmarks", "peer-figures"): (
        "指标,同行均值\n会员复购率,30%\n",
        {"metric": "会员复购率", "value": "30%", "source": "peers"},
    ),
    ("events", "member-events"): (
        "行为编号,会员编号,行为类型,行为时间,位置,商家编码\n1,m1,加购,2026-03-01,直播间,000123\n",
        {"kind": "cart_add", "position": "直播间", "sku": "000123", "benefit": None},
    ),
    ("members", "crm-members"): ("会员编号,激活状态\nm1,未激活\n", {"member_id": "m1", "pending": "未激活"}),
    ("orders", "sales-lines"): (
        "小票号,会员号,销售时间,单价,数量,门店\n7,m1,2026-03-01,5,2,太原店\n",
        {"amount": "10.00", "store": "太原店"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("export", "expected"), EXPORTS.items(), ids=[name for _, name in EXPORTS])
def test_headers_are_found(tmp_path: Path, export: tuple[str, str], expected: tuple[str, dict[str, str]]) -> None:
    (dataset, name), (text, cells) = export, expected
    (tmp_path / "export.csv").write_text(text, "utf-8")
    with duckdb.connect() as con:
        load_raw(con, SourceSpec(dataset, path="export.csv", mapping=name), tmp_path)
        columns = ", ".join(f'"{column}"' for column in cells)
        assert con.execute(f"select {columns} from raw_{dataset}").fetchall() == [tuple(cells.values())]
