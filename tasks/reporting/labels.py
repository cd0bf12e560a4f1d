"""The page's words in English and Chinese; a missing word is an error, not a blank."""

from __future__ import annotations

from campaign_calendars.duties.states import ID_TOO_LATE, NO_ID, TOO_LONG, WAITS
from campaign_calendars.findings.said import translate_stored

LABELS: dict[str, tuple[str, str]] = {
    "report": ("Campaign report", "活动报告"),
    "plan": ("Plan", "触达计划"),
    "plan_note": (
        "As the last run proved it, for everything that was still to come.",
        "末次运行对其后全部触达给出的证明。",
    ),
    "beside": ("Beside it:", "对比："),
    "shared": ("What all members share", "共享资源与限制"),
    "planned_use": ("Planned", "计划用量"),
    "there_is": ("There is, or asked", "可用或要求"),
    "more_of_it": ("What more would add, or what it costs", "放宽后的增益，或代价"),
    "replayed": ("replayed through simulated time", "按模拟时间回放"),
    "measured": ("measured as of", "统计截至"),
    "snapshot": ("snapshot", "数据快照"),
    "store": ("store", "店铺"),
    "dates_from": ("dates from", "日期来源"),
    "verified": ("checked against the source", "已核对"),
    "not_verified": ("not checked against the source", "未核对"),
    "sales": ("Sales in the campaign", "活动期成交额"),
    "orders": ("orders", "笔订单"),
    "buyers": ("buyers", "买家数"),
    "member_share": ("Member share of sales", "会员成交占比"),
    "contacted": ("Members contacted", "触达会员"),
    "messages": ("messages", "消息数"),
    "messages_sent": ("Messages sent", "发送消息数"),
    "reserved": ("Benefits reserved", "权益占用预算"),
    "of_budget": ("of the budget", "预算占用"),
    "programme": ("Effect of the whole programme", "整体活动效果"),
    "programme_note": (
        "Conversion of members who could be contacted minus that of the campaign hold-out, by assignment.",
        "可触达会员转化率减去活动对照组转化率，按分组口径（ITT）。",
    ),
    "no_holdout": ("no hold-out, so no effect can be stated", "未设对照组，无法给出效果结论"),
    "timeline": ("Timeline of phases", "阶段时间线"),
    "timeline_note": (
        "White ticks are planned occurrences, in the calendar's time zone.",
        "白色刻度为计划执行时点（日历所在时区）。",
    ),
    "day_by_day": ("Day by day", "每日走势"),
    "funnel": ("Funnel by phase", "阶段漏斗"),
    "funnel_note": ("Distinct members of all plays of a phase together.", "同一阶段所有玩法合并去重的会员数。"),
    "phase": ("Phase", "阶段"),
    "candidates": ("In an audience", "入选人群"),
    "eligible": ("Contactable", "可触达"),
    "held_out": ("Held out", "对照组"),
    "reached": ("Contacted", "已触达"),
    "bought_after": ("Bought after", "触达后购买"),
    "conversion_rate": ("Conversion", "转化率"),
    "redemption_rate": ("Redemption", "核销率"),
    "repeat_rate": ("Repeat purchase", "复购率"),
    "targets": ("Targets", "目标达成"),
    "metric": ("Figure", "指标"),
    "target": ("Target", "目标"),
    "actual": ("Actual", "实际"),
    "attained": ("Reached", "达成率"),
    "gmv": ("Sales", "成交额"),
    "joins": ("New members", "新增会员"),
    "reach": ("Members contacted", "触达会员"),
    "exclusions": ("Why members were not contacted", "未触达原因"),
    "exclusions_note": (
        "Each excluded member of an occurrence has one deciding reason; in an audience = chosen + held out + excluded.",
        "每次执行中每位被排除会员有唯一判定原因；入选 = 选中 + 对照 + 排除。",
    ),
    "stopped": ("Cancelled before they left", "发送前取消"),
    "stopped_note": (
        "Chosen and queued, then stopped: what was reserved for them is free again.",
        "已入选并排队，发送前被取消；其占用的权益与预算已释放。",
    ),
    "reason": ("Reason", "原因"),
    "times": ("Times", "次数"),
    "budget": ("Budget", "预算"),
    "pool": ("Pool", "资金池"),
    "limit": ("Limit", "上限"),
    "total": ("Total", "合计"),
    "benefits": ("Benefits", "权益"),
    "benefit": ("Benefit", "权益"),
    "granted": ("Granted", "发放"),
    "stock": ("Stock", "库存"),
    "redeemed": ("Redeemed by", "核销会员"),
    "plays": ("Plays", "玩法明细"),
    "plays_note": (
        "Treated and held out are members as they were assigned, whether a message went out to them or not.",
        "实验组与对照组按分组口径统计，不论消息是否实际发出。",
    ),
    "play": ("Play", "玩法"),
    "audience": ("Audience", "人群"),
    "sent": ("Sent", "已发送"),
    "excluded": ("Excluded", "排除"),
    "other_states": ("Not sent", "未发送"),
    "state_awaiting_approval": ("waiting for approval", "待审批"),
    "state_pending": ("pending", "待发送"),
    "state_sending": ("sending", "发送中"),
    "state_failed": ("failed", "失败"),
    "state_to_do": ("to do by people", "待人工处理"),
    "state_unknown": ("unknown", "结果未知"),
    "state_cancelled": ("cancelled", "已取消"),
    "treated_rate": ("Treated", "实验组"),
    "control_rate": ("Held out", "对照组"),
    "difference": ("Difference", "差值"),
    "verdict": ("Verdict", "结论"),
    "higher": ("higher", "显著提升"),
    "lower": ("lower", "显著下降"),
    "cannot conclude": ("cannot conclude", "无法下结论"),
    "too few members": ("too few members", "样本过少"),
    "effects": ("Effect of each play with its own hold-out", "各玩法效果（自有对照组）"),
    "effects_note": (
        "Difference in conversion with its 95 % Newcombe interval. Effects of plays overlap and must not be added.",
        "转化率差值及 95% Newcombe 区间；各玩法效果互有重叠，不可相加。",
    ),
    "waves": ("Waves", "波次"),
    "wave": ("Wave", "波次"),
    "phases": ("phases", "阶段数"),
    "duties": ("Merchant duties", "商家必做与重点"),
    "duty": ("Duty", "事项"),
    "due": ("Due", "截止"),
    "must": ("must", "必做"),
    "focus": ("focus", "重点关注"),
    "data": ("Data behind this page", "数据来源"),
    "dataset": ("Dataset", "数据集"),
    "rows_in": ("Rows in", "读入"),
    "accepted": ("Accepted", "通过"),
    "quarantined": ("Quarantined", "隔离"),
    "duplicates": ("Duplicates", "重复"),
    "runs": ("Runs", "执行记录"),
    "run_count": ("runs", "次执行"),
    "ran_by": ("Ran through", "执行方式"),
    "prefect": ("Prefect flow run", "Prefect 流程"),
    "direct": ("direct call", "直接调用"),
    "moment": ("Moment", "时间"),
    "chosen": ("Chosen", "选中"),
    "definitions": ("Definitions", "口径说明"),
    "redemption_check": ("Redemption check", "核销稽核"),
    "redemption_clean": (
        "Every redemption belongs to a member who was granted the benefit, inside its phase.",
        "所有核销均来自已获得权益的会员，且在有效阶段内。",
    ),
    "expected": ("reserved at expected redemption", "按预计核销率占用"),
    "worst_case": ("reserved at full cost", "按全额占用"),
}


# Why a message was cancelled, in the ledger's words; those of channels and people stay as they are.
STOP_REASONS: dict[str, str] = {
    "expired": "已过期",
    "suppressed": "已拒收",
    "not in the newest snapshot": "最新快照中无此会员",
    "consent withdrawn": "已撤回授权",
    "no address on this channel": "该渠道无可用地址",
    "started later than on_late allows": "执行过晚",
    "no number that can be dialled": "没有可拨打的号码",
    "no longer in the audience": "已不在人群中（期间有新行为，如已购买）",
    "the event it answers no longer holds": "所响应的事件已不成立（如已付款）",
    "the person gets it under another account": "同一人的另一账号已收到",
    "settled by a person": "人工处理",
}


def stop_reason(reason: str, lang: str) -> str:
    """Why messages were cancelled, or wait, in one language."""
    if lang == "zh" and reason in STOP_REASONS:
        return STOP_REASONS[reason]
    return translate_stored(reason, (TOO_LONG, WAITS, NO_ID, ID_TOO_LATE), lang)


def words(lang: str) -> dict[str, str]:
    """All words of one language, `en` or `zh`."""
    column = 1 if lang == "zh" else 0
    return {key: pair[column] for key, pair in LABELS.items()}
