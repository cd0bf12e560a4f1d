"""Chinese of the member programme's keys and of the page of fields."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "Day from which orders are complete; empty: the first order's (A7).": "自该日起订单完整；留空为首单日期（A7）。",
    "Names of benefits that everybody reached is told of: what applies itself or is claimed. Nothing is granted, no"
    " message takes of the stock; what is closed or used up is left out of the text.": (
        "告知所有触达会员的权益名称：自动享受或自行领取的权益。不发放、不占库存；未开放或已用完的不出现在文案中。"
    ),
    "Who may join (A1#12); empty: everybody. Audiences ask for it with `may_join`.": (
        "谁可以入会（A1#12）；不写表示不限。人群中用 `may_join` 判断。"
    ),
    "What behaviour is worth in `value_score` (A1#3).": "各类行为在 `value_score` 中的分值（A1#3）。",
    "Named sets of members for all calendars of the store: `audience('store/vip')` asks for vip (A5).": (
        "店铺所有日历共用的人群：以 `audience('store/vip')` 引用 vip（A5）。"
    ),
    "Tags made by a rule or by merging others; has_tag knows them (A1#20).": (
        "由规则或合并产生的标签；has_tag 可用（A1#20）。"
    ),
    "Rolling window over which spend and orders count, e.g. 365d.": "计算消费与订单数的滚动窗口，例如 365d。",
    "Whether one of spend and orders is enough where a tier asks for both (A6).": (
        "同一等级写了消费与订单数时，满足其一（any_of）或须同时满足（all_of）（A6）。"
    ),
    "next_success: who has not bought since the rules changed keeps the earlier tier (A6).": (
        "next_success：规则变更后尚无成功交易的会员保留原等级（A6）。"
    ),
    "First day of these rules.": "本规则的第一天。",
    "The rules until then, lowest first.": "此前的规则，由低到高。",
    "Of the product: floor; half_up, to the nearest; exact_half, down to a whole or half point.": (
        "乘积的取整：floor 舍去；half_up 四舍五入；exact_half 舍到整数或半分。"
    ),
    "Days that earn more; times the tier's factor.": "多倍积分的日子；与等级倍率相乘。",
    "Points for introducing somebody.": "推荐他人的积分。",
    "What is left after it is void; empty: never.": "到期后剩余积分作废；不写表示永久有效。",
    "Bounds of members whose favourite category it is; their own defaults.": (
        "偏好该类目的会员所用的界限；未写的取默认值。"
    ),
    "Who may join: an amount or a number of purchases (A1#12). Without it everybody may.": (
        "入会门槛：累计金额或购买次数（A1#12）。不写表示不限。"
    ),
    "Spend of all time from which one may join.": "累计消费达到多少可入会。",
    "Orders of all time from which one may join.": "累计订单达到多少可入会。",
    "Whether one of the two is enough.": "是否满足其一即可。",
    "Member definition 3.0: what behaviour is worth, added up to `value_score` (A1#3).": (
        "会员定义 3.0：各类行为的分值，合计为 `value_score`（A1#3）。"
    ),
    "Each order within 365 days.": "近 365 天每单。",
    "Each whole 100 units of currency spent within 365 days.": "近 365 天每满 100 元消费。",
    "Each visit within 30 days.": "近 30 天每次访问。",
    "Each article put in the cart within 30 days.": "近 30 天每次加购。",
    "Each favourite within 30 days.": "近 30 天每次收藏。",
    "Each sign-in within 30 days.": "近 30 天每次签到。",
    "Each other interaction within 30 days.": "近 30 天每次其他互动。",
    "Being joined.": "已入会。",
    "A tag somebody carries as long as a rule holds for them (A1#17, A1#20).": (
        "满足规则期间即带有的标签，或由其他标签合并而成（A1#17、A1#20）。"
    ),
    "need (需求), attribute (买家属性), purchase (购买属性), dynamic (动态) or custom (自定义).": (
        "need（需求）、attribute（买家属性）、purchase（购买属性）、dynamic（动态）或 custom（自定义）。"
    ),
    "Expression over the fields; who it holds for has the tag.": "以字段写成的表达式；满足者带有该标签。",
    "Imported tags that are this one from now on.": "并入本标签的导入标签。",
    "A member level, reached by spend or orders within the rolling window, inclusive (A6: 满 means ≥).": (
        "会员等级；滚动窗口内的消费或订单数达到门槛（含）即达到（A6：满即 ≥）。"
    ),
    "Successful orders within the window from which it is reached.": "窗口内成功订单数达到多少即达到。",
    "What a tier asked for before the rules changed.": "规则变更前某等级的门槛。",
    "One of the tiers of `levels`.": "`levels` 中的等级。",
    "Days on which orders earn a multiple of the points (会员日双倍积分, A3).": (
        "订单多倍积分的日子（会员日双倍积分，A3）。"
    ),
    "Days of the month, 1 to 31.": "每月的日期，1 至 31。",
    "Single days.": "单独的日期。",
    "Both get points for a friend's first successful order, once (积分赠送, A3, S3).": (
        "积分赠送：好友首单交易成功，双方各得积分，仅一次（A3、S3）。"
    ),
    "Points for each of the two; same_as_order: as many as that order earns without factors.": (
        "双方各得的积分；same_as_order：与该单不计倍率的积分相同。"
    ),
    "Successful spend of the friend from which they are given; empty: any order.": (
        "好友成功消费达到多少时发放；不写：任意订单。"
    ),
    "积分抵扣现金: points pay part of an order, after coupons and without freight (S3). There is no usual rate.": (
        "积分抵扣现金：券后金额的一部分以积分支付，不含运费（S3）。没有通行的比例。"
    ),
    "Points that pay one unit of currency.": "抵一元所需积分。",
    "Share of the basket, coupons taken off, they pay at most.": "最多抵扣券后金额的比例。",
    "Fewest points that can be used at once.": "一次最少使用的积分。",
    "Points of orders paid before joining: they wait and are the member's on joining, or are lost.": (
        "入会前订单的积分：wait 为入会后归会员（入会可领），lost 为不计。"
    ),
    "What one point costs the store, for costs and liability.": "每积分的成本，用于费用与负债。",
    "Points that pay part of an order (积分抵扣现金).": "积分抵扣现金的规则。",
    "score": "分",
    "points": "积分",
    "decimal": "小数",
    "percent": "%",
    "category": "类目",
    "article": "货号",
    "audience": "人群",
    "family": "标签类别",
    "name and parts": "名称与组数",
    "channel": "渠道",
    "Member fields": "会员字段",
    "personal data": "个人信息",
    "yes": "是",
    "as of": "时点规则",
    "source": "依据",
    "stored as": "存储为",
    "values": "取值",
    "What audiences know of a member. This page is generated from the one catalogue that audience expressions, the"
    " columns of `member_features` and the editor read. Every field can be computed for any past moment; the column"
    " `as of` says what it may know then. Money is written in currency and stored in cents, decimals are stored in"
    " hundredths, moments in UTC. What may be empty is then unknown: no comparison with it holds, nor does its opposite"
    " under `not`; `is null` asks for it. A tag of the store whose rule is unknown for a member is not carried.": (
        "人群表达式可用的会员信息。本页由唯一的字段目录生成，人群表达式、`member_features` 的列与编辑器补全都读取它。"
        "每个字段都可按任意过去时刻计算；“时点规则”说明届时可知的范围。"
        "金额以元书写、以分存储；小数以百分之一存储；时间以 UTC 存储。"
        "可能为空的值为空时即未知：与之比较不成立，用 not 取反也不成立；可用 `is null` 查询。"
        "店铺标签的规则对某会员未知时，该会员不带此标签。"
    ),
    "Plans of the platform the store has been admitted to, for good or for some days (A11#11).": (
        "店铺已获准入的平台计划，长期或限期（A11#11）。"
    ),
    "Other editions from a day on, e.g. {2021-10-01: custom} once it is bought.": (
        "自某日起的其他版本，如开通后 {2021-10-01: custom}。"
    ),
    "A plan of the platform the store is admitted to, for some days; the plan by itself stands for all days.": (
        "店铺获准入的平台计划，可限期；只写计划名表示长期有效。"
    ),
    "Which plan.": "哪个计划。",
    "First day; empty: it was before.": "首日；空：此前已获准。",
    "Last day; empty: it stays.": "末日；空：一直有效。",
}
