"""The sheets of a set-up pack: rows of the domain as tables in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.messages import GoodsList
from campaign_calendars.set_up.benefits import SetupRow
from campaign_calendars.set_up.places import LinkRow, PlaceRow, TextRow
from campaign_calendars.set_up.refusals import Refusal
from campaign_calendars.time.timeline import Span
from campaign_calendars.values.scalars import format_duration
from tasks.exporting.crowds import Batch
from tasks.sheets import Cell, Sheet

TITLES: dict[str, Said] = {
    "coupons": ("coupons", "优惠券"),
    "packs": ("packs", "券包与礼包"),
    "gifts": ("gifts", "礼品"),
    "prices": ("prices", "价格"),
    "points": ("points", "积分"),
    "rights": ("rights", "权益与服务"),
    "positions": ("positions", "阵地"),
    "texts": ("texts", "文案"),
    "links": ("links", "链接"),
    "goods": ("goods lists", "清单"),
    "crowds": ("crowds", "人群"),
    "groups": ("groups", "群"),
    "assistants": ("assistants", "专属客服"),
    "tags": ("tags", "标签"),
    "planned_prices": ("planned prices", "计划价"),
    "refused": ("refused", "平台会拒绝"),
}
BENEFIT: Said = ("benefit", "权益id")
PART: Said = ("part", "分项")
PLATFORM_ID: Said = ("platform_id", "平台编号")
_SETUPS: dict[str, Said] = {
    "interface": ("interface", "接口"),
    "by_hand": ("by hand", "人工设置"),
    "people": ("people", "人工履约"),
}
_ORDERS: dict[str, Said] = {
    "hash": ("by lot", "抽签"),
    "tier": ("higher tiers first", "高等级优先"),
    "first_come": ("whoever comes first", "先兑先得"),
}
_WHO: dict[str, Said] = {
    "everybody": ("everybody", "所有人"),
    "members": ("members", "会员"),
    "new members": ("new members", "新会员"),
}
_YES: Said = ("yes", "是")
_NO: Said = ("no", "否")

Column = tuple[Said, Callable[[SetupRow, str], Cell]]
_COLUMNS: tuple[Column, ...] = (
    (BENEFIT, lambda row, _: row.benefit),
    (PART, lambda row, _: row.part),
    (("kind", "类型"), lambda row, _: row.kind),
    (("tool", "官方工具"), lambda row, lang: in_language(row.tool, lang)),
    (("set up through", "设置方式"), lambda row, lang: in_language(_SETUPS[row.setup], lang)),
    (("name", "名称"), lambda row, lang: in_language(row.title, lang)),
    (("offer", "内容"), lambda row, lang: in_language(row.offer, lang)),
    (("for whom", "对象"), lambda row, lang: ", ".join(in_language(_WHO.get(w, (w, w)), lang) for w in row.who)),
    (("threshold", "门槛元"), lambda row, _: money(row.threshold)),
    (("items", "门槛件"), lambda row, _: row.items),
    (("value", "面额"), lambda row, _: money(row.value)),
    (("price or rate", "价格或折扣"), lambda row, lang: in_language(row.price, lang)),
    (("goods or gift", "商品或赠品"), lambda row, lang: in_language(row.thing, lang)),
    (("item ids (fill in where empty)", "商品id（空则待填）"), lambda row, _: ", ".join(row.goods)),
    (("issued", "发行量"), lambda row, _: row.stock),
    (("a day", "每日限量"), lambda row, _: row.daily_cap),
    (("per member", "每人限领"), lambda row, _: row.per_member),
    (("last pieces", "不够分时"), lambda row, lang: in_language(_ORDERS[row.order], lang) if row.order else ""),
    (("claim from", "领取从"), lambda row, _: _from(row.offered)),
    (("claim to", "领取至"), lambda row, _: _to(row.offered)),
    (("use from", "使用从"), lambda row, _: _from(row.valid)),
    (("use to", "使用至"), lambda row, _: _to(row.valid)),
    (("use within", "领取后有效"), lambda row, _: _length(row.valid_for)),
    (("points", "积分"), lambda row, _: row.points),
    (("public", "公域"), lambda row, lang: in_language(_YES if row.public else _NO, lang)),
    (("counts as lowest price", "计入最低价"), lambda row, lang: _yes(row.counts, lang)),
    (("stacking group", "叠加组"), lambda row, _: row.group),
    (("excludes", "互斥"), lambda row, _: ", ".join(row.exclusive)),
    (("owner", "负责人"), lambda row, lang: row.owner.get(lang)),
    (("due", "截止"), lambda row, _: f"{row.due:%Y-%m-%d %H:%M}" if row.due else ""),
    (("done", "完成"), lambda row, lang: in_language(_YES, lang) if row.done else ""),
    (PLATFORM_ID, lambda row, _: row.platform_id),
    (("refused", "平台会拒绝"), lambda row, lang: _reasons(row.refused, lang)),
)


def benefit_sheets(rows: Sequence[SetupRow], lang: str) -> dict[str, Sheet]:
    """A sheet for each family of tools, also where nothing is to be set up: name of the CSV file → sheet."""
    names = ("coupons", "packs", "gifts", "prices", "points", "rights")
    head = [in_language(title, lang) for title, _ in _COLUMNS]
    return {
        name: Sheet(
            in_language(TITLES[name], lang),
            head,
            [[cell(row, lang) for _, cell in _COLUMNS] for row in rows if row.sheet == name],
        )
        for name in names
    }


def place_sheet(rows: Sequence[PlaceRow], lang: str) -> Sheet:
    head = (
        ("position", "阵地"), ("name", "名称"), ("public", "公域"), ("phase", "阶段"), ("play", "玩法"),
        ("benefits", "权益"), ("copy", "文案"), ("characters", "字数"), ("picture", "图片尺寸"),
        ("for whom", "可见人群"), ("seen by", "实际可见"),
        ("online from", "上线从"), ("online to", "上线至"), ("dark on", "不展示日"), ("duty", "事项"),
        ("owner", "负责人"), ("done", "完成"), ("done by", "完成人"), ("done at", "完成时间"),
        ("refused", "平台会拒绝"),
    )  # fmt: skip
    cells = [
        (
            row.position, in_language(row.title, lang), in_language(_YES if row.public else _NO, lang), row.phase,
            row.play, ", ".join(row.benefits), in_language(row.copy, lang), row.characters, row.picture, row.audience,
            in_language(row.seen_by, lang), _from(row.online), _to(row.online), ", ".join(map(str, row.dark)), row.task,
            row.owner.get(lang), in_language(_YES, lang) if row.done else "", row.done_by, _moment(row.done_at),
            _reasons(row.refused, lang),
        )
        for row in rows
    ]  # fmt: skip
    return sheet("positions", head, cells, lang)


def text_sheet(rows: Sequence[TextRow], lang: str) -> Sheet:
    head = (
        ("phase", "阶段"), ("play", "玩法"), ("channel", "渠道"), ("channel name", "渠道名称"), ("kind", "类型"),
        ("test", "测试版本"),
        ("template", "模板"), ("text", "文案"),
        ("characters at most", "最多字数"), ("SMS parts", "短信条数"), ("attachments", "附件"),
        ("refused", "平台会拒绝"),
    )  # fmt: skip
    cells = [
        (
            row.phase, row.play, row.channel, in_language(row.title, lang), row.kind, row.arm, row.template, row.text,
            row.characters,
            row.segments, "\n".join(row.attachments),
            _reasons(row.refused, lang),
        )
        for row in rows
    ]  # fmt: skip
    return sheet("texts", head, cells, lang)


def link_sheet(rows: Sequence[LinkRow], lang: str) -> Sheet:
    """Which short form has to be set up for which address; nothing of promocal's shortens links."""
    head = (
        ("phase", "阶段"), ("play", "玩法"), ("channel", "渠道"), ("test", "测试版本"), ("link", "链接"),
        ("in the text", "文案中"), ("address", "地址"),
    )  # fmt: skip
    cells = [(row.phase, row.play, row.channel, row.arm, row.link, row.short, row.url) for row in rows]
    return sheet("links", head, cells, lang)


def goods_sheet(lists: Mapping[str, GoodsList], lang: str) -> Sheet:
    """Every item of every goods list."""
    head = (
        ("list", "清单"), ("name", "名称"), ("rank", "序号"), ("item id", "商品id"), ("item", "商品"), ("link", "链接"),
        ("price", "价格"), ("member price", "会员价"), ("stage", "阶段"), ("until", "截至"),
    )  # fmt: skip
    cells = [
        (
            name, listed.title.get(lang), rank, item.item, item.title.get(lang), item.link, money(item.price),
            money(item.member_price), item.stage, item.until.isoformat() if item.until else "",
        )
        for name, listed in lists.items()
        for rank, item in enumerate(listed.items, 1)
    ]  # fmt: skip
    return sheet("goods", head, cells, lang)


def crowd_sheet(batches: Sequence[Batch], lang: str) -> Sheet:
    """The batches, not their members: those are in the crowd files beside the workbook."""
    head = (
        ("file", "文件"), ("phase", "阶段"), ("play", "玩法"), ("moment", "时间"), BENEFIT, PLATFORM_ID,
        ("batch", "批次"), ("members", "人数"),
    )  # fmt: skip
    cells = [
        (
            one.file,
            one.phase,
            one.play,
            f"{one.at:%Y-%m-%d %H:%M}",
            one.benefit,
            one.platform_id,
            one.number,
            one.members,
        )
        for one in batches
    ]
    return sheet("crowds", head, cells, lang)


def refused_sheet(refusals: Sequence[Refusal], lang: str) -> Sheet:
    head = (("sheet", "表"), ("row", "行"), ("reason", "原因"))
    cells = [(in_language(TITLES[one.sheet], lang), one.name, in_language(one.reason, lang)) for one in refusals]
    return sheet("refused", head, cells, lang)


def sheet(name: str, head: Sequence[Said], rows: Sequence[Sequence[Cell]], lang: str) -> Sheet:
    return Sheet(in_language(TITLES[name], lang), [in_language(one, lang) for one in head], rows)


def money(cents: int | None) -> str:
    return "" if cents is None else yuan(cents)


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _from(span: Span | None) -> str:
    return f"{span.start:%Y-%m-%d %H:%M:%S}" if span else ""


def _to(span: Span | None) -> str:
    return f"{span.last:%Y-%m-%d %H:%M:%S}" if span else ""


def _length(seconds: int | None) -> str:
    return format_duration(timedelta(seconds=seconds)) if seconds is not None else ""


def _yes(value: bool | None, lang: str) -> str:
    return "" if value is None else in_language(_YES if value else _NO, lang)


def _reasons(refused: Sequence[Said], lang: str) -> str:
    return "; ".join(in_language(said, lang) for said in refused)
