"""Exports of shops as their systems write them, with invented people and goods."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SHOPIFY = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Fulfilled at",
    "Accepts Marketing",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Shipping Method",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem compare at price",
    "Lineitem sku",
    "Lineitem requires shipping",
    "Lineitem taxable",
    "Lineitem fulfillment status",
    "Billing Name",
    "Billing Street",
    "Billing City",
    "Billing Zip",
    "Billing Province",
    "Billing Country",
    "Billing Phone",
    "Shipping Name",
    "Shipping City",
    "Shipping Province",
    "Shipping Phone",
    "Notes",
    "Note Attributes",
    "Cancelled at",
    "Payment Method",
    "Payment Reference",
    "Refunded Amount",
    "Vendor",
    "Id",
    "Tags",
    "Risk Level",
    "Source",
    "Lineitem discount",
    "Phone",
    "Billing Province Name",
    "Shipping Province Name",
]
SALES = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
SYCM = ["统计日期", "访客数", "浏览量", "支付买家数", "支付子订单数", "支付件数", "支付金额", "支付转化率", "客单价"]
CRM = ["会员编号", "姓名", "手机号", "会员等级", "积分余额", "累计消费", "生日", "入会时间", "所在城市"]


def text(header: Sequence[str], rows: Sequence[Mapping[str, object] | Sequence[object]]) -> str:
    """The export as CSV; cells a row does not name are empty."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([row.get(name, "") for name in header] if isinstance(row, Mapping) else row)
    return stream.getvalue()


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> None:
    """A workbook with these sheets in order."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)


def shopify_order(name: str, lines: Sequence[tuple[str, str, int]], **cells: str) -> list[dict[str, object]]:
    """Lines of an order: (sku, price, pieces); only the first one has what belongs to the order."""
    total = sum(float(price) * pieces for _, price, pieces in lines)
    order = {
        "Email": "ann@example.com",
        "Financial Status": "paid",
        "Paid at": "2026-03-20 10:23:18 +0100",
        "Created at": "2026-03-20 10:23:17 +0100",
        "Currency": "EUR",
        "Total": f"{total:.2f}",
        "Billing Name": "Ann Example",
        "Billing City": "Berlin",
        "Billing Province": "BE",
        "Billing Province Name": "Berlin",
        "Id": "5500000000001",
        **cells,
    }
    found = []
    for number, (sku, price, pieces) in enumerate(lines):
        line = {"Name": name, "Lineitem sku": sku, "Lineitem name": sku, "Lineitem price": price}
        line |= {"Lineitem quantity": pieces, "Lineitem discount": "0.00"}
        found.append({**line, **(order if number == 0 else {"Email": cells.get("Email", "ann@example.com")})})
    return found


def sale(*line: Any, day: int = 1) -> list[object]:
    """A line of a till: number of the invoice, article, pieces, price, customer (17850 unless given)."""
    invoice, article, pieces, price, customer = (*line, "17850")[:5]
    return [invoice, article, f"article {article}", pieces, f"2026-03-{day:02} 08:26:00", price, customer, "Nowhere"]
