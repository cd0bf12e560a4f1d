"""Chinese texts of the reference pages: messages, tests of texts, attachments, links and goods lists."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "Message template, a path from the project's directory; or channel and template, with `default` for the channels"
    " that have none of their own.": ("消息模板，相对项目目录的路径；或按渠道写模板，default 用于没有另写的渠道。"),
    "template": "模板",
    "`messages/recall.txt`, or `{sms: messages/short.txt, default: messages/recall.txt}`.": (
        "`messages/recall.txt`，或 `{sms: messages/short.txt, default: messages/recall.txt}`。"
    ),
    "Characters a text may have; an emoji counts two.": "文本最多字数；一个表情计两字。",
    "Several messages instead of `message`, by name, to find the best (A11#13).": (
        "代替 message 的多个文案，按名称，用于找出最优（A11#13）。"
    ),
    "Who gets which of `texts`; default: all members, in equal parts, by chance.": (
        "谁收到 texts 中的哪一个；默认全部会员随机均分。"
    ),
    "A test of texts: which share of the members gets which (A11#13).": "文案测试：各文案对应的会员比例（A11#13）。",
    "Text and share of the members; default: all members, in equal parts.": "文案及其会员比例；默认全部会员均分。",
    "winner: the members who are in no share wait, and get the text that did best.": (
        "winner：不在任何比例内的会员先等待，再收到表现最好的文案。"
    ),
    "How long they wait.": "等待多久。",
    "What the best text is told by; default: clicks where the events have some, else conversion.": (
        "按什么判断最优；默认有点击行为时按点击，否则按转化。"
    ),
    "Kind of the events that are clicks.": "表示点击的行为类型。",
    "Which members hear of it first; default: all at once.": "先通知哪些会员；默认同时通知。",
    "Who hears of it first: higher tiers before lower ones (优先通知).": "优先通知：高等级先于低等级。",
    "tier: the highest first, each next one later.": "tier：最高等级最先，其余依次推后。",
    "How much earlier a tier hears than the one below it.": "每个等级比下一级提前多久。",
    "What goes along with its text.": "随文案发出的附件。",
    "Goods list that its text may name: `{{ list.text }}`.": "文案可引用的清单：`{{ list.text }}`。",
    "Addresses that texts name: `{{ link.NAME }}`; channels may shorten them.": (
        "文案引用的地址：`{{ link.名称 }}`；渠道可缩短。"
    ),
    "Named lists of goods (清单, A9).": "商品清单（A9）。",
    "Short form of a calendar's links on this channel, e.g. https://s.shop.cn/{code}; the set-up pack lists which"
    " address each stands for.": (
        "日历链接在该渠道的短链格式，例如 https://s.shop.cn/{code}；设置包列出各短链对应的地址。"
    ),
    "One item of a goods list (清单).": "清单中的一件商品。",
    "Item id of the platform.": "平台商品 id。",
    "What it is called in the list.": "清单中的名称。",
    "Page of the item; a list without links sells nothing.": "商品页面；没有链接的清单无法成交。",
    "What everybody pays.": "普通价格。",
    "What members pay.": "会员价。",
    "presale: sold by deposit and balance; in_stock: paid at once.": "presale：付定金与尾款；in_stock：一次付清。",
    "Last day it is sold; afterwards it is left out.": "最后销售日，之后不再列出。",
    "Category, as the order lines write it.": "类目，与订单明细的写法一致。",
    "favourite_category: goods of the category a member spent most on come first; default: as written.": (
        "favourite_category：会员消费最多的类目排在最前；默认按书写顺序。"
    ),
    "A named list of goods that plays send and show (清单, A9).": "玩法发送与展示的商品清单（A9）。",
    "Stage that all its items have; default: any.": "全部商品所处阶段；默认不限。",
    "Its goods, in order.": "商品，按顺序。",
    "What goes along with a text: a picture, link, card, mini programme, goods list, video or file (B4).": (
        "随文案发出的图片、链接、卡片、小程序、清单、视频或文件（B4）。"
    ),
    "What it is.": "类型。",
    "Picture (.jpg, .png or .gif), video or file: a path from the project's directory.": (
        "图片（.jpg、.png 或 .gif）、视频或文件，相对项目目录的路径。"
    ),
    "Name of one of the calendar's `links`.": "日历 links 中的名称。",
    "Title; of a card at most 13 characters (A4).": "标题；卡片最多 13 字（A4）。",
    "Words below the title.": "标题下的文字。",
    "Id of the mini programme.": "小程序 id。",
    "Page of the mini programme.": "小程序页面。",
    "Name of one of the calendar's `lists`.": "日历 lists 中的名称。",
    "Channels of the play it goes through; default: all but SMS and phone.": (
        "经玩法的哪些渠道发出；默认除短信与电话外的全部渠道。"
    ),
    "short form": "短链",
    "`https://s.shop.cn/{code}`; also {link}, {play}, {phase}, {channel}, {calendar}, {text}.": (
        "`https://s.shop.cn/{code}`；也可用 {link}、{play}、{phase}、{channel}、{calendar}、{text}。"
    ),
    "first: one message, on the first allowed channel; all: one on each allowed channel, in the order of `channels`,"
    " `gap` apart (多触点). A benefit is given once, the later messages remind of it.": (
        "first：只发一条，走第一个允许的渠道；all：每个允许的渠道各发一条，按 channels 的顺序，间隔 gap（多触点）。"
        "权益只发一次，之后的消息为提醒。"
    ),
    "With `touch: all`: how long after the message on one channel the next one follows.": (
        "touch: all 时，一个渠道发出后多久轮到下一个渠道。"
    ),
    "A workbook (.xlsx) or CSV file that holds what would be written here; `promocal sheet` writes an empty one.": (
        "保存此处内容的工作簿（.xlsx）或 CSV 文件；promocal sheet 可生成空表。"
    ),
    "Workbook (.xlsx) or CSV file: a path from the project's directory.": (
        "工作簿（.xlsx）或 CSV 文件：相对于项目目录的路径。"
    ),
    "Which of its sheets; default: the visible one whose headings fit.": "其中的哪张表；默认：表头相符的可见表。",
    ", or [a sheet](#fromsheet)": "，或[一张表](#fromsheet)",
}
