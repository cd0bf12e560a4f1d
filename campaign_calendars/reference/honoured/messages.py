"""Keys of what plays say: texts, tests of texts, who hears first, links, goods lists, attachments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.findings.said import Said
from campaign_calendars.reference.honoured.entry import Honoured, Honourer

_BY_CHANNEL = "tasks/outreach/test_texts_by_channel.py::"
_TESTS = "tasks/outreach/test_tests_of_texts.py::"
_MATERIALS = "tasks/outreach/test_materials.py::"
_LEAVES = f"{_MATERIALS}test_links_lists_and_attachments_leave_with_the_text"
_BEST = f"{_TESTS}test_the_rest_waits_and_gets_what_did_best"


def _at(test: str, does: Said, rows: str = "", by: Honourer = "dispatch") -> Honoured:
    return Honoured(by, does, rows, test)


MESSAGES: Final[Mapping[str, Honoured]] = {
    "Calendar.links": _at(_LEAVES, ("A text writes the address, or its short form.", "文案写出地址或其短链。"), "B3"),
    "Calendar.lists": _at(_LEAVES, ("Texts and attachments hold what is on sale.", "文案与附件列出在售商品。"), "A9"),
    "Play.notify": _at(f"{_TESTS}test_higher_tiers_hear_first", ("Lower tiers wait.", "低等级会员等待。"), "A6"),
    "Notify.by": _at(f"{_TESTS}test_higher_tiers_hear_first", ("Messages wait by tier.", "消息按等级等待。"), "A6"),
    "Play.list": _at(_LEAVES, ("The text writes its goods.", "文案写出清单商品。"), "A9"),
    "Play.attachments": _at(_LEAVES, ("They leave with the text.", "随文案发出。"), "B4"),
    "Attachment.kind": _at(_LEAVES, ("The payload says what it is.", "消息载荷写明类型。"), "B4"),
    "Attachment.file": _at(_LEAVES, ("The picture leaves with the text.", "图片随文案发出。"), "B4"),
    "Attachment.link": _at(_LEAVES, ("The card leads there.", "卡片指向该链接。"), "B4"),
    "Attachment.title": _at(_LEAVES, ("The card shows it.", "卡片显示标题。"), "A4"),
    "Attachment.text": _at(_LEAVES, ("The card shows it below its title.", "卡片在标题下显示。"), "B4"),
    "Attachment.list": _at(_LEAVES, ("Its goods leave with the text.", "清单商品随文案发出。"), "A9"),
    "GoodsList.title": _at(_LEAVES, ("The text and the attachment name it.", "文案与附件写出名称。"), "A9"),
    "GoodsList.items": _at(_LEAVES, ("Each is a row of the list.", "每件为清单一行。"), "A9"),
    "GoodsList.by": _at(
        f"{_MATERIALS}test_goods_of_the_favourite_category_come_first",
        ("Goods a member likes come first.", "会员常购的商品排在最前。"),
        "A9",
    ),
    "GoodsItem.category": _at(
        f"{_MATERIALS}test_goods_of_the_favourite_category_come_first",
        ("It is held against the member's favourite.", "与会员常购类目相比。"),
        "A9",
    ),
    "GoodsItem.item": _at(_LEAVES, ("The payload names the item.", "消息载荷写明商品。"), "A9"),
    "GoodsItem.link": _at(_LEAVES, ("The row leads there.", "清单行指向该页面。"), "A9"),
    "GoodsItem.price": _at(_LEAVES, ("The row shows it.", "清单行显示价格。"), "A9"),
    "GoodsItem.member_price": _at(_LEAVES, ("The row shows it for the price.", "清单行以会员价代替价格。"), "A9"),
    "GoodsItem.title": _at(_LEAVES, ("The row names it.", "清单行写出名称。"), "A9"),
    "GoodsItem.until": _at(
        f"{_MATERIALS}test_nothing_leaves_while_nothing_of_the_list_is_on_sale",
        ("Afterwards it is left out; an empty list holds its messages.", "之后不再列出；空清单使消息等待。"),
        "A9",
    ),
    "Channel.short_link": _at(_LEAVES, ("Texts write links in it.", "文案按此格式写链接。"), "B3"),
}
