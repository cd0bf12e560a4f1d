"""The part of the calendar reference about message templates: variables, filters, and what examples become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.findings.said import Said

SAMPLE: Final[Mapping[str, Mapping[str, str]]] = {
    "member": {"name": "李雷"},
    "benefit": {
        "id": "coupon-30", "title": "春茶券", "text": "满199减30", "value": "30", "threshold": "199",
        "opens_at": "10-20 10:00", "missing": "200", "valid_until": "03-12 23:59",
        "code": "K3M7-XQ2P",
    },
    "announced": {"text": "满2件加赠茶、满149元返20元券", "titles": "加赠、满返"},
    "play": {"id": "recall", "title": "唤醒老客"},
    "phase": {"id": "burst", "title": "爆发"},
    "calendar": {"id": "spring-2026", "title": "春茶节"},
    "store": {"title": "小铺"},
    "list": {"title": "必买清单", "text": "1. 龙井 ¥98 https://shop.cn/1", "count": "1"},
}  # fmt: skip
"""What the examples of the page are filled with."""

VARIABLES: Final[Mapping[str, Said]] = {
    "member.name": ("Name of the member; empty when the store knows none.", "会员的称呼；未知时为空。"),
    "benefit.id": ("Id of the benefit the member gets.", "会员所得权益的 id。"),
    "benefit.title": ("Its title, else its phrase.", "权益的标题；没有标题时为其短语。"),
    "benefit.text": ("The benefit in one phrase.", "用一个短语说明权益。"),
    "benefit.value": (
        "Its amount, without zeros after the point; empty when it has none.",
        "面额，不带多余的零；没有时为空。",
    ),
    "benefit.threshold": ("From which amount on it may be used; empty when it has none.", "使用门槛；没有时为空。"),
    "benefit.opens_at": (
        "Of a priority right: when the member's own tier may buy, such as 10-20 10:00; else empty.",
        "会员优先购：本人等级的开抢时间，如 10-20 10:00；其他权益为空。",
    ),
    "benefit.missing": (
        "Of a challenge: what the member still has to spend, as messages leave; else empty.",
        "会员挑战：发送时本人还差的金额；其他权益为空。",
    ),
    "benefit.valid_until": (
        "The last minute at which it can be used, such as 03-12 23:59; empty where the calendar does not tell.",
        "最后可使用的时间，如 03-12 23:59；日历未写明时为空。",
    ),
    "benefit.code": (
        "The member's own code of a partner, out of the file that `codes` names; masked where texts are masked.",
        "会员专属的合作方兑换码，取自 codes 所指文件；在遮盖文本之处同样遮盖。",
    ),
    "announced.text": (
        "The benefits the play announces, in a phrase each, those that are still on offer.",
        "玩法告知的权益，每个一个短语，仅列仍在提供的。",
    ),
    "announced.titles": ("Their titles, else their phrases.", "这些权益的标题；没有标题时为短语。"),
    "play.id": ("Id of the play.", "玩法的 id。"),
    "play.title": ("Its title, else its id.", "玩法的标题；没有时为 id。"),
    "phase.id": ("Id of the phase.", "阶段的 id。"),
    "phase.title": ("Its title, else its id.", "阶段的标题；没有时为 id。"),
    "calendar.id": ("Id of the calendar.", "日历的 id。"),
    "calendar.title": ("Its title, else its id.", "日历的标题；没有时为 id。"),
    "list.title": ("Title of the play's goods list.", "玩法清单的标题。"),
    "list.text": ("What is on sale of it, a line for each item.", "清单中在售的商品，每件一行。"),
    "list.count": ("How many items that are.", "在售商品件数。"),
    "store.title": ("Title of the store, else its id.", "店铺的名称；没有时为 id。"),
}

EXAMPLES: Final[tuple[tuple[str, str, Said], ...]] = (
    ("{{ member.name }}，您好", "李雷，您好", ("a variable", "变量")),
    (
        "{% if member.name %}{{ member.name }}{% else %}亲爱的会员{% endif %}，您好",
        "李雷，您好",
        ("one text for who has a name, one for others", "有称呼与没有称呼时各用一句"),
    ),
    ("{{ store.title }}送您{{ benefit.text }}", "小铺送您满199减30", ("a benefit in one phrase", "用短语说明权益")),
    ("立减{{ benefit.value }}元", "立减30元", ("an amount", "面额")),
    (
        "{{ member.name | default('亲', true) }}",
        "李雷",
        ("`default`, `d`: in place of an empty one", "default、d：为空时代替"),
    ),
    ("{{ calendar.id | upper }}", "SPRING-2026", ("`upper`, `lower`", "upper、lower：大小写")),
    ("{{ 'spring tea' | title }}", "Spring Tea", ("`title`, `capitalize`", "title、capitalize：首字母大写")),
    ("{{ calendar.title | replace('节', '季') }}", "春茶季", ("`replace`", "replace：替换")),
    ("{{ benefit.title | truncate(2, true, '', 0) }}", "春茶", ("`truncate`: cut a long text", "truncate：截短")),
    ("{{ ' 春茶 ' | trim }}上新", "春茶上新", ("`trim`: without blanks at the ends", "trim：去掉首尾空格")),
    ("{{ member.name | first }}女士", "李女士", ("`first`, `last`", "first、last：首字、末字")),
    ("{{ calendar.title | length }}", "3", ("`length`", "length：字数")),
    ("{{ calendar.title | join(' ') }}", "春 茶 节", ("`join`", "join：连接")),
    ("满{{ benefit.threshold | int + 1 }}元", "满200元", ("`int`, `float`: to reckon with", "int、float：用于计算")),
    (
        "约{{ (benefit.value | float / 7) | round(1) | string }}元/天",
        "约4.3元/天",
        ("`round`, `string`", "round：取整；string：转为文本"),
    ),
)
"""Template, what it becomes with SAMPLE, and what it shows."""

_INTRODUCTION: Said = (
    (
        "A play's `message` is a file below the project, in the marks of Jinja: `{{ … }}` is replaced,"
        " `{% if … %} … {% else %} … {% endif %}` chooses. Nothing else is needed, and nothing else runs: no loops,"
        " calls or definitions (C606). `benefit` exists only where the play has one (C603). A variable that is not"
        " listed is an error (C602), but for `link.NAME`, one of the calendar's `links`;"
        " a placeholder of another tool such as `{name}` or `%s` a warning (C607), as it"
        " would be sent as written. An SMS that a name makes longer than the channel's `max_segments` is held back,"
        " never cut."
    ),
    (
        "玩法的 `message` 是项目内的文件，使用 Jinja 标记：`{{ … }}` 被替换，`{% if … %} … {% else %} … {% endif %}`"
        " 用于选择。不需要也不能使用其他写法：没有循环、调用与定义（C606）。只有玩法带权益时才有 `benefit`（C603）。"
        "未列出的变量是错误（C602），`link.名称`（日历的 links）除外；"
        "`{name}`、`%s` 等其他工具的占位符给出警告（C607），因为会原样发出。"
        "短信因称呼过长而超出渠道的 `max_segments` 时扣留不发，不会截断。"
    ),
)


def template_section(lang: str) -> str:
    """Markdown: what a template may name, with the sample of the page, and the examples with what they become."""
    heading = ("## 消息模板", "变量", "含义", "示例", "模板", "结果", "说明") if lang == "zh" else (
        "## Message templates", "variable", "meaning", "example", "template", "becomes", "shows"
    )  # fmt: skip
    lines = [
        heading[0],
        "",
        _in(_INTRODUCTION, lang),
        "",
        f"| {heading[1]} | {heading[2]} | {heading[3]} |",
        "|---|---|---|",
    ]
    for name, meaning in VARIABLES.items():
        variable, key = name.split(".")
        lines.append(f"| `{{{{ {name} }}}}` | {_in(meaning, lang)} | {SAMPLE[variable][key]} |")
    lines += ["", f"| {heading[4]} | {heading[5]} | {heading[6]} |", "|---|---|---|"]
    for template, becomes, shows in EXAMPLES:
        shown = template.replace("|", "\\|")
        lines.append(f"| `{shown}` | {becomes} | {_in(shows, lang)} |")
    return "\n".join(lines)


def _in(said: Said, lang: str) -> str:
    return said[1] if lang == "zh" else said[0]
