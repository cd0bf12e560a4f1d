"""Message templates: whether they are there; explanations of what `sms` and `tasks.calendars.messages` find in them.

The examples are the text of a template, which a play with a benefit sends as SMS through huawei, one segment long.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from campaign_calendars.checks.registry import View, documented, found, rule
from campaign_calendars.findings.finding import Finding, Path, nearest, suggestion
from campaign_calendars.messages.paths import path_fault, printable
from campaign_calendars.model.messages import DEFAULT, Templates

documented(
    "C601",
    "error",
    """A message template cannot be read: a brace, a tag or a filter is wrong.

    Templates are Jinja: `{{ member.name }}` writes a variable, `{% if member.name %} … {% endif %}` asks
    whether there is one.

    Fails:
        {% if member.name %}亲爱的会员，上新了。
    Passes:
        亲爱的会员，{% if play.title %}{{ play.title }}{% endif %}。

    中文：消息模板无法解析：括号、标签或过滤器有误。
    模板使用 Jinja：{{ member.name }} 写出变量，{% if member.name %} … {% endif %} 判断是否有值。
    """,
)
documented(
    "C602",
    "error",
    """A message template names a variable that does not exist.

    What a message may say about a member is a short list; nothing else ever reaches a template.

    Fails:
        {{ member.phone }}，上新了。
    Passes:
        {{ play.title }}，上新了。

    中文：消息模板引用了不存在的变量。
    消息可用的变量是固定的；其他资料不会进入模板。
    """,
)
documented(
    "C603",
    "error",
    """A message template names a benefit, a goods list or a member, and a play that sends it has none.

    `benefit.text` and its like exist only where every play with this message has benefits, `list.text` where each has
    a list, `member.name` where none is a post to a group. In the example a second play without benefits sends the
    message too.

    Fails:
        {{ benefit.text }}已备好。
    Passes:
        会员礼已备好。

    中文：消息模板引用了权益、清单或会员，而使用它的玩法没有。
    只有使用该消息的每个玩法都有权益时，benefit.text 等变量才可用；list.text 须都有清单，member.name 须都不是群帖。
    例中另有一个没有权益的玩法使用该消息。
    """,
)


@rule("C604", "error")
def message_is_there(view: View) -> Iterator[Finding]:
    """A play names a message template that is not there, or is not text.

    Paths count from the project's directory, the one with promocal.toml. Looked at when the calendar
    belongs to a project, or when other templates of the calendar are found beside it.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: D 10:00, message: messages/recal.txt}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: D 10:00, message: messages/recall.txt}]

    中文：玩法引用的消息模板不存在，或不是文本。
    路径以项目目录（promocal.toml 所在处）为准。日历属于某个项目，或旁边有它的其他模板时才检查。
    """
    if view.messages is None:
        return
    for path, name in _named(view):
        problem = view.messages.unread.get(name)
        if problem is None or problem == "outside":
            continue
        file = view.messages.file(name)
        guess = _meant(name, {*view.messages.texts, *view.messages.beside})
        texts = (f"{file} does not exist", f"{file} 不存在")
        hints = ("Write the template there, or correct the path.", "请在该路径编写模板，或更正路径。")
        if problem == "not_text":
            texts, hints = (
                (f"{file} is not UTF-8 text", f"{file} 不是 UTF-8 文本"),
                ("Save it as UTF-8.", "请另存为 UTF-8。"),
            )
        elif guess is not None:
            hints = (f"Did you mean {guess!r}?", f"是否想写 {guess!r}？")
        yield found(path, texts, hints)


def _named(view: View) -> Iterator[tuple[Path, str]]:
    """Every template where a play names it."""
    for path, _, play in view.plays():
        yield from _placed((*path, "message"), play.message)
        for arm, message in play.texts.items():
            yield from _placed((*path, "texts", arm), message)


def _placed(path: Path, message: Templates | None) -> Iterator[tuple[Path, str]]:
    if message is None:
        return
    if message.default is not None:
        yield ((*path, DEFAULT) if message.own else path), message.default
    for channel, name in message.own.items():
        yield (*path, channel), name


def _meant(written: str, known: Collection[str]) -> str | None:
    """The file of the same directory whose own name is closest: what all of them share says nothing."""
    folder, _, name = written.rpartition("/")
    names = {file.rpartition("/")[2]: file for file in known if file.rpartition("/")[0] == folder}
    stems = {other.rpartition(".")[0] or other: file for other, file in names.items()}
    guess = nearest(name.rpartition(".")[0] or name, stems, cutoff=0.6)
    return stems[guess] if guess is not None else None


@rule("C608", "error")
def message_stays_in_the_project(view: View) -> Iterator[Finding]:
    """A play names a message by a path that leads out of the project; nothing is read from there.

    No `..`, no absolute path, no link that leads out, no control characters: what is sent lies in the
    project and can be seen there.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: D 10:00, message: ../recall.txt}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: D 10:00, message: messages/recall.txt}]

    中文：玩法引用的消息路径超出了项目，未读取。
    不能含 ..、绝对路径、指向外部的链接或控制字符：发送的内容必须在项目内可见。
    """
    for path, template in _named(view):
        fault = path_fault(template)
        if fault is None and view.messages is not None and view.messages.unread.get(template) == "outside":
            fault = ("is a link that leads out of the project's directory", "是指向项目目录之外的链接")
        if fault is not None:
            name = printable(template)
            texts = (f"'{name}' {fault[0]}; nothing is read", f"'{name}' {fault[1]}，不会读取")
            hint = (
                "Put the text into the project and write messages/NAME.txt.",
                "请把文本放入项目，写作 messages/名称.txt。",
            )
            yield found(path, texts, hint)


@rule("C616", "error")
def message_is_for_its_channels(view: View) -> Iterator[Finding]:
    """A message is written for a channel the play does not use.

    `message` may give channels texts of their own; each of them has to be among the play's `channels`,
    else the text is never sent. `default` is for the channels that have none.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D 10:00, message: {pusch: m.txt, default: n.txt}}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D 10:00, message: {push: m.txt, default: n.txt}}

    中文：消息写给了玩法未使用的渠道。
    message 可为各渠道另写文本；这些渠道须在玩法的 channels 中，否则永远不会发送。default 用于没有另写的渠道。
    """
    for path, _, play in view.plays():
        written = [(("message",), play.message), *((("texts", arm), one) for arm, one in play.texts.items())]
        for key, message in written:
            for channel in message.own if message is not None else ():
                if channel not in play.channels:
                    texts = (f"{play.id} is not sent by {channel!r}", f"{play.id} 不通过 {channel!r} 发送")
                    known = suggestion(channel, [*play.channels, DEFAULT])
                    yield found((*path, *key, channel), texts, known, on="key")


documented(
    "C605",
    "error",
    """A message template includes or extends another one.

    What a person sees in the plan is the whole text; it stands in one file.

    Fails:
        {% include 'greeting.txt' %}上新了。
    Passes:
        您好，上新了。

    中文：消息模板引用或继承了其他模板。
    计划中看到的就是全文；内容应写在同一个文件里。
    """,
)
documented(
    "C606",
    "error",
    """A message template loops, calls, defines or raises to a power.

    A message writes variables and asks whether they are there. Everything else could run for ever or fill
    the memory, at the moment of sending.

    Fails:
        {% macro again() %}上新{% endmacro %}{{ again() }}。
    Passes:
        {{ play.title }}上新。

    中文：消息模板含有循环、调用、定义或乘方。
    消息只写出变量、判断是否有值；其他写法可能在发送时无法结束或占满内存。
    """,
)
documented(
    "C607",
    "warning",
    """A message template holds a placeholder of another tool, or a brace without a partner.

    `{name}`, `${name}`, `%s` and 【姓名】 mean nothing here and would be sent as they stand. Variables are
    written `{{ member.name }}`.

    Fails:
        您的礼遇：{benefit}。
    Passes:
        您的礼遇：{{ benefit.text }}。

    中文：消息模板含有其他工具的占位符，或不成对的花括号。
    {name}、${name}、%s、【姓名】在此没有含义，会原样发出；变量写作 {{ member.name }}。
    """,
    acceptable=True,
)
documented(
    "C610",
    "error",
    """A text says how SMS are refused where promocal does not want it said.

    Promocal ends every SMS with 拒收请回复R (B3), and writes it nowhere else: one who is reached by push or
    by an assistant cannot reply R. A text that already ends with it is left as it is; other ways to refuse
    stand beside it, and the provider knows only one.

    Fails:
        春季上新，欢迎选购。回T退订
    Passes:
        春季上新，欢迎选购。

    中文：文本中写有不应由模板写的退订方式。
    每条短信由 promocal 以“拒收请回复R”结尾（B3），其他渠道则不写：推送或客服的收件人无法回复 R。
    已以它结尾的短信保持原样；其他退订写法会与它重复，而服务商只认一种。
    """,
)
documented(
    "C615",
    "error",
    """A text may be longer than its channel takes.

    WeCom takes 4,000 bytes (B4), other channels what their `max_chars` says; the longest values of
    variables count. SMS are billed by segment instead (C612). In the example the channel takes 120.

    Fails:
        春季上新，一百二十款好物陆续到店，欢迎选购；到店自提可在店员处领取试吃装一份，数量有限，先到先得，送完为止；
        自提点营业至晚上八点，节假日照常；老会员凭会员码另可领取一份节气茶点，请在付款前出示；每位会员限领一份，转赠无效；
        退换与配送时效以门店公告为准，详情可咨询当班店员。
    Passes:
        春季上新，一百二十款好物陆续到店，欢迎选购。

    中文：文本可能超过渠道的上限。
    企业微信最多 4,000 字节（B4），其他渠道以 max_chars 为准；变量按最长取值计。
    短信按条计费（C612）。示例渠道上限 120 字。
    """,
)
documented(
    "C630",
    "error",
    """A file of a partner's codes cannot be used: it is missing, outside the project, empty, no list, or used twice.

    One code stands on each line; a first line `code` is a heading. Codes stand in no finding. Looked at with the
    templates of the calendar, and before anything is sent.

    Fails:
        benefits: {c: {kind: partner, brand: Youku, item: a month, unit_cost: 5, codes: codes/youku.csv}}
    Passes:
        benefits: {c: {kind: partner, brand: Youku, item: a month, unit_cost: 5, stock: 50}}

    中文：合作方兑换码文件无法使用：不存在、超出项目目录、为空、不是列表或被重复使用。
    每行一个码，首行可写标题 code。检查结果中不会出现兑换码。与日历的模板一起检查，且在发送之前。
    """,
)
documented(
    "C631",
    "error",
    """A message gives a partner's codes and writes none.

    Each message that gives such a benefit takes a code out of the file; `{{ benefit.code }}` is where it stands.

    Fails:
        亲爱的会员，送您一个月优酷会员。
    Passes:
        亲爱的会员，优酷会员兑换码 {{ benefit.code }}。

    中文：消息发放合作方兑换码，却没有写出。
    发放该权益的每条消息都会用掉文件中的一个码；请在需要处写 {{ benefit.code }}。
    """,
)
documented(
    "C619",
    "error",
    """A picture that an attachment names is not there, or is no picture.

    Paths count from the project's directory and may not lead out of it; JPEG, PNG and GIF are taken. Looked at
    with the templates of the calendar, and before anything is sent.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D 10:00, message: m.txt,
                 attachments: [{kind: picture, file: pictures/brust.png}]}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D 10:00, message: m.txt,
                 attachments: [{kind: picture, file: pictures/burst.png}]}

    中文：附件所写的图片不存在，或不是图片。
    路径相对项目目录，不得指向目录之外；支持 JPEG、PNG、GIF。与日历的模板一同检查，发送前也会检查。
    """,
)
