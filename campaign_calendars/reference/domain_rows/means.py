"""Benefits, channels, audiences, tiers and points (A3 to A6)."""

from __future__ import annotations

from typing import Final

from campaign_calendars.findings.said import as_said
from campaign_calendars.reference.domain_rows.row import Row

MEANS: Final[tuple[Row, ...]] = (
    Row(
        "A3",
        ("Member coupon, better than the store's for every basket", "会员专享券，任何金额都优于店铺券"),
        as_said("`member_coupon`, `beats`, `store_coupon`, `C160`, `C161`, `C192`"),
    ),
    Row("A3", ("Coupon pack", "券包"), as_said("`member_coupon_pack`, `C163`")),
    Row(
        "A3",
        ("One-cent gift: stock, daily cap, one each", "1 分钱礼：总量、每日限量、每人一份"),
        as_said("`member_gift_001`, `C022`, `C222`"),
    ),
    Row(
        "A3",
        ("New-member coupon, gift, pack", "新会员券、礼、礼包"),
        as_said("`new_member_coupon`, `new_member_gift`, `new_member_pack`, `C167`"),
    ),
    Row(
        "A3",
        ("Extra gift: items or amount, stock", "加赠：件数或金额，限量"),
        as_said("`member_extra_gift`, `items`, `amount`"),
    ),
    Row("A3", ("Cash-back, dated after its order", "满返，订单之后起算"), as_said("`member_cashback`, `valid`")),
    Row("A3", ("Items discount", "满折"), as_said("`member_items_discount`, `counts_lowest_price`")),
    Row("A3", ("Member price", "会员价"), as_said("`member_price`, `counts_lowest_price`, `C196`, `C199`")),
    Row(
        "A3",
        ("Early bird: at most 0.95, four days", "早鸟价：至多 0.95，四天"),
        as_said("`early_bird_price`, `days`, `C164`"),
    ),
    Row(
        "A3",
        ("Priority purchase by tier", "按等级优先购"),
        as_said("`member_presale_right`, `windows`, `opens_at`, `C162`"),
    ),
    Row(
        "A3",
        ("Points: exchange, with cash, for the balance", "积分：兑换、加钱购、兑尾款券"),
        as_said("`points_redeem`, `points_plus_cash`, `points_final_payment_coupon`, `C214`, `C218`, `C219`"),
    ),
    Row("A3", ("Points: doubled, games, sign-in", "积分：加倍、玩法、签到"), as_said("`points_double`, `points_game`")),
    Row("A3", ("Points pay part of an order", "积分抵扣现金"), as_said("`points_cash`, `C226`")),
    Row(
        "A3",
        ("Exchange card, buy-back gift", "兑换卡、回购礼"),
        as_said("`exchange_card`, `buyback_gift`, `after_orders`"),
    ),
    Row("A3", ("Challenge, whitelist", "挑战计划、白名单"), as_said("`challenge`, `admitted_to`, `C165`")),
    Row("A3", ("Coupons shown in public", "公域透出的券"), as_said("`exposed_in`, `C175`")),
    Row(
        "A3",
        ("Birthday gift, 29 February", "生日礼、2 月 29 日"),
        as_said("`birthday_gift`, `is_birthday_month`, `C168`"),
    ),
    Row("A3", ("Free order, half price: quota", "免单、半价：名额"), as_said("`free_order`, `half_price`, `stock`")),
    Row("A3", ("Services, free shipping for tiers", "服务、等级包邮"), as_said("`service`, `offers`, `C213`")),
    Row("A3", ("Rights bought from others", "外购权益"), as_said("`partner`")),
    Row(
        "A3",
        ("Recruiting together with other brands", "多品牌联合招募"),
        left_out=("one store per calendar; its audiences come in as tags", "每个日历一家店；对方人群以标签导入"),
    ),
    Row(
        "A3",
        (
            "Sold from second to second in a group; a coupon after an order; a sample in each parcel",
            "群内限时抢、订单完成后送券、每单送样",
        ),
        as_said("`timed_offer`, `offered`, `after_order_coupon`, `order_sample`"),
    ),
    Row("A3", ("Referral, points for both", "老带新、双方得积分"), as_said("`referral`, `referral_points`")),
    Row(
        "A3",
        (
            "Offline coupon kinds: category, lucky bag, fixed price, flash sale, N for a price",
            "线下券种：品类券、福袋、一口价、秒杀、N 件 N 元",
        ),
        as_said("`category_coupon`, `lucky_bag`, `flash_sale`, `bundle_price`"),
    ),
    Row("A3", ("Group buying (拼团)", "拼团"), as_said("`group_buy`, `size`")),
    Row(
        "A3",
        ("Haggling (砍价)", "砍价"),
        as_said("`haggle`, `starts_at`, `helpers`"),
    ),
    Row(
        "A3",
        (
            "Member benefits above the store's in every phase; higher tiers never worse",
            "每阶段会员权益高于店铺；高等级不劣于低等级",
        ),
        as_said("`C192`, `C193`"),
    ),
    Row(
        "A3",
        ("Cost, stock, budget", "成本、库存、预算"),
        as_said(
            "`unit_cost`, `stock`, `daily_cap`, `per_member`, `pool`, `budget`, `C140`, `C141`, `C142`, "
            "`C143`, `C144`, `C145`, `C146`, `C147`, `promocal budget`"
        ),
    ),
    Row(
        "A4",
        (
            "Member centre, live card, product page, landing page, after purchase, my Taobao",
            "会员中心、live 卡、详情页、承接页、购后、我的淘宝",
        ),
        as_said("`positions`, `C123`"),
    ),
    Row(
        "A4",
        ("Member module: 13 characters, 702×110, who sees it", "会员模块：13 字、702×110、谁可见"),
        as_said("`max_copy`, `picture`, `member_module`, `C206`, `C224`"),
    ),
    Row(
        "A4",
        ("Subscription tab: five kinds online, content pushed", "订阅 tab：五类权益在线、推送内容"),
        as_said("`needs`, `needs_content`, `C207`, `C208`, `C223`"),
    ),
    Row(
        "A4",
        ("Live stream; ten seconds after entering", "直播；进入十秒后"),
        as_said("`positions`, `group`, `kind`, `trigger`, `after`, `C245`"),
    ),
    Row(
        "A4",
        ("Groups: kinds, capacity, end, ten and ten", "群：类型、容量、到期、各十个"),
        (
            (
                "`group`, `capacity`, `ends_on`, `count`, `assumed_reach`, `C202`, `C203`, `C225`, `S140`, "
                "`S141`, `S142`; who is in them: contact points"
            ),
            (
                "`group`、`capacity`、`ends_on`、`count`、`assumed_reach`、`C202`、`C203`、`C225`、`S140`、"
                "`S141`、`S142`；谁在群中：触达方式数据"
            ),
        ),
    ),
    Row(
        "A4",
        ("Personal assistant: level, free of the 30 days", "专属客服：层级，不受 30 天限制"),
        (
            "`dedicated_service`, `level`, `level_from`, `assumed_reach`, `C204`, `C205`; who is bound: contact points",
            "`dedicated_service`、`level`、`level_from`、`assumed_reach`、`C204`、`C205`；谁已绑定：触达方式数据",
        ),
    ),
    Row(
        "A4",
        ("Ordinary chat within 30 days", "普通旺旺 30 天内"),
        (
            "`chat`, `C205`; who talked with the shop when: the contact-point data",
            "`chat`、`C205`；谁何时与店铺聊过：触达方式数据",
        ),
    ),
    Row("A4", ("SMS", "短信"), as_said("`sms`, `C610`, `C611`, `C612`, `C613`, `C614`")),
    Row(
        "A4",
        ("Push, WeCom, mail, phone, paid adverts", "推送、企微、邮件、电话、付费广告"),
        as_said("`push`, `wecom`, `mail`, `phone`, `other`"),
    ),
    Row(
        "A4",
        ("Red packets in groups (红包喷泉, 拼手气)", "群红包（红包喷泉、拼手气）"),
        as_said("`red_packet`, `per_group`, `split`, `C325`; pay-outs by `amount` of redemptions"),
    ),
    Row("A4", ("Not SMS and assistant alone", "不可只有短信与客服"), as_said("`C174`")),
    Row(
        "A4",
        ("Alipay, merchant workbench", "支付宝、商家工作台"),
        left_out=("the notes have no rule for them", "资料未给出规则"),
    ),
    Row(
        "A5",
        (
            "Interested, former buyers, active, not bought, about to leave, valuable",
            "兴趣、老客、活跃、未购、将流失、高价值",
        ),
        as_said(
            "`audiences`, `where`, `bought_in_campaign`, `bought_from`, `C149`, `bought_in_phase`, "
            "`cart_adds_7d`, `m_score`"
        ),
    ),
    Row(
        "A5",
        ("Owes the balance of a presale order; deposit forfeited", "欠尾款；定金失效"),
        as_said("`balance_due`, `balance_open`, `forfeited_orders`, `stage`, `C114`"),
    ),
    Row(
        "A5",
        ("Stages by recency; lost after 6 or 12 months", "按最近购买分层；6 或 12 个月流失"),
        as_said("`lifecycle`, `core`, `potential`, `ordinary`, `lost`, `C152`"),
    ),
    Row(
        "A5",
        ("Purchasing power, items, intervals, place", "购买力、件数、间隔、地域"),
        as_said("`spend_365d`, `items_365d`, `avg_order`, `province`, `city`"),
    ),
    Row(
        "A5",
        ("Fans by loyalty", "粉丝忠诚度"),
        (
            "as tags: `has_tag`, `has_tag_family`, `tag_value`, `tag_number`",
            "以标签标明：`has_tag`、`has_tag_family`、`tag_value`、`tag_number`",
        ),
    ),
    Row(
        "A5",
        ("Birthday, member day, sign-in, points, long absence", "生日、会员日、签到、积分、久未到店"),
        as_said(
            "`trigger`, `streak`, `leap_birthday`, `is_birthday_month`, `points_double`, `sign_ins_30d`, `recency_days`"
        ),
    ),
    Row(
        "A5",
        (
            "Events: join, paid, unpaid, completed, refund, tier, review, live, parcel",
            "事件：入会、付款、未付、成交、退款、等级、评价、直播、包裹",
        ),
        as_said("`trigger`, `event`, `after`, `within`, `event_kinds`, `C243`"),
    ),
    Row(
        "A5", ("Sets of audiences, tests of texts", "人群集合、文案测试"), as_said("`audience`, `random_split`, `C139`")
    ),
    Row(
        "A5",
        ("Products, benefits held", "商品、持有的权益"),
        as_said("`bought_article`, `recency_of_article`, `recency_of_category`, `granted`"),
    ),
    Row(
        "A5",
        ("Contradictory, unreadable, unknown", "矛盾、不可读、未知"),
        as_said("`C130`, `C131`, `C132`, `C133`, `C134`, `C135`, `C136`"),
    ),
    Row(
        "A6",
        ("Tiers, thresholds inclusive and rising, none promotes to itself", "等级，门槛含本数且递增，无人自动升级"),
        as_said("`tiers`, `levels`, `spend`, `C150`, `C151`"),
    ),
    Row(
        "A6",
        ("Points per whole unit, factor by tier, rounded down", "每整元积分、等级系数、向下取整"),
        as_said("`points`, `per_unit`, `C217`"),
    ),
    Row("A6", ("What points buy can be reached", "积分所兑可以达到"), as_said("`C219`, `C226`")),
)
