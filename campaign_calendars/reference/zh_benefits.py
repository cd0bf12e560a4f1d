"""Chinese of what the reference pages say about benefits; part of `reference_zh`."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "price or non_price (A1#25); default: by kind.": "price（价格）或 non_price（非价格）（A1#25）；默认按种类。",
    "What one redeemed unit costs the store.": "核销一份的店铺成本。",
    "Units in the whole calendar; empty: no limit.": "整个日历的总份数；留空不限。",
    "Units per local day; empty: no limit.": "每日份数；留空不限。",
    "Units one member may get in the calendar.": "每位会员在日历内可得份数。",
    "Budget pool that pays; default: the total only.": "支付的资金池；默认只计入总额。",
    "Share of grants expected to be used.": "预计核销比例。",
    "Tiers that may get it; empty: all.": "可得的等级；留空为全部。",
    "A duration after the grant, or a window; default: it ends with the calendar.": (
        "领取后的时长，或一个窗口；默认随日历结束。"
    ),
    "When a benefit may be used: a window, or a time counted from the grant (`7d`).": (
        "权益何时可用：一个窗口，或自领取起的时长（`7d`）。"
    ),
    "First second it may be used.": "可用的第一秒。",
    "Last second it may be used.": "可用的最后一秒。",
    "Counted from the moment it is granted.": "自领取时起算。",
    "When it may be granted or claimed; default: the phases whose plays name it.": (
        "何时可发放或领取；默认为点名它的玩法所在阶段。"
    ),
    "When a benefit may be granted or claimed; when it may be used is `valid`.": (
        "权益何时可发放或领取；何时可使用见 `valid`。"
    ),
    "First second it is on offer.": "开放领取的第一秒。",
    "Last second it is on offer; a bare date means its end.": "开放领取的最后一秒；只写日期即当日结束。",
    "claim: members fetch it; push: sent into the account; auto: applies itself to every qualifying order; earn:"
    " follows from what the member does. Default by kind. What applies itself is announced.": (
        "claim：会员领取；push：直接发到账户；auto：符合条件的订单自动享受；earn：由会员行为产生。默认按种类。"
        "自动享受的权益应写在 announces 中。"
    ),
    "Who gets it where there is not enough. hash: by lot, fair and the same in every run; tier: higher tiers first,"
    " within one by lot; first_come: whoever takes it first, by the platform; it is announced then. Default: hash; of"
    " an exchange of points first_come.": (
        "不够分时给谁。hash：按固定抽签，公平且每次一致；tier：高等级优先，同级抽签；"
        "first_come：先兑先得，由平台发放，此时只告知。默认 hash，积分兑换默认 first_come。"
    ),
    "File of the codes that were bought, one a line, from the project's directory: each is given once, by"
    " {{ benefit.code }} of the message; there are as many pieces as codes.": (
        "已购兑换码的文件，每行一个，路径从项目目录起；每个码只发一次，由消息中的 {{ benefit.code }} 写出；"
        "有多少码即有多少份。"
    ),
    "How long after joining it can be had.": "入会后多久内可得。",
    "Whether who left and joined again may have it, too.": "退会后再次入会的会员是否也可得。",
    "From when on orders count that were paid and not given back; default: sale start.": (
        "从何时起计算已付款且未全额退款的订单；默认从开售起。"
    ),
    "What the orders are added up over: all of it, or each local day anew.": (
        "订单累计的范围：整个日历，或每日重新累计。"
    ),
    "From when on orders count; default: start of the calendar.": "从何时起计算订单；默认从日历开始。",
    "Whether it is only for members who bought before.": "是否仅限购买过的会员。",
    "Whether it is offered before a deposit is paid; else it needs an open balance.": (
        "是否在付定金前即可提供；否则须有待付尾款。"
    ),
    "When the priority ends; nothing is sent of it from then on. Default: end of phase.": (
        "优先购何时结束，此后不再发送；默认阶段结束。"
    ),
    "What is given.": "赠送的内容。",
    "生日礼: for members who bought before, in the month of their birthday (A3).": (
        "生日礼：给购买过的会员，在其生日当月（A3）。"
    ),
    "N件N元: so many items for one price (A3, S2 tools).": "N 件 N 元：若干件一个价（A3，S2 工具）。",
    "Whether it counts toward the lowest price (计入最低价); default: by kind.": "是否计入最低价；默认按种类。",
    "Items to buy.": "需购买的件数。",
    "Price of the bundle.": "组合价。",
    "会员回购礼 / 复购有礼: after so many orders, a gift with the next one (A3).": (
        "会员回购礼 / 复购有礼：下过若干单后，下一单送礼（A3）。"
    ),
    "Orders made before; the gift comes with the next.": "此前的订单数；下一单送礼。",
    "品类券: a coupon for one category of goods (A3, S2 tools).": "品类券：限某一品类的券（A3，S2 工具）。",
    "Basket value from which it applies; 0: any basket.": "使用门槛；0 为无门槛。",
    "Amount taken off.": "减免金额。",
    "Goods it applies to.": "适用商品。",
    "会员挑战计划: buy up to an amount, get a pack; only for admitted stores (A3, A11#11).": (
        "会员挑战计划：累计消费达标得礼包；仅限准入店铺（A3、A11#11）。"
    ),
    "Amount to reach in the campaign.": "活动期需累计的金额。",
    "会员新品早鸟价: at least as strong as 95折, exempt from the lowest price only on its days (A3, S4).": (
        "会员新品早鸟价：不弱于 95 折，仅在指定日不计入最低价（A3、S4）。"
    ),
    "Share of the price that is paid: 0.90 means 10% off.": "实付比例：0.90 即 9 折。",
    "Days it may be used, e.g. 2021-11-01.": "可用日期，例如 2021-11-01。",
    "会员兑换卡: bought or claimed before the sale, redeemed in it; locks the customer (A3).": (
        "会员兑换卡：活动前购买或领取，活动中兑换，用于锁客（A3）。"
    ),
    "What it is worth when redeemed.": "兑换时的价值。",
    "What the member pays for it.": "会员支付的金额。",
    "拼团: so many buyers together pay a fixed price each (A3, S2 tools).": (
        "拼团：多人成团，每人付固定价（A3，S2 工具）。"
    ),
    "秒杀 / 一口价: a fixed price for a limited quantity (A3, S2 tools).": (
        "秒杀 / 一口价：限量固定价（A3，S2 工具）。"
    ),
    "Price during the sale.": "活动价。",
    "Price of one piece for each buyer of a full group.": "成团后每人每件的价格。",
    "Buyers that make a group.": "成团人数。",
    "免单: an order for nothing up to an amount; scarce, so it needs a stock (A3).": (
        "免单：限额内免费的订单；名额稀缺，须写 stock（A3）。"
    ),
    "Largest order that is free.": "可免的最大订单金额。",
    "半价购: goods at half their price; scarce, so it needs a stock (A3).": (
        "半价购：商品半价；数量稀缺，须写 stock（A3）。"
    ),
    "The full price.": "原价。",
    "福袋: a bag of things whose contents vary (A3, S2 tools).": "福袋：内容不定的礼包（A3，S2 工具）。",
    "订单完成后送优惠券: every order that succeeds brings a coupon for the next one (A3, S3).": (
        "订单完成后送优惠券：每笔交易成功的订单送一张下次可用的券（A3、S3）。"
    ),
    "When the order brings it: paid, or success (交易成功). Default by kind.": (
        "订单何时带来它：paid（付款）或 success（交易成功）。默认按种类。"
    ),
    "每单送样 (茶样): every paid order of a member goes out with it, one per order (A3, S3).": (
        "每单送样（茶样）：会员每笔已付款订单随包裹送一份（A3、S3）。"
    ),
    "限时抢: a price from second to second, for members or those of a group, while stock lasts (A3, A4).": (
        "限时抢：起止到秒的价格，面向会员或某群成员，售完即止（A3、A4）。"
    ),
    "砍价: friends bring the price of a piece down until it is had at its lowest (A3).": (
        "砍价：好友帮忙把价格砍到底价（A3）。"
    ),
    "红包 / 红包喷泉 / 拼手气: packets of money in each group, one per person, what is left comes back (A4).": (
        "红包 / 红包喷泉 / 拼手气：每群若干个现金红包，每人一个，未领的退回（A4）。"
    ),
    "Group channel whose members alone may have it; empty: all members.": "仅限该群渠道的成员；留空为全部会员。",
    "Group channel in which they are given out, and whose members open them.": "在哪个群渠道发放，由其成员领取。",
    "Price of one piece while it is on offer.": "开放期间每件的价格。",
    "Price from which friends bring it down to `price`.": "起砍价；砍至 price。",
    "Friends it takes to bring it down to `price`.": "砍至 price 需要的好友数。",
    "Money in one packet; with `split: lucky` on average.": "每个红包的金额；split: lucky 时为平均金额。",
    "Packets in each group each time they are given out.": "每次在每个群发放的个数。",
    "equal: each packet holds `amount`; lucky (拼手气): chance divides the whole.": (
        "equal：每个红包均为 amount；lucky（拼手气）：随机分配总额。"
    ),
    "会员满返: reach items or an amount, get money off the **next** order (A3).": (
        "会员满返：满件或满额，返券或红包供**下次**下单使用（A3）。"
    ),
    "Items to buy; exclusive with `amount`.": "需购买的件数；与 `amount` 二选一。",
    "Money to spend; exclusive with `items`.": "需消费的金额；与 `items` 二选一。",
    "Article number of the gift: an order line of it is its use.": "赠品的商家编码；订单中出现该商品行即视为使用。",
    "Benefits that nobody holds beside it: none is given while another of them can still be used.": (
        "与之互斥的权益：其中一个仍可使用时，不再发放另一个。"
    ),
    "Article numbers it applies to, as in order lines and `prices`; its uses are seen by them.": (
        "适用商品的商家编码，与订单明细和 prices 一致；据此识别使用。"
    ),
    "What comes back.": "返还金额。",
    "What comes back as.": "返还形式。",
    "会员专享券: members only, has to be better than the store's general coupon (A3, A11#1).": (
        "会员专享券：仅限会员，须优于店铺通用券（A3、A11#1）。"
    ),
    "The store_coupon it must be better than, for every basket.": "在任何购物金额上都须优于的 store_coupon。",
    "public: shown by the platform's member club as well (A3).": "public：平台会员俱乐部也会透出（A3）。",
    "会员专享券包: higher threshold, bigger discount (A3, tea/wine/dairy playbook).": (
        "会员专享券包：门槛越高，优惠越大（A3，茶酒乳制品打法）。"
    ),
    "Lowest threshold first.": "由低门槛到高门槛。",
    "One coupon of a pack: `value` off from `threshold` on.": "券包中的一张券：满 `threshold` 减 `value`。",
    "会员加赠 (预售/现货): buy so many items or for so much, get a gift on top (A3).": (
        "会员加赠（预售/现货）：满件或满额加赠礼品（A3）。"
    ),
    "What is given on top.": "加赠的内容。",
    "Which sale it belongs to.": "属于预售还是现货。",
    "会员专享礼 / 0.01元锁定会员礼 / 1分钱派样: claimed for a cent, one per member, limited per day (A3).": (
        "会员专享礼 / 0.01 元锁定会员礼 / 1 分钱派样：1 分钱领取，每人一份，每日限量（A3）。"
    ),
    "会员满折: buy so many items, pay a share of the price (A3).": "会员满折：满件打折（A3）。",
    "会员优先购: limited goods, higher tiers may buy earlier (A3).": "会员优先购：限量商品，高等级先买（A3）。",
    "Goods that may be bought early.": "可优先购买的商品。",
    "When each tier may buy.": "各等级的开放时间。",
    "From when members of one tier may buy.": "某等级会员的开放时间。",
    "Tier of the store.": "店铺等级。",
    "First moment its members may buy.": "该等级可购买的最早时间。",
    "会员专享价 / 折扣: a price or a rate for members; counts toward the lowest price (A3).": (
        "会员专享价 / 折扣：会员价格或折扣；计入最低价（A3）。"
    ),
    "Price for members; exclusive with `rate`.": "会员价；与 `rate` 二选一。",
    "新会员专享券: for members who joined during the campaign (A3).": "新会员专享券：给活动期入会的会员（A3）。",
    "新会员礼: a thing for those who have just joined (A3).": "新会员礼：给刚入会的会员（A3）。",
    "新会员礼包: coupons, and a gift when `item` names one (A3).": "新会员礼包：若干券，写 `item` 时另含礼品（A3）。",
    "A gift of the pack.": "礼包中的礼品。",
    "What the gift costs the store.": "礼品成本。",
    "Rights bought from somebody else: 猫超卡, 优酷会员, 异业联盟 (A3).": (
        "向他方采购的权益：猫超卡、优酷会员、异业联盟（A3）。"
    ),
    "Who provides it.": "提供方。",
    "What it is.": "内容。",
    "会员日双倍积分: orders paid on its days earn a multiple, on top of the tier's factor (A3, A6).": (
        "会员日双倍积分：当日付款的订单在等级倍率之上再乘倍数（A3、A6）。"
    ),
    "Its days; default: those of the plays that name it.": "生效日期；默认为写有它的玩法的日期。",
    "Factor on the points of an order.": "订单积分的倍数。",
    "积分兑尾款优惠券: points for a coupon on the presale balance (A3).": (
        "积分兑尾款优惠券：积分换预售尾款券（A3）。"
    ),
    "Points of the member programme.": "会员积分。",
    "积分抽奖 / 积分秒杀, 签到 / 晒单 / 分享 / 完善资料积分: points that a play costs, or that it earns (A3, S3).": (
        "积分抽奖、积分秒杀消耗积分；签到、晒单、分享、完善资料获得积分（A3、S3）。"
    ),
    "Points on top for so many local days in a row, e.g. {7: 20}; then the row begins anew.": (
        "连续若干日的额外积分，例如 {7: 20}；满最长天数后重新计数。"
    ),
    "Most points a member gets by it in a local month.": "每位会员每月由此获得的积分上限。",
    "积分抵扣现金: points pay part of an order, at the store's rate `points.cash` (S3).": (
        "积分抵扣现金：按店铺 points.cash 的比例抵扣订单金额（S3）。"
    ),
    "What is played.": "玩法种类。",
    "Points won by it, or paid to take part in draw and flash.": "玩法获得的积分，或抽奖、秒杀消耗的积分。",
    "积分加钱购: points and cash for goods (A3).": "积分加钱购：积分加现金换购商品（A3）。",
    "What is paid besides the points.": "积分之外支付的金额。",
    "Goods it buys.": "换购的商品。",
    "积分兑换: points for a gift or coupon (A3).": "积分兑换：积分换礼品或券（A3）。",
    "What the points are exchanged for.": "兑换的内容。",
    "老带新 / 裂变优惠券: a parent coupon whose holder passes on child coupons (A3, S0).": (
        "老带新 / 裂变优惠券：主券持有人分享好友券（A3、S0）。"
    ),
    "Value of the coupon the friend gets.": "好友券的面额。",
    "Expected share of parent coupons used.": "预计主券核销率。",
    "Expected visitors per parent coupon.": "每张主券预计带来的访客数。",
    "Expected share of visitors who use the friend's coupon; with it a budget of `basis: expected` counts parents and "
    "friends by what is expected of them.": "预计使用好友券的访客比例；写明后，按预计的预算分别计主券与好友券。",
    "Friends' coupons of one parent coupon at most; the worst case counts all.": (
        "每张主券最多带出的好友券；按最坏情况计时全部计入。"
    ),
    "积分赠送: both get points for the introduced friend's first successful order (A3, S3).": (
        "积分赠送：好友首单交易成功，双方各得积分（A3、S3）。"
    ),
    "Non-price services: 退换, 保价, 专属客服, 安心售后, 包邮 … (A3, A1#25).": (
        "非价格服务：退换、保价、专属客服、安心售后、包邮等（A3、A1#25）。"
    ),
    "Which service.": "服务种类。",
    "How many days it lasts, e.g. 15 for returns.": "有效天数，例如退换 15 天。",
    "店铺通用券: the general coupon everybody may use; the yardstick of `beats`, never granted.": (
        "店铺通用券：人人可用；作为 `beats` 的比较对象，不发放。"
    ),
}
