"""Concepts and phases (A1, A2)."""

from __future__ import annotations

from typing import Final

from campaign_calendars.findings.said import as_said
from campaign_calendars.reference.domain_rows.row import Row

CONCEPTS: Final[tuple[Row, ...]] = (
    Row("A1#1", ("Members 1.0: every past buyer", "会员 1.0：所有已购客"), as_said("`member_definition`")),
    Row(
        "A1#2",
        ("Members 2.0: everyone who joined; the default", "会员 2.0：所有入会者；默认"),
        as_said("`member_definition`, `joined`, `joined_at`"),
    ),
    Row(
        "A1#3",
        ("Members 3.0: behaviour counts", "会员 3.0：行为计入"),
        as_said("`member_definition`, `value_weights`, `interactions_30d`, `visits_30d`"),
    ),
    Row("A1#4", ("Prospects: joined, nothing bought", "潜客：已入会、未购买"), as_said("`joined`, `orders_total`")),
    Row(
        "A1#5",
        ("Buyers who have not joined", "已购未入会"),
        as_said("`joined`, `orders_total`; `library/queens-day-2020.yaml`"),
    ),
    Row(
        "A1#6",
        ("Member products: official, custom, member pass", "会员产品：官方版、定制版、会员通"),
        as_said("`crm_edition`, `C220`, `C221`"),
    ),
    Row(
        "A1#7",
        ("Merchant layers (head, waist, junior)", "商家分层（头部、腰部、初级）"),
        left_out=(
            "no rule of a calendar depends on it; what a layer may use is said by `admitted_to`",
            "日历的规则不取决于它；某一层可用什么由 `admitted_to` 写明",
        ),
    ),
    Row(
        "A1#8",
        ("Days with benefits online within 15", "近 15 天权益在线天数"),
        (
            "`benefit_days`, `C212`; status and report count them from the dataset of offers",
            "`benefit_days`、`C212`；状态与报告按权益上线数据集计数",
        ),
    ),
    Row("A1#9", ("Good and dormant members", "有效会员与沉睡会员"), as_said("`lifecycle`, `tier`")),
    Row(
        "A1#10",
        ("Members are worth twice the store's average", "会员价值为全店均值两倍"),
        left_out=(
            "a claim, not a rule; the report prints the figures of your shop",
            "是说法而非规则；报告给出本店自己的数字",
        ),
    ),
    Row(
        "A1#11",
        ("A new customer costs eight old ones", "一个新客成本抵八个老客"),
        left_out=("a claim, not a rule", "是说法而非规则"),
    ),
    Row("A1#12", ("Who becomes a member", "谁可以入会"), as_said("`join_threshold`")),
    Row(
        "A1#13",
        ("Of age, voluntary, free to leave", "成年、自愿、可退会"),
        as_said("`min_age`, `age`, `has_left`, `C215`"),
    ),
    Row(
        "A1#14",
        ("Confidential", "保密"),
        (
            "addresses are masked in exports by default, see `docs/operations.md`",
            "导出时默认遮盖号码，见 `docs/operations.md`",
        ),
    ),
    Row("A1#15", ("The customer's path", "顾客路径"), as_said("`lifecycle`, `orders_total`")),
    Row(
        "A1#16",
        ("Life of a member, system and human lanes", "会员生命周期，系统与人工两条线"),
        as_said("`trigger`, `lane`, `C246`, `C247`, `promocal worklist`; `library/lifecycle.yaml`"),
    ),
    Row(
        "A1#17",
        ("Four dimensions of a profile", "画像四维度"),
        ("`has_tag`; families in the dataset of tags", "`has_tag`；标签族在标签数据集中"),
    ),
    Row(
        "A1#18",
        ("Fields of the platform's analytics", "平台分析字段"),
        as_said("`city`, `province`, `cart_adds_30d`, `favourites_30d`, `visits_30d`"),
    ),
    Row("A1#19", ("Families of tags", "标签族"), ("the same", "同上")),
    Row(
        "A1#20",
        ("Tags: several each, rules, merging, at most five per tool", "标签：每人多个、规则、合并、每个工具至多五个"),
        as_said("`has_tag`, `tags`, `merge`, `C154`, `max_tags`, `C209`"),
    ),
    Row("A1#21", ("Private and public domain", "私域与公域"), as_said("`domain`, `exposed_in`, `C175`")),
    Row(
        "A1#22",
        ("Acquisition pool, lifetime value", "拉新池、终身价值"),
        left_out=("needs margins and acquisition costs nobody exports", "需要无人导出的毛利与获客成本"),
    ),
    Row(
        "A1#23",
        ("Goal, scene, benefit, tool, channel, review of a phase", "每阶段的目标、场景、权益、工具、渠道、复盘"),
        as_said("`goal`, `plays`, `benefits`, `channels`, `targets`, `holdout`"),
    ),
    Row(
        "A1#24",
        ("Audience to the single member, forecast before sending", "人群到人，发送前预估"),
        as_said("`promocal plan`"),
    ),
    Row("A1#25", ("Benefits besides prices", "价格之外的权益"), as_said("`nature`, `C166`")),
    Row(
        "A1#26", ("Members in an effective relation", "有效关系会员"), as_said("`interactions_30d`, `last_event_days`")
    ),
    Row(
        "A1#27",
        ("Measures of the platform", "平台管控"),
        (
            (
                "`restrictions`, `C210`, `C211`; held at the decision and when messages leave, also from the "
                "dataset of measures"
            ),
            "`restrictions`、`C210`、`C211`；决策与发送时都生效，也读管控数据集",
        ),
    ),
    Row(
        "A1#28",
        ("Paid membership", "付费会员"),
        left_out=(
            "the fee is taken elsewhere; a tag marks who paid: `has_tag`",
            "费用在别处收取；以标签标明：`has_tag`",
        ),
    ),
    Row("A1#29", ("88VIP", "88VIP"), ("as a tag: `has_tag`", "以标签标明：`has_tag`")),
    Row(
        "A2",
        ("Reservoir, presale, warm-up, burst, maintenance, daily", "蓄水、预售、预热、爆发、维护、日常"),
        as_said("`phases`, `reservoir`, `presale`, `warm_up`, `burst`, `maintenance`, `daily`"),
    ),
    Row("A2", ("The slump inside the burst", "爆发期中的低谷"), as_said("`sub_phases`, `during`, `C110`")),
    Row("A2", ("Waves", "波段"), as_said("`waves`, `wave`, `C112`, `C125`")),
    Row("A2", ("Touching and overlapping phases, gaps", "相接与重叠的阶段、空档"), as_said("`C108`, `C109`")),
    Row("A2", ("Goal and primary metrics", "目标与主要指标"), as_said("`goal`, `targets`")),
)
