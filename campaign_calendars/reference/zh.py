"""Chinese of the reference pages: English text of a model or page → Chinese. Complete, by a test."""

from __future__ import annotations

from campaign_calendars.reference import zh_approving as reference_zh_approving
from campaign_calendars.reference import zh_benefits as reference_zh_benefits
from campaign_calendars.reference import zh_expected as reference_zh_expected
from campaign_calendars.reference import zh_limits as reference_zh_limits
from campaign_calendars.reference import zh_messages as reference_zh_messages
from campaign_calendars.reference import zh_programme as reference_zh_programme
from campaign_calendars.reference import zh_rules as reference_zh_rules
from campaign_calendars.reference import zh_sequences as reference_zh_sequences
from campaign_calendars.reference import zh_triggers as reference_zh_triggers

TEXTS: dict[str, str] = {
    # words of the pages
    "The calendar language": "日历语言",
    "Calendar": "日历",
    "Benefits": "权益",
    "Store": "店铺",
    "Audience expressions": "人群表达式",
    "Checks": "检查",
    "Values": "取值写法",
    "Festivals": "节日",
    "key": "键",
    "value": "取值",
    "default": "默认",
    "meaning": "含义",
    "unit": "单位",
    "field": "字段",
    "function": "函数",
    "severity": "级别",
    "error": "错误",
    "warning": "警告",
    "info": "提示",
    "required": "必填",
    "how it is written": "写法",
    "list of ": "列表：",
    "name → ": "名称 → ",
    "a benefit": "[权益](#权益)",
    "text, or {zh: …, en: …}": "文本，或 {zh: …, en: …}",
    "money": "金额",
    "share": "比例",
    "rate": "折扣",
    "What is paid of a price: `0.85`, `85%`, `8.5折` or `85折`.": "实付比例：`0.85`、`85%`、`8.5折` 或 `85折`。",
    "duration": "时长",
    "time": "时刻",
    "day": "日期",
    "size": "尺寸",
    "`2026-03-08`.": "`2026-03-08`。",
    "`702x110`, width and height in pixels.": "`702x110`，宽与高的像素。",
    "figure": "数值",
    "moment": "时间",
    "schedule": "发送安排",
    "zone": "时区",
    "text": "文本",
    "number": "数字",
    "bool": "是/否",
    "int": "整数",
    "timestamp": "时间",
    "tag": "标签",
    "phase": "阶段",
    "wave": "波段",
    "play": "玩法",
    "benefit": "权益",
    "years": "岁",
    "days": "天",
    "orders": "单",
    "currency": "元",
    "pieces": "件",
    "events": "次",
    "messages": "条",
    " May be empty.": "（可能为空）",
    "Shown to people: in plans, reports and messages.": "给人看的名称：用于计划、报告与消息。",
    "A calendar is one YAML file; the store it runs in is another. This page is generated from the models that"
    " read them, so every key below exists and no other does. Marks such as A3 or B5 lead to the row of the"
    " [domain](domain.md) a rule comes from. `promocal schema` prints the same as JSON Schema for an editor.": (
        "一个日历是一个 YAML 文件，所属店铺是另一个。本页由读取它们的模型生成：下列键全部有效，此外没有其他键。"
        "A3、B5 等标记指向规则所出的[领域知识](domain.zh.md)条目。"
        "`promocal schema` 以 JSON Schema 输出同样的内容，供编辑器补全。"
    ),
    "Keys that every kind of benefit has; `kind` says which one it is.": "所有权益共有的键；由 `kind` 指明种类。",
    "A condition like in SQL: fields and functions compared with = <> < <= > >=, in, between, like, is null, joined"
    " by and, or, not; `a minus b` is `a and not b`. Money is written in currency (199.00), texts in single quotes."
    " What is not known is not in the audience. [Audiences](audiences.md) shows how each of the domain is written.": (
        "与 SQL 条件相同：字段与函数用 = <> < <= > >=、in、between、like、is null 比较，以 and、or、not 连接；"
        "`a minus b` 即 `a and not b`。金额以元书写（199.00），文本用单引号。信息未知的会员不在人群内。"
        "各类人群的写法见[人群](audiences.zh.md)。"
    ),
    "What is found, by code: C in calendars, stores and messages, by `promocal check` and, C180 to C189, by"
    " `promocal new --year`; S in sources and imported files; D in decisions and their records. `promocal explain"
    " CODE` prints the same. The keys of an example replace those of a small calendar and store; examples of C6xx are"
    " message templates, those of S codes files. A calendar may `accept` warnings of `promocal check`, with reasons.": (
        "能发现的问题，按代码排列：C 为日历、店铺与消息（`promocal check`；C180 至 C189 由 `promocal new --year`），"
        "S 为数据源与导入的文件，D 为决策及其记录。`promocal explain 代码` 输出同样的内容。"
        "示例中的键替换一个小日历与店铺中的同名键；C6xx 的示例是消息模板，S 类的示例是文件内容。"
        "`promocal check` 的警告可在日历的 `accept` 中写明原因后接受。"
    ),
    "`199.00`, in the store's currency, at most two decimals.": "`199.00`，以店铺币种为单位，最多两位小数。",
    "`5%` or `0.05`.": "`5%` 或 `0.05`。",
    "`30m`, `2h`, `7d`, `1d 12h`.": "`30m`、`2h`、`7d`、`1d 12h`。",
    "`10:00` or `21:59:59`.": "`10:00` 或 `21:59:59`。",
    "`1200` or `6%`.": "`1200` 或 `6%`。",
    "`2026-03-08`, `2026-03-08 10:00`, `D-13`, `D+0 23:59:59`, `presale end + 2d`,"
    " `{festival: qixi, year: 2026}`; `D-15wd` counts working days of mainland China.": (
        "`2026-03-08`、`2026-03-08 10:00`、`D-13`、`D+0 23:59:59`、`presale end + 2d`、`{festival: qixi, year: 2026}`；"
        "`D-15wd` 按中国大陆工作日计。"
    ),
    "`D-2 10:00`, `start + 9h`, `daily 10:00`, `weekly mon,thu 11:00`, `monthly 8 10:00`, `every 3d 11:00`,"
    " `workdays 10:00`.": (
        "`D-2 10:00`、`start + 9h`、`daily 10:00`、`weekly mon,thu 11:00`、`monthly 8 10:00`、`every 3d 11:00`、"
        "`workdays 10:00`。"
    ),
    "`Asia/Shanghai`.": "`Asia/Shanghai`。",
    "Text; quote it when it holds a colon or begins with a sign.": "文本；含冒号或以符号开头时请加引号。",
    # calendar
    "A promotion calendar: phases, plays, audiences, benefits and the money behind them.": (
        "促销日历：阶段、玩法、人群、权益以及背后的预算。"
    ),
    "Lower-case letters, digits, - and _; starts with a letter.": "小写字母、数字、- 与 _，以字母开头。",
    "Store whose tiers, channels and contact policy apply.": "适用其等级、渠道与触达规则的店铺。",
    "Zone of all dates and times, e.g. Asia/Shanghai.": "所有日期与时间的时区，例如 Asia/Shanghai。",
    "The day D counts from, e.g. 2026-03-08.": "D 日，例如 2026-03-08。",
    "Where the dates come from.": "日期的来源。",
    "Whether somebody checked the dates against the source.": "日期是否已与来源核对。",
    "Warnings that are right here: code and reason, e.g. C174: mail only.": (
        "在此没有问题的警告：代码与原因，例如 C174: 只能邮寄。"
    ),
    "Money that benefits may use.": "权益可用的预算。",
    "Money that benefits may use; pools are parts of the total.": "权益可用的预算；资金池是总额的一部分。",
    "All the money benefits may use.": "权益可用的总额。",
    "Parts of the total, by name.": "总额的各部分，按名称。",
    "What a grant reserves: its full unit cost, or unit cost times expected redemption.": (
        "发放一份占用的预算：全部单位成本，或单位成本乘以预计核销率。"
    ),
    "Control group of the whole calendar.": "整个日历的对照组。",
    "The campaign's control group: members nobody contacts during the whole calendar.": (
        "活动对照组：整个日历期间不触达的会员。"
    ),
    "Text that draws the groups; never change it during a campaign.": "用于抽取分组的文本；活动期间不可更改。",
    "Sale waves (A2, A10).": "销售波段（A2、A10）。",
    "A sale wave (A2, A10): phases of the same wave are measured together.": (
        "销售波段（A2、A10）：同一波段的阶段合并衡量。"
    ),
    "A span of time. `to` is the last second that still belongs to it (`21:59:59`).": (
        "时间窗口。`to` 是仍属于窗口的最后一秒（`21:59:59`）。"
    ),
    "First second, e.g. D-3 00:00.": "第一秒，例如 D-3 00:00。",
    "Last second included; a bare date means its end.": "最后一秒（包含）；只写日期表示当日结束。",
    "Named sets of members.": "命名的人群。",
    "A named set of members: an expression over the segment fields (A5); plain text is `where`.": (
        "命名的人群：对分群字段的表达式（A5）；只写文本即为 `where`。"
    ),
    "Boolean expression, e.g. joined and recency_days > 30.": "布尔表达式，例如 joined and recency_days > 30。",
    "Named benefits (A3).": "命名的权益（A3）。",
    "Stages of the promotion (A2); may touch and overlap.": "促销阶段（A2）；可以相接，也可以重叠。",
    "A stage of the promotion with its own members, benefits and channels (A2).": (
        "促销的一个阶段，有自己的人群、权益与渠道（A2）。"
    ),
    "Which part of presale orders is paid in it (定金预售, A10): orders placed in a deposit phase are paid in full in"
    " the balance phase that follows it in its wave, unless they name their own window.": (
        "该阶段支付预售订单的哪一部分（定金预售，A10）：在定金阶段拍下的订单，在同一波段其后的尾款阶段付清，"
        "订单自带支付时间的除外。"
    ),
    "From when on an order counts for `bought_in_campaign`: sale_start is the first second of the earliest presale"
    " phase, else of the burst, else of the calendar; calendar_start, or the id of a phase.": (
        "`bought_in_campaign` 从何时起计：sale_start 为最早的预售阶段的第一秒，没有则为爆发阶段，再没有则为日历；"
        "calendar_start，或某阶段的 id。"
    ),
    "Stage of the promotion (A2).": "阶段类型（A2）。",
    "Wave this phase belongs to.": "所属波段。",
    "Named parts, such as a slump.": "命名的子阶段，例如疲软期。",
    "A named part of a phase, such as the slump inside the burst (A2, A9).": (
        "阶段中命名的一段，例如引爆期内的疲软期（A2、A9）。"
    ),
    "Metrics and the figures to reach; the report prints actual against target (A7).": "目标数值；报告对比实际与目标。",
    "What is done for members.": "面向会员的玩法。",
    "One thing done for one audience, at planned moments or in answer to an event (A5, A8).": (
        "面向一个人群、在计划时刻或响应事件时做的一件事（A5、A8）。"
    ),
    "Name of an audience of this calendar.": "本日历中的人群名称。",
    "Names of benefits, best first; each member gets at most one. Empty: a message only.": (
        "权益名称，最好的在前；每位会员最多一项。留空：只发消息。"
    ),
    "Channels of the store, first allowed one wins. Empty: nothing is sent.": (
        "店铺渠道，取第一个允许的。留空：不发送。"
    ),
    "Display positions (阵地) of the store that show this play (A4).": "展示此玩法的店铺阵地（A4）。",
    "When it is sent: 'D-2 10:00', 'daily 10:00', a list of moments.": (
        "发送时间：'D-2 10:00'、'daily 10:00' 或时间列表。"
    ),
    "Sub-phase it is limited to; default: the whole phase.": "限定的子阶段；默认整个阶段。",
    "Share of the play's members kept out to measure it.": "为衡量效果而保留不触达的会员比例。",
    "How late it may leave; default: the store's contact policy.": "最多晚多久仍发送；默认按店铺的触达规则。",
    "What happens to an occurrence whose run starts late (B9, catch-up).": "执行晚于计划时如何处理（B9 补跑）。",
    "How late a run may start and still do its work.": "最多可晚多久仍照常执行。",
    "What happens after the grace.": "超过宽限后如何处理。",
    "When a person has to agree first.": "何时须先经人同意。",
    "When a person has to agree before anything leaves (B9).": "发出之前何时须经人同意（B9）。",
    "What people have to do by hand.": "需要人工完成的事项。",
    "A task of a person: who has to have done what until when, and what waits for it (A9).": (
        "人工事项：由谁、在何时之前完成什么，以及什么在等待它（A9）。"
    ),
    "Its name in `needs`, `after` and `promocal duties`; default: made of phase and text.": (
        "在 `needs`、`after` 与 `promocal duties` 中的名称；默认由阶段与文本生成。"
    ),
    "Who has to do it: a name, a team.": "由谁完成：姓名或团队。",
    "When it must be done, e.g. start - 15wd; a bare date means its end. Default: before what comes `after` it begins,"
    " else the phase's start.": (
        "完成期限，例如 start - 15wd；只写日期表示当日结束。默认：后续事项必须开始之前，否则为阶段开始时。"
    ),
    "Working days it takes; it has to be begun so many days before `due`.": (
        "需要的工作日数；须在 `due` 之前这么多个工作日开始。"
    ),
    "Duties that have to be done before it.": "须先完成的事项。",
    "What becomes of what `needs` it while it is not done: hold: its messages wait; warn: they leave, and it is"
    " said.": ("未完成时对需要它的内容如何处理：hold：消息等待；warn：照常发出并提示。"),
    "Duties that have to be done first, by id.": "须先完成的事项，写 id。",
    "Duties that have to be done before it is given, by id (set-up, goods).": (
        "发放之前须完成的事项，写 id（设置、备货）。"
    ),
    "required: a benefit that the platform enforces is sent only once its id there is known (`promocal export ids`);"
    " optional: it is sent all the same.": (
        "required：由平台执行的权益，须已知其平台编号（`promocal export ids`）才会发送；optional：照常发送。"
    ),
    "must: to be done; focus: worth most care.": "must：必做；focus：重点关注。",
    "What the platform gives in this phase.": "平台在此阶段提供的支持。",
    "What the lowest price is compared over (B6).": "最低价的比较规则（B6）。",
    "Goods whose planned prices are held against their lowest price (B6).": "以最低价核对计划价的商品（B6）。",
    "How a planned price is held against the lowest one (B6).": "计划价如何与最低价比较（B6）。",
    "How far back prices count, before the phase begins.": "阶段开始前多久内的价格计入。",
    "How much below the lowest list price a planned one has to lie.": "计划标价须低于最低标价的比例。",
    "A price that was asked on one day (B6).": "某一天的实际价格（B6）。",
    "Day of the price.": "价格日期。",
    "List price; single-item discounts are not part of it.": "标价；不含单品优惠。",
    "What was paid after coupons.": "券后价。",
    "Kind of benefit it was had through; member coupons, gifts and points do not count (A11#2).": (
        "通过哪种权益得到；会员券、礼品、积分不计入（A11#2）。"
    ),
    "Whether it counts toward the lowest price; default: by `through`.": "是否计入最低价；默认按 `through`。",
    "A price that is planned for a phase (B6).": "某阶段的计划价（B6）。",
    "Phase from whose start it is asked.": "自哪个阶段开始执行。",
    "Planned list price.": "计划标价。",
    "Planned price after the coupons everybody may use.": "计划普惠券后价。",
    "Goods with their past and planned prices (B6).": "商品的历史价与计划价（B6）。",
    "Prices of the past, as far back as the rule looks.": "历史价格，覆盖规则回看的期间。",
    "Prices of the campaign.": "活动价格。",
    **reference_zh_benefits.TEXTS,
    **reference_zh_approving.TEXTS,
    **reference_zh_expected.TEXTS,
    **reference_zh_limits.TEXTS,
    **reference_zh_messages.TEXTS,
    **reference_zh_programme.TEXTS,
    **reference_zh_rules.TEXTS,
    **reference_zh_sequences.TEXTS,
    **reference_zh_triggers.TEXTS,
    # store
    "A store and its member programme.": "店铺及其会员体系。",
    "Id of the store, the name of its file.": "店铺 id，即文件名。",
    "Currency of all amounts, ISO 4217.": "所有金额的币种，ISO 4217。",
    "1.0: every past buyer; 2.0: everyone who joined; 3.0: joined, with behaviour (A1).": (
        "1.0：所有购买过的人；2.0：所有入会者；3.0：入会并计行为（A1）。"
    ),
    "Lowest first; thresholds strictly increasing.": "由低到高，门槛严格递增。",
    "Name of the tier in benefits and audiences.": "等级在权益与人群中的名称。",
    "Spend within the window from which it is reached.": "窗口内达到该等级的消费额。",
    "Upper bounds of recency, inclusive (A5).": "距末单天数的上限，含本数（A5）。",
    "Up to here a buyer is core.": "至此为核心会员。",
    "Up to here potential.": "至此为潜力会员。",
    "Up to here ordinary.": "至此为普通会员。",
    "Up to here dormant, then lost.": "至此为沉睡，之后为流失。",
    "Ways to reach one member (A4).": "触达单个会员的渠道（A4）。",
    "A way to reach one member (A4).": "触达单个会员的渠道（A4）。",
    "required: a recorded, not withdrawn consent for this channel; implied: joining is enough, or being in the group or"
    " bound to the assistant.": (
        "required：需要该渠道有记录且未撤回的同意；implied：入会即可，群与专属客服则为在群或已绑定。"
    ),
    "A chat group and what the platform allows it (淘宝群, A4).": "聊天群及平台限制（淘宝群，A4）。",
    "ordinary (普通群), flash (快闪群, dissolves itself), member (会员群) or live (直播群).": (
        "ordinary（普通群）、flash（快闪群，到期自动解散）、member（会员群）或 live（直播群）。"
    ),
    "Members it is set up for; at most 1,000,000.": "群容量；最多 1,000,000 人。",
    "Last day of a flash group.": "快闪群的最后一天。",
    "Whose rules apply (A4, B3).": "适用哪类渠道的规则（A4、B3）。",
    "What kind of group, for channels of kind group.": "群的类型，用于 kind 为 group 的渠道。",
    "Level of the dedicated service (L0 to L4); extra rights need 3.": "专属客服等级（L0 至 L4）；额外权益需 L3。",
    "When approval of signature and templates was asked for; 15 working days (B3).": (
        "提交签名与模板审核的日期；需 15 个工作日（B3）。"
    ),
    "First day with everything approved; nothing before it.": "全部审核通过的首日；此前不可发送。",
    "Tags an audience may use; the platform's campaign tool takes 5 (A1#20).": (
        "人群可用的标签数；平台活动工具最多 5 个（A1#20）。"
    ),
    (
        "Whose rules apply: texts, hours, length, lead time, messages to one recipient (B2-B4). Kinds with"
        " one provider only need not name it."
    ): ("适用哪家服务商的规则：文案、时段、长度、审核周期、对同一收件人的条数（B2–B4）。只有一家服务商的类型可不写。"),
    "Signature of the SMS, without 【】; counts in its length.": "短信签名，不带【】；计入长度。",
    "How many such groups there are; ten are advised (A4).": "这类群的数量；建议不少于十个（A4）。",
    "Kinds of benefit that have to be online, and positions in use, before it shows (A11#12).": (
        "展示的前提：须在线的权益种类，以及须有玩法使用的阵地（A11#12）。"
    ),
    "Whether it shows only what was pushed to it: the words of a display (A11#12).": (
        "是否只展示已推送的内容，即 displays 中的文案（A11#12）。"
    ),
    "The member module of the home page, whose words only non-members see (A4).": (
        "店铺首页会员模块；其文案只有非会员看到（A4）。"
    ),
    "Member product of the platform: official (bought before joining, basic rights), custom (定制版), huiyuantong"
    " (会员通, members of several systems) (A1#6).": (
        "会员产品：official 官方版（先购买再入会，基础权益）、custom 定制版、"
        "huiyuantong 会员通（汇集多个系统的会员）（A1#6）。"
    ),
    "What the store sells; picks the default lifecycle and rules of plays (A9).": (
        "店铺类目；决定默认的生命周期与玩法规则（A9）：fresh 生鲜、standard 标品、tea_wine_dairy 茶酒乳。"
    ),
    "Whether the provider takes variables in promotional templates (B3).": "服务商的推广模板是否支持变量（B3）。",
    "Segments an SMS may have; each one is billed.": "每条短信最多拆分的条数；按条计费。",
    "A measure of the platform against the store that closes channels for a time (A1#27).": (
        "平台对店铺的处置措施，在一段时间内关闭渠道（A1#27）。"
    ),
    "Which measure: messages (限制发送站内信) closes push; chat (限制旺旺) chat and assistants; community (限制社区)"
    " groups; hidden (屏蔽店铺) public channels; closed (关店、查封、限制登录) everything; recruiting (失去招募能力)"
    " plays for new members.": (
        "措施种类：messages 限制发送站内信（关闭推送）、chat 限制旺旺（旺旺与专属客服）、"
        "community 限制社区（群）、hidden 屏蔽店铺（公域渠道）、closed 关店、查封或限制登录（全部）、"
        "recruiting 失去招募能力（面向新会员的玩法）。"
    ),
    "Other levels, each from its day on, e.g. {2026-10-15: 3}.": "其他等级，自所写日期起，例如 {2026-10-15: 3}。",
    "Whether who joins the shop is bound to the assistant from then on, for channels of kind dedicated_service; a"
    " contact point of the channel says more. Default: a contact point has to say so.": (
        "入会即视为已绑定专属客服，用于 kind: dedicated_service 的渠道；该渠道有触达方式数据的会员以数据为准。"
        "默认须由触达方式说明。"
    ),
    "Channels of the store that are closed; empty: those its kind closes.": "被关闭的店铺渠道；不写：由措施种类决定。",
    "Share of the members who count as reachable in a group or by an assistant while no data says who is; figures that"
    " rest on it are marked as assumed.": (
        "没有数据说明谁在群里或已绑定客服时，视为可触达的会员比例；据此得出的数字标为“假设”。"
    ),
    "First day of the measure.": "措施的第一天。",
    "Last day of the measure.": "措施的最后一天。",
    "What it is for; shown with the finding.": "原因；随问题一起显示。",
    "Measures of the platform that close channels for a time, beside those of the dataset `measures` (A1#27).": (
        "平台在一段时间内关闭渠道的措施，另有数据集 measures 中的（A1#27）。"
    ),
    "Days of any 15 on which a member benefit has to be online (A1#8).": "任意 15 天内会员权益须在线的天数（A1#8）。",
    "How points are earned (A6): per whole unit of currency of each order, times the factor of the tier.": (
        "积分规则（A6）：按每单整元计，再乘等级倍率；不足一元不累计，结果向下取整。"
    ),
    "Points for each whole unit of currency of an order.": "订单每满一元的积分。",
    "Factor on the points of its members' orders (A6).": "该等级订单积分的倍率（A6）。",
    "Share of the price its members pay (店铺VIP), 0.70 or more: 0.95 is 5% off; of it and other prices of an item the"
    " best counts.": "该等级会员所付比例（店铺VIP），不低于 0.70：0.95 即 95 折；与商品的其他价格取最优。",
    "Groups of kinds of benefits where the shop's differ, e.g. {store_coupon: shop}: of one group one is used per"
    " order, of gift, red_packet, points and freight all; different groups are used together.": (
        "权益种类的叠加组，仅写与默认不同的，例如 {store_coupon: shop}：同组每单用一个，"
        "gift、red_packet、points、freight 组内可全部使用；不同组可同单叠加。"
    ),
    "How points are earned; needed by points benefits (A3).": "积分规则；使用积分权益时须写（A3）。",
    "Who puts up what is shown there: a name, a team.": "负责上线展示内容的人或团队。",
    "Characters its words may have (13, A4).": "文案字数上限（13 字，A4）。",
    "Size its picture has to have (702x110, A4).": "图片须为的尺寸（702x110，A4）。",
    "What is shown at one position (A4).": "在一个阵地展示的内容（A4）。",
    "Words shown there.": "展示的文案。",
    "Size of the picture made for it, e.g. 702x110.": "所制图片的尺寸，例如 702x110。",
    "Words and pictures at its positions, by position.": "各阵地的文案与图片，按阵地。",
    "Hours without sending (B3).": "免打扰时段（B3）。",
    "No sending from `from` (inclusive) to `to` (exclusive), over midnight if from > to (B3).": (
        "从 `from`（含）到 `to`（不含）不发送；from > to 时跨午夜（B3）。"
    ),
    "First quiet minute.": "免打扰开始。",
    "First minute of sending again.": "恢复发送的时刻。",
    "Messages per local day, all plays together.": "每日消息数，所有玩法合计。",
    "Cost of a message, of an SMS each part; default: its provider's price.": "消息成本，短信逐条计；默认取服务商价。",
    "private: the store's own (私域); public: the platform's (公域).": "private：私域；public：公域。",
    "Places of display (A4).": "展示阵地（A4）。",
    "A place where members see something without being messaged (阵地, A4).": "会员无需消息即可看到的阵地（A4）。",
    "How often a member may be contacted.": "会员触达频次。",
    "Empty: all channels together.": "留空：所有渠道合计。",
    "Messages.": "条数。",
    "Members known to be younger are never targeted (A1#13).": "已知未满该年龄的会员不触达（A1#13）。",
    "How late a run may start.": "执行可晚多久开始。",
    "Control group across calendars.": "跨日历的对照组。",
    "Members nobody contacts, across calendars, until the salt changes.": "跨日历不触达的会员，直到更换 salt。",
    "Share of all members.": "占全部会员的比例。",
    "Text that draws the group; change it to draw anew.": "用于抽取分组的文本；更换即重新抽取。",
}
