"""Chinese texts of the reference pages: triggers, lanes and the plan."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "The event it answers, instead of `at` (A5).": "所响应的事件，代替 at（A5）。",
    "system: sent by itself; human: a work-list for people, nothing is sent (A1#16).": (
        "system：系统自动发送；human：生成人工工单，不自动发送（A1#16）。"
    ),
    "How long until the same member may get this play again; default: never, triggers: each event.": (
        "同一会员多久之后可再次收到；默认不再重复，触发玩法则每个事件一次。"
    ),
    "What one contact is worth beside those of other plays, 1 to 1000; only ratios matter. Default by the phase's"
    " kind: reservoir 30, presale 60, warm_up 50, burst 100, maintenance 40, daily 40, custom 50;"
    " 70% of it without benefits.": (
        "一次触达与其他玩法相比的价值，1 到 1000，只有比例起作用。默认按阶段类型：蓄水 30、预售 60、预热 50、爆发 100、"
        "维护 40、日常 40、自定义 50；无权益的玩法取其 70%。"
    ),
    "planned: members, stock and money are kept for the occurrences where they are worth most; first_come: whichever "
    "occurrence comes first takes them.": ("planned：会员、库存与预算留给价值最高的触达；first_come：先到先得。"),
    "What a member has to do for a play to answer (A5).": "会员做了什么，玩法才响应（A5）。",
    "join, order_paid, birthday …, or a kind of the events source such as cart_add.": (
        "join、order_paid、birthday……，或行为数据中的类型，例如 cart_add。"
    ),
    "Not before this long after the event: 10s, 30m, 7d.": "事件发生后至少等待多久：10s、30m、7d。",
    "Events older than this never fire; late data inside it does.": (
        "更早的事件不再触发；在此期限内迟到的数据仍会触发。"
    ),
    "How often events are looked for; default: the store's `sweep_every`.": (
        "多久扫描一次事件；默认取店铺的 sweep_every。"
    ),
    "Look once a day at this time instead; birthdays: 10:00.": "改为每天在此时刻扫描一次；生日默认 10:00。",
    "Birthdays only: whole days ahead, e.g. 3d.": "仅用于生日：提前的整天数，例如 3d。",
    "Only every n-th local day in a row with the event (打卡).": "仅在连续第 n 个有该事件的自然日触发（打卡）。",
    "Kinds of its events source beside the usual ones, for triggers (A5).": (
        "行为数据中常用类型之外的类型，供触发使用（A5）。"
    ),
    "How often triggers look for events (A5).": "触发多久扫描一次事件（A5）。",
    "How old the newest facts may be that recency and triggers read.": "近期行为与触发所读取的最新数据可以有多旧。",
    "Dataset and how old its newest fact may be; orders and events: 2d, or `data_every` if longer.": (
        "数据集及其最新一条可以有多旧；订单与行为默认 2d，data_every 更长时取 data_every。"
    ),
    "What a run does with older data: it says so, or it decides nothing.": (
        "数据过旧时运行怎么做：提示，或不作任何决策。"
    ),
    "How often the sources bring new facts; a sweep uses a snapshot that is younger.": (
        "数据源多久带来新数据；扫描可使用比这更新的快照。"
    ),
    "When somebody born on 29 February is greeted in common years.": "2 月 29 日出生者在平年于何日祝福。",
}
