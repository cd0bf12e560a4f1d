"""Links in their short form, goods lists without what is over, attachments: in files, payloads and the pack."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import ProblemsFoundError
from campaign_calendars.messages.material import Place, short_code
from tasks.exporting.pack import export_pack
from tasks.running.phase import run_phase
from tasks.runtime import open_runtime
from tests.flows.small_project import MEMBERS
from tests.pulling import refresh
from tests.tasks.channels.sink import Sink
from tests.tasks.outreach.two_channels import NOW, SALE, STORE, sent, shop

CALENDAR = """
links: {sale: "https://shop.cn/sale?from=spring"}
lists:
  must-buy:
    title: 必买清单
    items:
      - {item: "1", title: 龙井, link: "https://shop.cn/1", price: 128, member_price: 98}
      - {item: "2", title: 春盒, link: "https://shop.cn/2", price: 59, until: 2026-03-07}
      - {item: "3", title: 白茶, link: "https://shop.cn/3"}
"""
PLAY = """
message: {sms: messages/sms.txt, default: messages/push.txt}
list: must-buy
attachments:
  - {kind: picture, file: pictures/burst.png}
  - {kind: card, title: 女王节会场, text: 会员专享, link: sale}
  - {kind: goods, list: must-buy}
"""
FILES = {
    "messages/sms.txt": "{{ list.count }}款好物 {{ link.sale }}",
    "messages/push.txt": "{{ list.title }}\n{{ list.text }}\n{{ link.sale }}",
}
SHORT = STORE.replace("kind: sms, ", "kind: sms, short_link: 's.cn/{code}', ")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


def picture(root: Path, content: bytes = PNG) -> None:
    (root / "pictures").mkdir()
    (root / "pictures" / "burst.png").write_bytes(content)


def test_links_lists_and_attachments_leave_with_the_text(tmp_path: Path, sink: Sink) -> None:
    rt = shop(tmp_path, sink, PLAY, calendar=CALENDAR, store=SHORT, files=FILES)
    picture(tmp_path)
    files, pushed = sent(rt, sink)
    code = short_code(Place(SALE, "burst", "recall", "sms"), "sale")
    assert len(code) == 7
    assert {row["text"] for row in files.values()} == {f"2款好物 s.cn/{code} 拒收请回复R"}
    assert all("picture" not in row for row in files.values()), "SMS carry words alone"
    goods = "1. 龙井 ¥98 https://shop.cn/1\n2. 白茶 https://shop.cn/3"
    message = next(iter(pushed.values()))
    assert message["text"] == f"必买清单\n{goods}\nhttps://shop.cn/sale?from=spring"
    first, second, third = message["attachments"]
    assert first == {"kind": "picture", "file": "pictures/burst.png"}
    assert second == {
        "kind": "card",
        "title": "女王节会场",
        "text": "会员专享",
        "url": "https://shop.cn/sale?from=spring",
    }
    assert [(row["rank"], row["item"], row["price_cents"], row["member_price_cents"]) for row in third["goods"]] == [
        (1, "1", 12800, 9800),
        (2, "3", None, None),
    ]
    export_pack(rt, SALE, tmp_path / "pack", lang="en", crowds=False)
    with (tmp_path / "pack" / "links.csv").open(encoding="utf-8-sig") as lines:
        links = {row["channel"]: (row["in the text"], row["address"]) for row in csv.DictReader(lines)}
    address = "https://shop.cn/sale?from=spring"
    assert links == {"sms": (f"s.cn/{code}", address), "push": (address, address)}
    assert "picture: pictures/burst.png" in (tmp_path / "pack" / "texts.csv").read_text("utf-8")
    assert (tmp_path / "pack" / "goods.csv").read_text("utf-8").count("must-buy") == 3
    rt.close()


def test_files_have_a_column_for_each_kind_of_attachment(tmp_path: Path, sink: Sink) -> None:
    store = STORE.replace("sms: {kind: sms", "sms: {kind: wecom").replace("consent: required", "consent: implied")
    rt = shop(tmp_path, sink, PLAY, calendar=CALENDAR, store=store, files=FILES)
    picture(tmp_path)
    files, _ = sent(rt, sink)
    row = next(iter(files.values()))
    assert row["picture"] == "pictures/burst.png"
    assert row["card"] == "女王节会场 | 会员专享 | https://shop.cn/sale?from=spring"
    assert row["goods"] == "1. 龙井 ¥98 https://shop.cn/1\n2. 白茶 https://shop.cn/3"
    rt.close()


def test_nothing_leaves_while_nothing_of_the_list_is_on_sale(tmp_path: Path, sink: Sink) -> None:
    over = CALENDAR.replace('https://shop.cn/1"', 'https://shop.cn/1", until: 2026-03-07').replace(
        'https://shop.cn/3"', 'https://shop.cn/3", until: 2026-03-07'
    )
    rt = shop(tmp_path, sink, PLAY, calendar=over, files=FILES)
    picture(tmp_path)
    files, pushed = sent(rt, sink)
    assert not files
    assert not pushed
    assert {(job.status, job.error) for job in rt.ledger.jobs()} == {
        ("pending", "nothing of the list must-buy is on sale")
    }
    rt.close()


def test_goods_of_the_favourite_category_come_first(tmp_path: Path, sink: Sink) -> None:
    """A member who bought white tea most reads it first, others read the list as written."""
    liked = CALENDAR.replace("    title: 必买清单", "    title: 必买清单\n    by: favourite_category")
    liked = liked.replace('/1",', '/1", category: green,').replace('/2",', '/2", category: box,')
    liked = liked.replace('cn/3"', 'cn/3", category: white')
    rt = shop(tmp_path, sink, PLAY, calendar=liked, files=FILES)
    picture(tmp_path)
    lines = "order_id,sku,category,quantity,paid\no-6,a1,green,1,10.00\no-6,a3,white,1,30.00\no-7,a1,green,1,5\n"
    (tmp_path / "data" / "order_items.csv").write_text(lines, "utf-8")
    settings = tmp_path / "promocal.toml"
    source = '\n[sources.order_items]\nkind = "csv"\npath = "data/order_items.csv"\ntimezone = "Asia/Shanghai"\n'
    settings.write_text(settings.read_text("utf-8") + source, "utf-8")
    rt.close()
    rt = open_runtime(tmp_path, clock=lambda: NOW)
    refresh(rt, SALE, NOW - timedelta(minutes=30))
    _, pushed = sent(rt, sink)
    first = {member: message["attachments"][2]["goods"][0]["title"] for member, message in pushed.items()}
    assert first == {MEMBERS[4]: "龙井", MEMBERS[5]: "白茶", MEMBERS[6]: "龙井", MEMBERS[7]: "龙井"}
    assert pushed[MEMBERS[5]]["text"].startswith("必买清单\n1. 白茶")
    rt.close()


@pytest.mark.parametrize("content", [None, b"no picture"])
def test_a_picture_that_cannot_be_sent_stops_the_run(tmp_path: Path, sink: Sink, content: bytes | None) -> None:
    rt = shop(tmp_path, sink, PLAY, calendar=CALENDAR, files=FILES)
    if content is not None:
        picture(tmp_path, content)
    with pytest.raises(ProblemsFoundError) as caught:
        run_phase(rt, SALE, "burst", NOW)
    assert [problem.code for problem in caught.value.problems] == ["C619"]
    assert not sink.requests
    rt.close()
