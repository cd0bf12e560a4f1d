"""A shop's exports as Taobao writes them, from known truth: orders, articles, refunds, masked buyers."""

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
LINE_HEADER = (
    "子订单编号,主订单编号,商品标题,商品价格,购买数量,商品属性,套餐信息,订单状态,商家编码,买家应付货款,买家实付金额,"
    "退款状态,退款金额,订单创建时间,订单付款时间,商品ID,商家备注,买家会员名"
)
STATES = {
    "unpaid": "等待买家付款",
    "paid": "买家已付款，等待卖家发货",
    "shipped": "卖家已发货，等待买家确认",
    "success": "交易成功",
    "closed": "交易关闭",
}


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


def shop(orders: int, seed: int = 3) -> list[Order]:
    """Orders of every state, a sixth of the paid ones with refunds, numbers of 18 digits."""
    rng = random.Random(seed)
    made = []
    for number in range(orders):
        status = rng.choices(list(STATES), [1, 1, 2, 8, 1])[0]
        ordered = datetime(2026, 1, 1, 9) + timedelta(minutes=17 * number)
        paid = (
            None
            if status == "unpaid" or (status == "closed" and rng.random() < 0.5)
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


def yuan(cents: int) -> str:
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
            "总金额": yuan(order.cents),
            "买家实际支付金额": yuan(net),
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


def line_export(orders: list[Order], path: Path) -> None:
    """The workbook of 2022: one line a sub-order, ids as text, moments as dates, refunds by their state."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    book.create_sheet("说明").append(["导出说明"])
    sheet = book.create_sheet("订单")
    sheet.append(["店铺订单导出"])
    sheet.append(LINE_HEADER.split(","))
    for order in orders:
        for place, line in enumerate(order.lines):
            back = line.refunded / 100 if line.refunded else "无退款申请"
            sheet.append(
                [
                    f"{order.number}{place}",
                    order.number,
                    "连衣裙",
                    line.cents / line.pieces / 100,
                    line.pieces,
                    "红",
                    None,
                    STATES[order.status],
                    line.sku,
                    line.cents / 100,
                    (line.cents - line.refunded) / 100,
                    "退款成功" if line.refunded else "没有申请退款",
                    back,
                    order.ordered,
                    order.paid,
                    "68",
                    None,
                    order.buyer,
                ]
            )
    book.save(path)
