"""Fields about what a member does: orders, value, lifecycle, behaviour."""

from __future__ import annotations

from campaign_calendars.audiences.fields.types import DAY_PARTS, LIFECYCLES, Field, Line, group

_BUYING = (
    *group(
        "before",
        "A7",
        Line(
            "orders_total",
            "int",
            "累计订单数",
            "Paid orders, ever; an order given back in full is none.",
            "累计已付订单；全额退款的不计。",
            unit="orders",
        ),
        Line(
            "spend_total",
            "money",
            "累计消费",
            "Paid, net of the refunds known then, ever.",
            "累计支付金额，扣除当时已知的退款。",
            unit="currency",
        ),
        Line("first_order_at", "timestamp", "首单时间", "Payment of the first order.", "首单付款时间。", nullable=True),
        Line(
            "last_order_at", "timestamp", "末单时间", "Payment of the last order.", "最近一单付款时间。", nullable=True
        ),
        Line(
            "recency_days",
            "int",
            "距末单天数",
            "Completed days of 24 hours since the last order.",
            "距最近一单满 24 小时的天数。",
            unit="days",
            nullable=True,
        ),
        Line(
            "order_interval_days",
            "int",
            "平均下单间隔天数",
            "Average of the days from one order to the next, ever, part of a day dropped; of buyers of two orders.",
            "历次订单之间的平均间隔天数，舍去不足一天；至少两单才有。",
            unit="days",
            nullable=True,
        ),
        Line(
            "has_unpaid_order",
            "bool",
            "有未付订单",
            "An order placed, not paid and not closed; one paid in stages while its deposit can still be paid.",
            "有已拍下、未付款且未关闭的订单（催付）；分阶段订单仅指定金仍可支付的。",
        ),
    ),
    *group(
        "before",
        "A10",
        Line(
            "has_staged_order",
            "bool",
            "有分阶段订单",
            "An order paid in stages (deposit, then balance) was placed, whatever became of it.",
            "拍下过分阶段订单（先付定金、再付尾款），不论结果。",
        ),
        Line(
            "balance_open",
            "bool",
            "尾款未付",
            "The deposit of an order is paid and its balance not; the order is neither closed nor forfeited.",
            "有订单已付定金、未付尾款，且未关闭、定金未失效。",
        ),
        Line(
            "balance_due",
            "bool",
            "尾款待付",
            "A balance is open and can be paid now, by the window of the order or of the calendar's balance phase.",
            "有未付尾款，且当前处于订单自身或日历尾款阶段的支付时间内（尾款提醒）。",
        ),
        Line(
            "balance_due_amount",
            "money",
            "待付尾款金额",
            "What is left to pay of those orders; empty when nothing is due or a deposit is not known.",
            "这些订单待付的金额；没有待付或定金金额未知时为空。",
            unit="currency",
            nullable=True,
        ),
        Line(
            "forfeited_orders",
            "int",
            "定金失效订单数",
            "Orders whose deposit was paid and whose balance was not paid in its window.",
            "已付定金但未在支付时间内付尾款的订单。",
            unit="orders",
        ),
    ),
    *group(
        "window",
        "A7",
        Line(
            "orders_{days}d",
            "int",
            "近{days}天订单数",
            "Paid orders within {days} days.",
            "近 {days} 天的已付订单。",
            unit="orders",
            days=(30, 90, 365),
        ),
        Line(
            "spend_{days}d",
            "money",
            "近{days}天消费",
            "Paid, net of the refunds known then, within {days} days.",
            "近 {days} 天支付金额，扣除当时已知的退款。",
            unit="currency",
            days=(90, 365),
        ),
        Line(
            "orders_closed_{days}d",
            "int",
            "近{days}天关闭订单数",
            "Orders closed unpaid within {days} days.",
            "近 {days} 天未付款而关闭的订单。",
            unit="orders",
            days=(30, 90),
        ),
        Line(
            "items_365d", "int", "近365天件数", "Pieces bought within 365 days.", "近 365 天购买件数。", unit="pieces"
        ),
        Line(
            "items_per_basket",
            "decimal",
            "连带率",
            "Pieces per order within 365 days, part of a hundredth dropped.",
            "近 365 天每单件数，保留两位小数（舍去）。",
            unit="pieces",
            nullable=True,
        ),
        Line(
            "avg_order",
            "money",
            "客单价",
            "Average order within 365 days, part of a cent dropped.",
            "近 365 天平均每单金额，舍去不足一分。",
            unit="currency",
            nullable=True,
        ),
        Line(
            "discount_share_365d",
            "int",
            "折扣消费占比",
            "Percent of the spend within 365 days in orders with a used benefit, or paid at least 1% below the list"
            " price of their lines.",
            "近 365 天消费中，使用过权益或实付比明细标价低 1% 以上的订单所占百分比。",
            unit="percent",
            nullable=True,
        ),
        Line(
            "favourite_category",
            "text",
            "偏好类目",
            "Category most was spent on within 365 days; of equal ones the first by name.",
            "近 365 天消费最多的类目；并列时按名称取先。",
            nullable=True,
        ),
    ),
    *group(
        "window",
        "A5",
        Line(
            "r_score",
            "int",
            "R 分",
            "Recency 1 to 5, 5 most recent; buyers of 365 days only.",
            "最近购买 1 至 5 分，5 为最近；仅近 365 天买家。",
            nullable=True,
        ),
        Line(
            "f_score",
            "int",
            "F 分",
            "Frequency 1 to 5, 5 most often; buyers of 365 days only.",
            "购买频次 1 至 5 分，5 为最多；仅近 365 天买家。",
            nullable=True,
        ),
        Line(
            "m_score",
            "int",
            "M 分",
            "Spend 1 to 5, 5 most; buyers of 365 days only.",
            "消费金额 1 至 5 分，5 为最多；仅近 365 天买家。",
            nullable=True,
        ),
    ),
    *group(
        "rules",
        "A5",
        Line(
            "lifecycle",
            "text",
            "生命周期",
            "never, core, potential, ordinary, dormant or lost by recency_days, bounds"
            " inclusive; of the favourite category where it has bounds of its own.",
            "按 recency_days 分为 never、core、potential、ordinary、dormant、lost，"
            "含边界；偏好类目另有界限时从其规定。",
            choices=LIFECYCLES,
        ),
    ),
)

_ACTING = (
    *group(
        "window",
        "A7",
        Line(
            "visits_{days}d",
            "int",
            "近{days}天访问",
            "Events of kind visit within {days} days.",
            "近 {days} 天访问次数。",
            unit="events",
            days=(7, 30),
        ),
        Line(
            "cart_adds_{days}d",
            "int",
            "近{days}天加购",
            "Added to the cart within {days} days.",
            "近 {days} 天加购次数。",
            unit="events",
            days=(7, 30),
        ),
        Line(
            "favourites_30d",
            "int",
            "近30天收藏",
            "Marked as favourite within 30 days.",
            "近 30 天收藏次数。",
            unit="events",
        ),
        Line("sign_ins_30d", "int", "近30天签到", "Signed in within 30 days.", "近 30 天签到次数。", unit="events"),
        Line(
            "interactions_30d",
            "int",
            "近30天互动",
            "Other interactions within 30 days: reviews, coupons claimed and every"
            " kind without a field of its own, page views aside.",
            "近 30 天其他互动：评价、领券等；不含页面浏览。",
            unit="events",
        ),
    ),
    *group(
        "window",
        "A12",
        Line(
            "active_hour",
            "int",
            "活跃时段（时）",
            "Local hour, 0 to 23, with most events and orders of 90 days; of equal ones the earliest.",
            "近 90 天行为与下单最多的本地小时（0 至 23）；并列取最早。",
            nullable=True,
        ),
        Line(
            "active_day_part",
            "text",
            "活跃时段",
            "night (0-5), morning (6-11), afternoon (12-17) or evening (18-23), from active_hour.",
            "由 active_hour 得出：night（0-5 时）、morning（6-11）、afternoon（12-17）、evening（18-23）。",
            nullable=True,
            choices=DAY_PARTS,
        ),
    ),
    *group(
        "before",
        "A7",
        Line(
            "last_event_at",
            "timestamp",
            "最近行为时间",
            "Last event of any kind.",
            "最近一次行为的时间。",
            nullable=True,
        ),
        Line(
            "last_event_days",
            "int",
            "距最近行为天数",
            "Completed days of 24 hours since then.",
            "距最近行为满 24 小时的天数。",
            unit="days",
            nullable=True,
        ),
    ),
)

BEHAVIOUR: tuple[Field, ...] = (*_BUYING, *_ACTING)
"""This page of the catalogue."""
