"""What a person writes who follows a remedy to its words: for each code, edits of its failing example.

A remedy that names a word or a line to the letter is followed by `test_remedies` itself. Here stand those whose
words say what to do to the text that is there. An edit is (what stands there, what is written instead).
"""

from __future__ import annotations

from collections.abc import Mapping

Edits = tuple[tuple[str, str], ...]

BY_ITS_WORDS: Mapping[str, Edits] = {
    "C001": (("38: all in", "'38: all in'"),),
    "C002": (("\t", "  "),),
    "C003": (("：", ": "),),
    "C004": (("\ntitle: b", ""),),
    "C005": (("*x", "'*x'"),),
    "C006": (("\n  <<: *a", " {b: 1}"), ("&a ", "")),
    "C007": (("!secret ", ""),),
    "C008": (("---\ntitle: b", ""),),
    "C009": (("{{ member.name }}", "'{{ member.name }}'"),),
    "C010": (("- a list", "calendar: queens-day-2026"),),
    "C011": (("[" * 60, "x"),),
    "C012": (("\u2028", ""),),
    "C021": (
        (
            "calendar: x",
            (
                "calendar: x\nstore: shop\ntimezone: Asia/Shanghai\nday_zero: 2026-03-08\n"
                "phases: [{id: a, kind: burst, window: {from: D, to: D}}]"
            ),
        ),
    ),
    "C022": (("22:30", "2026-03-08 10:00"),),
    "C023": (("coupn", "member_coupon"),),
    "C025": (("audiences: joined", "audiences:\n  all: joined"),),
    "C026": (("per_member: 0", "per_member: 1"),),
    "C027": (("Queens Day", "queens-day"),),
    "C100": (("from: D, to: D-3", "from: D-3, to: D"),),
    "C102": (("presale end + 1s", "D-3"),),
    "C103": (("from: a start", "from: D-3"),),
    "C104": (("from: 2016-", "from: 2026-"),),
    "C107": (("at: D+1 10:00", "at: D-1 10:00"),),
    "C109": (("{from: D-3, to: D}", "{from: presale end + 1s, to: D}"),),
    "C110": (("{from: D-4, to: D-2}", "{from: D-3, to: D-2}"),),
    "C111": (("to: D 23:59}", "to: D 23:59:59}"),),
    "C112": (("wave: wave-1, window: {from: D-3", "wave: wave-1, window: {from: D-2"),),
    "C113": (("due: D-15wd", "due: 2031-02-15"),),
    "C114": (("kind: burst,", "kind: burst, stage: balance,"),),
    "C121": (("benefits: {", "benefits: {shop: {kind: store_coupon, value: 3}, "),),
    "C125": (("phases:", "waves: [{id: wave-2, window: {from: D-3, to: D}}]\nphases:"),),
    "C126": (("    plays:", "    sub_phases: [{id: slump, window: {from: D-2, to: D-1}}]\n    plays:"),),
    "C127": (("platinium", "gold"),),
    "C128": (("{id: burst, kind: burst, window: {from: D-1", "{id: burst-2, kind: burst, window: {from: D-1"),),
    "C129": ((", lapsed: lifecycle = 'lost'", ""),),
    "C130": (("joined and}", "joined and recency_days > 30}"),),
    "C132": (("has_tag(tea)", "has_tag('tea')"),),
    "C133": (("(select 1)", "('gold')"),),
    "C134": (("spend_90d > orders_90d", "spend_90d > 199.00"),),
    "C135": (("age < 18 and age > 30", "(age < 18 or age > 30)"),),
    "C137": (("salt: shop-2026", "salt: small"),),
    "C138": (("salt: spring-2026", "salt: small"),),
    "C139": (("others: not audience('everybody')", "others: not joined"),),
    "C140": (("total: 100.00", "total: 200.00"),),
    "C141": (("100.00", "120.00"),),
    "C142": (("total: 100.00", "total: 120.00"),),
    "C143": (("value: 30", "value: 30, stock: 10"),),
    "C144": (("daily_cap: 20", "daily_cap: 10"),),
    "C150": (("{id: gold, spend: 1000}", "{id: gold, spend: 3000}"),),
    "C151": (("{id: gold}", "{id: basic}"),),
    "C152": (("core: 90d, potential: 30d", "core: 30d, potential: 90d"),),
    "C155": (("orders: 6h", "orders: 2d"),),
    "C160": (("threshold: 299, value: 40", "threshold: 199, value: 21"),),
    "C161": (
        (
            "benefits: {c: {kind: store_coupon, value: 5}}",
            "benefits: {s: {kind: store_coupon, value: 5}, c: {kind: member_coupon, value: 6, beats: s}}",
        ),
    ),
    "C162": (("D-2 10:00", "D-4 10:00"),),
    "C163": (("{threshold: 199, value: 20}", "{threshold: 199, value: 30}"),),
    "C164": (("[2021-11-04]", "[2021-11-02]"),),
    "C165": (("positions: {home_page: {}}", "positions: {home_page: {}}\nadmitted_to: [challenge]"),),
    "C166": (
        (
            "benefits: {c: {kind: member_coupon, value: 5}}",
            "benefits: {c: {kind: member_coupon, value: 5}, s: {kind: service, offers: after_sales, unit_cost: 0}}",
        ),
    ),
    "C167": (("recency_days > 30", "joined_in_campaign"),),
    "C168": (("everybody: joined", "everybody: is_birthday_month and orders_total > 0"),),
    "C169": (("to: D-5", "to: D"),),
    "C287": (("unit_cost: 5}", "unit_cost: 5, valid: 7d}"),),
    "C324": (("group: fan,", "group: fans,"),),
    "C325": (("stock: 20", "stock: 30"),),
    "C288": (("gold, spend: 1000, discount: 0.98", "gold, spend: 1000, discount: 0.95"),),
    "C289": (("store_cupon", "store_coupon"),),
    "C265": (("exclusive_with: [d]}}", "exclusive_with: [d]}, d: {kind: member_coupon, value: 6}}"),),
    "C266": (("price: 170,", "price: 169,"),),
    "C170": (("benefits: [c]}", "benefits: [c], positions: [home_page]}"),),
    "C171": (("message: m.txt", "at: daily 10:00, message: m.txt"),),
    "C172": (("at: D 10:00", "at: D 10:00, message: messages/recall.txt"),),
    "C147": (("plan: first_come", "plan: planned"),),
    "C173": (("[sms]", "[sms, push]"),),
    "C174": (("[sms]", "[sms, push], positions: [home_page]"),),
    "C175": ((", exposed_in: [public]", ""),),
    "C177": (
        (
            "id: p, audience: everybody, channels: [push], at: D-1 10:00",
            "id: p, audience: everybody, channels: [push], at: D-2 10:00",
        ),
    ),
    "C190": (("accept: {C120: we know}", ""),),
    "C192": (("threshold: 199, value: 30", "threshold: 199, value: 45"),),
    "C193": (("tiers: [basic]", "tiers: [basic, gold]"),),
    "C195": (("joined and m_score <= 2", "joined and tier >= 'gold'"),),
    "C196": (("after_coupon: 95", "after_coupon: 88"),),
    "C197": (("{tea: {planned", "{tea: {history: [{on: 2026-03-01, list: 99}], planned"),),
    "C199": (("rate: 0.08", "rate: 0.92"),),
    "C200": (("[sms, push]", "[push]"),),
    "C201": (("[sms, push]", "[push]"),),
    "C202": (("{kind: flash}", "{kind: flash, ends_on: 2026-03-08}"),),
    "C203": (("at: D-1 10:00", "at: D-2 10:00"),),
    "C204": (("level: 2", "level: 3"),),
    "C205": (("everybody: joined", "everybody: joined and last_event_days <= 30"),),
    "C206": (("会员专享九折优惠券限时领取中", "会员专享九折券"), ("750x200", "702x110")),
    "C207": (("positions: [home_page]", ""),),
    "C209": (("has_tag('tea') or has_tag('wine')", "has_tag('tea')"),),
    "C210": (("[sms, push]", "[push]"),),
    "C212": (
        (
            "{id: rest, kind: maintenance, window: {from: D+1, to: D+14}}",
            (
                "{id: rest, kind: maintenance, window: {from: D+1, to: D+14}, plays: [{id: r, audience: everybody, "
                "benefits: [c], positions: [home_page]}]}"
            ),
        ),
    ),
    "C213": (("unit_cost: 5", "unit_cost: 5, tiers: [gold]"),),
    "C214": (("value: 15", "value: 15, valid: {from: D 00:30, to: D}"),),
    "C215": (("age < 18", "age >= 18"),),
    "C216": (("{kind: sms, consent: implied}", "{kind: sms, consent: required}"),),
    "C217": (("points: 1.5", "points: 2"),),
    "C226": (("points: {per_unit: 1}", "points: {per_unit: 1, cash: {per_yuan: 100, max_share: 50%}}"),),
    "C218": (("positions: {home_page: {}}", "positions: {home_page: {}}\npoints: {per_unit: 1}"),),
    "C219": (("points: 2000", "points: 900"),),
    "C220": (("crm_edition: official", "crm_edition: custom"),),
    "C222": (("calendar: small\n", "calendar: small\naccept: {C222: the platform allows it to this shop}\n"),),
    "C223": (
        (
            "        positions: [home_page]\n",
            "        positions: [home_page]\n        displays: {home_page: {copy: 会员专享券}}\n",
        ),
    ),
    "C224": (
        ("everybody: joined", "everybody: not joined"),
        ("{kind: member_coupon, threshold: 199, value: 30, pool: coupons}", "{kind: new_member_coupon, value: 5}"),
        ("positions: [home_page], displays", "benefits: [c], positions: [home_page], displays"),
    ),
    "C231": (("  - never: [p, q]\n", ""),),
    "C232": (
        ("at_least: 2, of: p", "at_least: 2, of: [p, q]"),
        (
            "        message: m.txt\n",
            (
                "        message: m.txt\n"
                "      - {id: q, audience: everybody, channels: [push], at: D 10:00, message: m.txt}\n"
            ),
        ),
    ),
    "C233": (("{spend_per_member: 100}, ", ""),),
    "C240": (("        at: daily 10:00\n", ""),),
    "C241": (("within: 2d", "within: 9d"),),
    "C242": (("within: 5m", "within: 1h"),),
    "C244": (("every: 5m", "every: 1h"),),
    "C245": (("[sms]", "[sms, push]"),),
    "C246": ((", lane: human", ""),),
    "C248": (("push: {kind: push, consent: implied}", "push: {kind: push, consent: required}"),),
    "C249": (("calendar: small\n", "calendar: small\nauthor: Chen Yu\n"),),
    "C262": (
        (
            "{benefit: c, segment: joined, response: 3%}",
            "{benefit: c, segment: joined, response: 3%}, {benefit: c, response: 2%}",
        ),
    ),
    "C263": (("margin: 20%", "margin: 60%"), ("baseline: 3%", "baseline: 1%")),
    "C264": ((", priority: 5", ""),),
    "C271": ((", after: [pictures]", ""),),
    "C272": (("due: D-1", "due: D-4"),),
    "C273": (("due: D-4}", "due: D-4, owner: shop team}"),),
    "C274": (("id: set-up, text: set up the gift", "id: set-up-gift, text: set up the gift"),),
    "C281": (("of: {benefits: [c]}", "of: {channels: [sms]}"),),
    "C282": (("per: day", "per: phase"),),
    "C283": (("plan: first_come\n", ""),),
    "C320": (("unit_cost: 5}", "unit_cost: 5, delivery: push}"),),
    "C321": (("from: D, to: D}", "from: D-3, to: D}"),),
    "C322": (("from: D, to: D-3", "from: D-3, to: D"),),
    "C330": (("order: first_come", "order: hash"),),
    "C331": (("order: tier", "order: first_come"),),
    "C340": (("touch: all,", "touch: all, gap: 4h,"),),
    "C341": (("gap: 4d", "gap: 1d"),),
    "C342": (("gap: 4h", "gap: 24h"),),
    "C323": (("stock: 500", "stock: 40"),),
    "C286": (
        (
            "[{id: roi, return_at_least: 1.50}]",
            (
                "[{id: roi, return_at_least: 1.50}]\nvalues: {margin: 40%, basket: 180, baseline: 1%,"
                " responses: [{benefit: c, response: 3%}, {response: 2%}]}"
            ),
        ),
    ),
    "C284": ((", agents: {li: {tag: guide-li, capacity_per_day: 50}}", ""),),
    "C601": (("{% if member.name %}", ""),),
    "C602": (("member.phone", "member.name"), ("{{ member.name }}", "{{ play.title }}")),
    "C603": (("{{ benefit.text }}", "会员礼"),),
    "C605": (("{% include 'greeting.txt' %}", "您好，"),),
    "C606": (("{% macro again() %}上新{% endmacro %}{{ again() }}", "{{ play.title }}"),),
    "C607": (("{benefit}", "{{ benefit.text }}"),),
    "C608": (("../recall.txt", "messages/recall.txt"),),
    "C610": (("回T退订", ""),),
    "C612": (
        ("，一百二十款好物陆续到店", ""),
        ("；到店自提可在店员处领取试吃装一份，数量有限，先到先得，送完为止", ""),
    ),
    "C613": (("【小店】", ""),),
    "C615": (
        (
            "；老会员凭会员码另可领取一份节气茶点，请在付款前出示；每位会员限领一份，转赠无效；\n退换与配送时效以门店公告为准，详情可咨询当班店员",
            "",
        ),
    ),
    "C616": (("pusch", "push"),),
    "C291": (("at: +3d 10:00", "at: +1h"),),
    "C293": (("+30d", "+2d"),),
    "C294": (("kind: push", "kind: group"),),
    "C295": (("holdout: 10%", "message: m.txt"),),
    "C296": (("everybody: not joined", "everybody: joined"),),
    "C617": (("b: 40%}", "b: 40%}, then: winner"),),
    "C620": (("must-by}", "must-buy}"),),
    "C621": (('cn/1"}', 'cn/1", stage: presale}'),),
    "C622": (("¥99", "99 元"),),
    "C618": (("19:30", "10:00"),),
    "C614": (("{{ member.name }}，", ""),),
    "S601": (("name,reason", "member_id,reason"),),
    "S602": (("smss", "sms"),),
    "S604": (("member_id,shop,reason", "member_id,channel,reason"), ("m-1,north", "m-1,sms")),
    "S606": (('"asked to stop', '"asked to stop"'),),
    "S702": (("1771862400,", "1771862400000,"), ("1773071999", "1773071999000")),
}
"""Code → edits of the failing example, laid over the small calendar and store."""

NEEDS_A_PERSON: Mapping[str, tuple[str, ...]] = {
    "a remark: nothing has to be done": ("C108", "C146"),
    "how far a promotion may lie away is for a person to say": ("C105",),
    "a moved calendar is read over by a person: each remark says what differs in the new year": (
        "C180",
        "C181",
        "C182",
        "C183",
        "C184",
        "C185",
        "C186",
    ),
    "files of other rooms: a store, a template that exists, a source of the settings; their tests follow the remedy": (
        "C101",
        "C221",
        "C604",
        "C619",
        "C630",
        "C631",
    ),
    "groups have to be opened on the platform": ("C225",),
    "names of a store's fields, channels and assistants": ("C261", "C280", "C285"),
    "what else to offer than coupons, or over which channel, is for the shop to decide": ("C611",),
    "the answer has to be fetched from the platform again": ("S700", "S701"),
}
"""Why nobody but a person can follow it → the codes."""
