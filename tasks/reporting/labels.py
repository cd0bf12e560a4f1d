"""The page's words in English and Chinese; a missing word is an error, not a blank."""

from __future__ import annotations

from campaign_calendars.deciding.contact import REASONS
from campaign_calendars.duties.states import ID_TOO_LATE, NO_ID, TOO_LONG, WAITS
from campaign_calendars.findings.said import Said, translate_stored
from campaign_calendars.messages.faults import fault_in

LABELS: dict[str, tuple[str, str]] = {
    "report": ("Campaign report", "活动报告"),
    "plan": ("Plan", "触达计划"),
    "plan_note": (
        "As the last run proved it, for everything that was still to come.",
        "末次运行对其后全部触达给出的证明。",
    ),
    "allocated": ("Member by member, as each run decided it", "逐个会员分配（各次运行）"),
    "beside": ("Beside it:", "对比："),
    "replayed": ("replayed through simulated time", "按模拟时间回放"),
    "simulated": ("SIMULATED: members responded by a model", "模拟数据：会员反应由模型给出"),
    "measured": ("measured as of", "统计截至"),
    "store": ("store", "店铺"),
    "dates_from": ("dates from", "日期来源"),
    "not_verified": ("not checked against the source", "未核对"),
    "verified": ("checked against the source", "已核对"),
    "sales": ("Sales in the campaign", "活动期成交额"),
    "member_share": ("Member share of sales", "会员成交占比"),
    "contacted": ("Members contacted", "触达会员"),
    "messages": ("messages", "消息数"),
    "messages_sent": ("Messages sent", "发送消息数"),
    "assumed_reach": ("assumed reach of", "触达为假设"),
    "benefit_days": ("days with a member benefit online, of 15", "近 15 天会员权益在线天数"),
    "needed": ("needed", "需要"),
    "facts": ("by the dataset offers", "按数据集 offers"),
    "planned": ("as planned", "按计划"),
    "reserved": ("Benefits reserved", "权益占用预算"),
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
    "conversion_rate": ("Conversion", "转化率"),
    "redemption_rate": ("Redemption", "核销率"),
    "store_repeat_rate": ("Repeat purchase, all buyers", "全店复购率"),
    "targets": ("Targets", "目标达成"),
    "platform_support": ("the platform gives", "平台支持"),
    "gmv": ("Sales", "成交额"),
    "joins": ("New members", "新增会员"),
    "reach": ("Members contacted", "触达会员"),
    "exclusions": ("Why members were not contacted", "未触达原因"),
    "exclusions_note": (
        "Each excluded member of an occurrence has one deciding reason; in an audience = chosen + held out + excluded.",
        "每次执行中每位被排除会员有唯一判定原因；入选 = 选中 + 对照 + 排除。",
    ),
    "arrived": ("What arrived", "送达情况"),
    "arrived_note": (
        "As the providers report it. What nothing was reported of may have arrived or not.",
        "依据服务商的回执；尚无回执的消息，送达与否未知。",
    ),
    "stopped": ("Cancelled before they left", "发送前取消"),
    "stopped_note": (
        "Chosen and queued, then stopped: what was reserved for them is free again.",
        "已入选并排队，发送前被取消；其占用的权益与预算已释放。",
    ),
    "budget": ("Budget", "预算"),
    "total": ("Total", "合计"),
    "benefits": ("Benefits", "权益"),
    "plays": ("Plays", "玩法明细"),
    "plays_note": (
        "Treated and held out count as assigned, message or not. A post is seen by its groups at most, once a post.",
        "实验组与对照组按分组口径统计，不论消息是否实际发出。群帖的曝光至多为群内人数，每帖计一次，不计入触达。",
    ),
    "state_awaiting_approval": ("waiting for approval", "待审批"),
    "state_pending": ("pending", "待发送"),
    "state_sending": ("sending", "发送中"),
    "state_failed": ("failed", "失败"),
    "state_to_do": ("to do by people", "待人工处理"),
    "state_unknown": ("unknown", "结果未知"),
    "state_cancelled": ("cancelled", "已取消"),
    "higher": ("higher", "显著提升"),
    "lower": ("lower", "显著下降"),
    "cannot conclude": ("cannot conclude", "无法下结论"),
    "too few members": ("too few members", "样本过少"),
    "too few buyers": ("too few buyers", "买家过少"),
    "not as drawn": ("groups not as drawn", "分组人数异常"),
    "all paid the same": ("all paid the same", "金额全部相同"),
    "too few regions": ("too few regions", "区域过少"),
    "nothing sent": ("nothing sent", "未发出消息"),
    "in two arms": ("members in two arms", "会员分组重叠"),
    "members unknown": ("members unknown", "会员无法识别"),
    "texts": ("Tests of texts", "文案测试"),
    "texts_note": (
        "As members were drawn, with 95 % Wilson intervals, against the first; who waited for the best is left out.",
        "按抽取分组统计，区间为 95% Wilson；差值相对第一个文案。等待最优文案的会员不计入。",
    ),
    "splits_note": (
        (
            "Everybody in the audience counts in the part that chance drew, whether he could be contacted or not."
            " Verdicts count all parts as asked at once (Holm). Sizes that cannot be chance show no difference."
        ),
        (
            "人群中每个人都计入抽中的组，无论能否触达。结论按同时检验所有组修正（Holm）。"
            "人数不符合随机抽取时不给出差值。"
        ),
    ),
    "by_clicks": ("by clicks", "按点击"),
    "by_conversion": ("by conversion: no data of clicks, or as the calendar asks", "按转化：无点击数据或日历如此要求"),
    "effects": ("Effect of each play with its own hold-out", "各玩法效果（自有对照组）"),
    "effects_note": (
        (
            "Difference in conversion with its 95 % Newcombe interval; effects of plays overlap and are never added."
            " Verdicts count all plays with a hold-out as asked at once (Holm): an interval beside zero may be chance."
        ),
        (
            "转化率差值及 95% Newcombe 区间；各玩法效果互有重叠，不可相加。"
            "结论按所有设对照组的玩法同时检验校正（Holm）：区间不含零也可能只是偶然。"
        ),
    ),
    "presale": ("Presale", "预售"),
    "presale_note": (
        "Orders whose deposit was paid in the campaign. A deposit is no sale until its balance is paid.",
        "活动期内付定金的订单；付尾款前定金不计入成交。",
    ),
    "deposits": ("Deposits paid", "已付定金订单"),
    "balances_paid": ("Balances paid", "已付尾款订单"),
    "forfeited": ("Deposits forfeited", "弃付定金"),
    "balance_payment_rate": ("Balance payment rate", "尾款支付率"),
    "presale_member_share": ("Member share of the presale, by order value", "预售会员成交占比（订单金额口径）"),
    "presale_member_share_deposit": ("Member share of the presale, by deposit", "预售会员成交占比（定金口径）"),
    "truth": ("Generated store: the truth beside the estimate", "生成的店铺：真实值与估计值对照"),
    "truth_note": (
        "Simulated members: what they would have done otherwise is known. Added buyers per member, by assignment.",
        "会员为模拟生成，只有模拟才知道未收到消息时会怎样；真实店铺没有此表。均为按分组口径的每会员新增买家比例。",
    ),
    "truth_covered": ("intervals that hold the truth", "包含真实值的区间"),
    "whole_programme": ("whole programme", "整体活动"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "true_joins": ("joined", "入会"),
    "true_balances": ("balances saved", "挽回尾款"),
    "true_referrals": ("friends brought", "带来好友"),
    "true_sign_ins": ("sign-ins", "签到"),
    "waves": ("Waves", "波次"),
    "wave_repeat_rate": ("Bought in the wave before, and again", "上一波次买家复购率"),
    "duties": ("Merchant duties", "商家必做与重点"),
    "must": ("must", "必做"),
    "focus": ("focus", "重点关注"),
    "data": ("Data behind this page", "数据来源"),
    "runs": ("Runs", "执行记录"),
    "prefect": ("Prefect flow run", "Prefect 流程"),
    "direct": ("direct call", "直接调用"),
    "definitions": ("Definitions", "口径说明"),
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
    "approval_expired": "无人在期限内审批",
    "above the limit of the approval": "超出审批的上限",
    "rejected by a person": "被人工驳回",
    "its words were changed after they were agreed to": "文案在同意之后有改动",
    "suppressed": "已拒收",
    "not in the newest snapshot": "最新快照中无此会员",
    "consent withdrawn": "已撤回授权",
    "no address on this channel": "该渠道无可用地址",
    "started later than on_late allows": "执行过晚",
    "no number that can be dialled": "没有可拨打的号码",
    "no longer in the audience": "已不在人群中（期间有新行为，如已购买）",
    "the event it answers no longer holds": "所响应的事件已不成立（如已付款）",
    "the person gets it under another account": "同一人的另一账号已收到",
    "another member with the same address gets it": "同一号码由另一会员接收",
    "another message to the member leaves just now": "该会员的另一条消息正在发送",
    "not in the group or not bound to the assistant any more": "已不在群中或已解除绑定",
    "the group has ended": "群已解散",
    "the member's own quiet hours cannot be read": "会员自己的免打扰时段无法识别",
    "the channel did not say what became of it": "渠道未告知结果",
    "the worker that claimed it did not report back": "领取任务的进程没有回报",
    "waits for the best text": "等待文案测试结果",
    "refused without a reason": "渠道拒绝，未说明原因",
    "asked to retry": "渠道要求重试",
    "the answer cannot be read": "渠道的回复无法读取",
    "the answer does not mention it": "渠道的回复中没有这一条",
    "the answer names no known status": "渠道的回复中没有可识别的状态",
    "settled by a person": "人工处理",
    "the budget was lowered": "预算已调低",
    "halted": "已叫停",
    "the play is paused": "玩法已暂停",
    "the member was erased": "会员已删除",
    "the run was cancelled": "运行已取消",
    "the channel is left alone after it gave no certain answer": "渠道未给出确定的应答，暂不使用",
    "the provider's daily cap is used up": "服务商当日额度已用完",
    "the provider's monthly cap is used up": "服务商当月额度已用完",
    "the provider's rate": "服务商限速",
    "the first messages are looked at before the rest follows": "先看首批消息的结果，再发其余",
}

# The same, with something of the moment in it.
_WAITING: tuple[Said, ...] = (
    ("quiet hours until {until}", "免打扰时段，至 {until}"),
    ("the member's own quiet hours until {until}", "会员自己的免打扰时段，至 {until}"),
    ("closed by a measure of the platform until {until}", "平台处置期间关闭，至 {until}"),
    ("the contact caps allow {most} in {span}", "触达频次上限：{span} 内 {most} 条"),
    ("the provider takes {most} messages to one recipient in {span}", "服务商对同一接收者的上限：{span} 内 {most} 条"),
    ("the stock of {benefit} was lowered", "{benefit} 的库存已调低"),
    ("the money of pool {pool} was lowered", "资金池 {pool} 已调低"),
    ("there is no code of {benefit} left", "{benefit} 的兑换码已用完"),
    ("nothing of the list {list} is on sale", "清单 {list} 中没有在售商品"),
    ("no connection ({error})", "无法连接（{error}）"),
    ("no answer ({error})", "没有回复（{error}）"),
)


def stop_reason(reason: str, lang: str) -> str:
    """Why messages were cancelled, or wait, in one language."""
    if lang == "zh" and reason in STOP_REASONS:
        return STOP_REASONS[reason]
    code, _, detail = reason.partition(":")
    if code in REASONS:
        return REASONS[code].title.get(lang) + (f" ({detail})" if detail else "")
    if (told := fault_in(reason, lang)) != reason:
        return told
    return translate_stored(reason, (TOO_LONG, WAITS, NO_ID, ID_TOO_LATE, *_WAITING), lang)


def words(lang: str) -> dict[str, str]:
    """All words of one language, `en` or `zh`."""
    column = 1 if lang == "zh" else 0
    return {key: pair[column] for key, pair in LABELS.items()}
