"""A made-up shop's exports as Taobao writes them (B1): orders, articles, refunds, masked buyers.

The orders are known, so tests hold what is read against them; `promocal sources example` writes the
files for a first try.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

ORDER_HEADER = (
    "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,"
    "买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,订单创建时间,订单付款时间 ,"
    "宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因,卖家服务费,买家服务费,"
    "发票抬头,是否手机订单,分阶段订单信息,特权订金订单id,定金排名,修改后的sku,修改后的收货地址,异常信息,天猫卡券抵扣,"
    "集分宝抵扣,是否是O2O交易"
)
ITEM_HEADER = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码"
REFUND_HEADER = (
    "退款编号,订单编号,支付宝交易号,订单付款时间,商品编码,退款完结时间,买家实际支付金额,宝贝标题,买家退款金额,手工退款_系统退款,"
    "是否需要退货,退款的申请时间,超时时间,退款状态,货物状态,售后类型"
)
STATES = {
    "unpaid": "等待买家付款",
    "paid": "买家已付款，等待卖家发货",
    "shipped": "卖家已发货，等待买家确认",
    "success": "交易成功",
    "closed": "交易关闭",
}


_SETTINGS = (
    ("orders", "ExportOrderList*.csv", "taobao-orders"),
    ("members", "ExportOrderList*.csv", "taobao-orders"),
    ("order_items", "ExportOrderDetailList*.csv", "taobao-items"),
    ("refunds", "ExportRefundList*.csv", "taobao-refunds"),
)
_HALF = 0.5
_FIRST = datetime(2026, 1, 1, 9)  # noqa: DTZ001 - exports write the shop's clock without a zone


@dataclass(frozen=True)
class Line:
    """An article of an order; `cents` for all pieces, `refunded` of them given back."""

    sku: str
    pieces: int
    cents: int
    refunded: int


@dataclass(frozen=True)
class Order:
    """What really happened. Times are of Shanghai."""

    number: str
    buyer: str
    status: str
    ordered: datetime
    paid: datetime | None
    lines: tuple[Line, ...]

    @property
    def cents(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def refunded(self) -> int:
        return sum(line.refunded for line in self.lines)

    @property
    def pieces(self) -> int:
        return sum(line.pieces for line in self.lines)


@dataclass(frozen=True)
class Refund:
    """Money given back for an article of an order."""

    number: str
    order: Order
    cents: int
    requested: datetime
    completed: datetime


def make_orders(orders: int, seed: int = 3) -> list[Order]:
    """Orders of every state, a sixth of the paid ones with refunds, numbers of 18 digits."""
    rng = random.Random(seed)  # noqa: S311 - made-up data, the same for the same seed
    made = []
    for number in range(orders):
        status = rng.choices(list(STATES), [1, 1, 2, 8, 1])[0]
        ordered = _FIRST + timedelta(minutes=17 * number)
        paid = (
            None
            if status == "unpaid" or (status == "closed" and rng.random() < _HALF)
            else ordered + timedelta(minutes=3)
        )
        lines = []
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            cents, pieces = rng.randrange(990, 250_000), rng.choice([1, 1, 2])
            back = cents if status == "closed" else rng.choice([0, 0, 0, 0, 0, rng.randrange(1, cents)])
            lines.append(Line(f"SKU{rng.randrange(40)}", pieces, cents, back if paid else 0))
        made.append(
            Order(
                f"{2026010100000000 + number:016}{number % 97:02}",
                f"买家{number % 211}䶮",
                status,
                ordered,
                paid,
                tuple(lines),
            )
        )
    return made


def _yuan(cents: int) -> str:
    return f'"{cents / 100:,.2f}"'


def order_export(orders: list[Order], *, items: bool = True) -> bytes:
    """ExportOrderList*.csv in GB18030: net amounts, guarded ids, masked phones, padded headers."""
    rows = [ORDER_HEADER]
    for order in orders:
        net = order.cents - order.refunded if order.paid else 0
        cells = dict.fromkeys(name.strip() for name in ORDER_HEADER.split(","))
        known = {
            "订单编号": f'="{order.number}"',
            "买家会员名": order.buyer,
            "总金额": _yuan(order.cents),
            "买家实际支付金额": _yuan(net),
            "订单状态": STATES[order.status],
            "买家留言": '"请尽快,\n谢谢""亲"""',
            "收货人姓名": "王**",
            "收货地址": "浙江省 杭州市 西湖区 文一西路***",
            "联系手机": "'138****8000",
            "订单创建时间": f"{order.ordered:%Y-%m-%d %H:%M:%S}",
            "订单付款时间": f"{order.paid:%Y-%m-%d %H:%M:%S}" if order.paid else "",
            "宝贝总数量": str(order.pieces) if items else "",
        }
        rows.append(",".join(str((cells | known)[name] or "") for name in cells))
    return ("\r\n".join(rows) + "\r\n").encode("gb18030")


def item_export(orders: list[Order]) -> bytes:
    """ExportOrderDetailList*.csv: one line an article."""
    rows = [ITEM_HEADER]
    for order in orders:
        for line in order.lines:
            price = f"{line.cents / line.pieces / 100:.2f}"
            rows.append(f'="{order.number}",连衣裙,{price},{line.pieces},,颜色:红,,,{STATES[order.status]},{line.sku}')
    return ("\r\n".join(rows) + "\r\n").encode("gb18030")


def refunds_of(orders: list[Order]) -> list[Refund]:
    """A refund for every line with money back, asked for a day after payment and settled on the fourth day or later."""
    made: list[Refund] = []
    for order in orders:
        back = [line.refunded for line in order.lines if line.refunded]
        for place, cents in enumerate(back if order.paid else []):
            requested = (order.paid or order.ordered) + timedelta(days=1 + place)
            made.append(Refund(f"{len(made) + 1:08}", order, cents, requested, requested + timedelta(days=3)))
    return made


def refund_export(refunds: list[Refund]) -> bytes:
    """退款管理, one line a refund, after it those that came to nothing: one closed, one still waiting."""
    rows = [REFUND_HEADER]
    states = [(refund, "退款成功") for refund in refunds]
    states += [(refund, "退款关闭") for refund in refunds[:1]]
    states += [(refund, "买家已经申请退款，等待卖家同意") for refund in refunds[1:2]]
    for number, (refund, state) in enumerate(states):
        known = {
            "退款编号": f'="{refund.number}{"" if number < len(refunds) else "9"}"',
            "订单编号": f'="{refund.order.number}"',
            "订单付款时间": f"{refund.order.paid:%Y-%m-%d %H:%M:%S}",
            "买家实际支付金额": _yuan(refund.order.cents),
            "买家退款金额": _yuan(refund.cents),
            "退款的申请时间": f"{refund.requested:%Y-%m-%d %H:%M:%S}",
            "退款完结时间": "" if state.startswith("买家") else f"{refund.completed:%Y-%m-%d %H:%M:%S}",
            "退款状态": state,
            "售后类型": "仅退款",
        }
        rows.append(",".join(known.get(name, "") for name in REFUND_HEADER.split(",")))
    return ("\r\n".join(rows) + "\r\n").encode("gb18030")


def write_example(folder: Path, orders: int) -> dict[str, int]:
    """Write order, item and refund reports, and settings that read them, into `folder`. Returns file → its lines."""
    folder.mkdir(parents=True, exist_ok=True)
    made = make_orders(orders)
    (folder / "ExportOrderList202602.csv").write_bytes(order_export(made, items=False))
    (folder / "ExportOrderDetailList202602.csv").write_bytes(item_export(made))
    refunds = refund_export(refunds_of(made))
    (folder / "ExportRefundList202602.csv").write_bytes(refunds)
    settings = "\n".join(
        f'[sources.{dataset}]\npath = "{folder.name}/{pattern}"\nmapping = "{mapping}"\n'
        for dataset, pattern, mapping in _SETTINGS
    )
    (folder / "promocal.toml").write_text(settings, "utf-8")
    return {
        "ExportOrderList202602.csv": len(made) + 1,
        "ExportOrderDetailList202602.csv": sum(len(order.lines) for order in made) + 1,
        "ExportRefundList202602.csv": refunds.count(b"\r\n"),
        "promocal.toml": settings.count("\n"),
    }
