"""The workbook of 2022 and later, written from the orders of the made-up shop."""

from __future__ import annotations

from pathlib import Path

from warehouse.sample.taobao import (
    STATES,
    Order,
    Refund,
    item_export,
    make_orders,
    order_export,
    refund_export,
    refunds_of,
)

__all__ = [
    "Order",
    "Refund",
    "item_export",
    "line_export",
    "make_orders",
    "order_export",
    "refund_export",
    "refunds_of",
]
LINE_HEADER = (
    "子订单编号,主订单编号,商品标题,商品价格,购买数量,商品属性,套餐信息,订单状态,商家编码,买家应付货款,买家实付金额,"
    "退款状态,退款金额,订单创建时间,订单付款时间,商品ID,商家备注,买家会员名"
)


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
