"""Fields about who a member is: profile, membership, tier, points, messages got."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.audiences.fields.types import Group


def _profile() -> Iterator[Group]:
    g = Group("profile", "A1#13")
    g.add("city", "text", "城市", "City.", "所在城市。", nullable=True)
    g.add("province", "text", "省份", "Province.", "所在省份。", nullable=True)
    g.add(
        "age",
        "int",
        "年龄",
        "Completed years on the local day of the run.",
        "运行当日的周岁。",
        "years",
        nullable=True,
        pii=True,
    )
    g.add(
        "birth_month",
        "int",
        "生日月份",
        "Month of the birthday, 1 to 12.",
        "生日所在月份，1 至 12。",
        nullable=True,
        pii=True,
    )
    g.add(
        "is_birthday_month",
        "bool",
        "生日当月",
        "The birthday lies in the local month of the run.",
        "生日在运行当月。",
        pii=True,
    )
    yield g
    g = Group("before", "A1#2")
    g.add("created_at", "timestamp", "建档时间", "First known to the store.", "首次被店铺记录的时间。", nullable=True)
    g.add("joined", "bool", "已入会", "Joined and has not left.", "已入会且未退会。")
    g.add("has_left", "bool", "已退会", "Left the programme.", "已退会。")
    g.add("joined_at", "timestamp", "入会时间", "Joined the programme.", "入会的时间。", nullable=True)
    g.add(
        "joined_days",
        "int",
        "入会天数",
        "Completed days of 24 hours since joining; empty unless joined.",
        "入会以来满 24 小时的天数；未入会为空。",
        "days",
        nullable=True,
    )
    yield g
    g = Group("rules", "A1#1-3")
    g.add(
        "is_member",
        "bool",
        "是会员",
        "Member by the store's definition 1.0, 2.0 or 3.0; never who has left.",
        "按店铺的会员定义 1.0/2.0/3.0 是会员；退会者不是。",
    )
    g.add(
        "value_score",
        "int",
        "价值分",
        "Behaviour weighted by the store's value_weights (definition 3.0).",
        "按店铺 value_weights 加权的行为得分（定义 3.0）。",
        "score",
    )
    yield g
    g = Group("rules", "A1#12")
    g.add(
        "may_join",
        "bool",
        "可入会",
        "Not joined, and reaches the store's join_threshold.",
        "未入会且达到店铺的 join_threshold。",
    )
    yield g
    g = Group("campaign", "A3")
    g.add("joined_in_campaign", "bool", "活动期入会", "Joined since the campaign began.", "活动开始后入会。")
    yield g


def _programme() -> Iterator[Group]:
    g = Group("rules", "A6")
    g.add(
        "tier",
        "text",
        "等级",
        "Highest tier whose spend or orders are reached, inclusive, unless set by hand; >= compares by rank.",
        "已达到消费或订单门槛（含）的最高等级，人工设置优先；>= 按等级高低比较。",
        nullable=True,
    )
    yield g
    g = Group("hand", "A6")
    g.add(
        "tier_is_manual",
        "bool",
        "等级为人工设置",
        "A person set the tier (`promocal member tier`).",
        "等级由人工设置（promocal member tier）。",
    )
    yield g
    g = Group("before", "A6")
    g.add(
        "points_balance",
        "int",
        "积分余额",
        "Points that may be used; what has expired is void.",
        "可用积分；已过期的作废。",
        "points",
    )
    g.add(
        "points_expiring_30d",
        "int",
        "30天内到期积分",
        "Points of the balance void within 30 days if none is used.",
        "若不使用，30 天内到期的积分。",
        "points",
    )
    yield g
    g = Group("window", "A6")
    g.add(
        "points_earned_365d",
        "int",
        "近365天获得积分",
        "Points earned or got for referrals within 365 days, less what refunds took back.",
        "近 365 天消费与推荐获得的积分，扣除退款收回。",
        "points",
    )
    g.add(
        "points_redeemed_365d",
        "int",
        "近365天使用积分",
        "Points used within 365 days.",
        "近 365 天使用的积分。",
        "points",
    )
    yield g


def _contacts() -> Iterator[Group]:
    g = Group("window", "B9")
    for days in (7, 30):
        g.add(
            f"contacts_{days}d",
            "int",
            f"近{days}天触达",
            f"Messages within {days} days, all channels.",
            f"近 {days} 天各渠道消息数。",
            "messages",
        )
    yield g
    g = Group("before", "B9")
    g.add(
        "last_contact_days",
        "int",
        "距上次触达天数",
        "Completed days of 24 hours since the last message.",
        "距上次消息满 24 小时的天数。",
        "days",
        nullable=True,
    )
    yield g
    g = Group("campaign", "A5")
    g.add(
        "contacted_in_campaign",
        "bool",
        "活动期已触达",
        "Any message since the campaign began.",
        "活动开始后收到过消息。",
    )
    g.add(
        "bought_in_campaign", "bool", "活动期已购", "An order paid since the campaign began.", "活动开始后有已付订单。"
    )
    g.add(
        "orders_in_campaign",
        "int",
        "活动期订单数",
        "Orders paid since the campaign began.",
        "活动开始后的已付订单。",
        "orders",
    )
    g.add(
        "spend_in_campaign",
        "money",
        "活动期消费",
        "Their amounts, net of the refunds known then.",
        "其金额，扣除当时已知的退款。",
        "currency",
    )
    yield g


def member_fields() -> Iterator[Group]:
    """All groups of this page of the catalogue."""
    yield from _profile()
    yield from _programme()
    yield from _contacts()
