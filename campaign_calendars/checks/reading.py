"""Explanations of the codes that reading a YAML file may give; see `source` and `loading`."""

from __future__ import annotations

from campaign_calendars.checks.registry import Rule, add

_BAD_AND_GOOD: dict[str, tuple[str, str, str, str, str, str]] = {
    "C001": (
        "The text is not YAML.",
        "A quote, a bracket or the indentation is wrong; the line named is where the reader stumbled.",
        "title: 38: all in",
        "title: '38: all in'",
        "文本不是合法的 YAML。",
        "引号、括号或缩进有误；所报的行是读到出错处的行。",
    ),
    "C002": (
        "A tab is used for indentation.",
        "YAML indents with spaces only.",
        "title:\n\tzh: x",
        "title:\n  zh: x",
        "缩进使用了制表符。",
        "YAML 只能用空格缩进。",
    ),
    "C003": (
        "Full-width punctuation stands where YAML wants the ordinary kind.",
        "`：` and `，` look like punctuation and are letters to YAML: two items silently become one.",
        "title：x",
        "title: x",
        "在 YAML 语法处使用了全角标点。",
        "全角的“：”“，”对 YAML 只是普通字符，两项会悄悄变成一项。",
    ),
    "C004": (
        "A key is written twice.",
        "Most YAML readers silently keep the last one.",
        "title: a\ntitle: b",
        "title: a",
        "同一个键写了两次。",
        "多数 YAML 读取器会悄悄保留最后一个。",
    ),
    "C005": (
        "An alias refers to nothing, or aliases blow the file up.",
        "`*name` repeats what `&name` marked before it.",
        "title: *x",
        "title: '*x'",
        "别名没有对应的锚点，或展开后过大。",
        "*name 重复此前 &name 标记的内容。",
    ),
    "C006": (
        "A merge key (`<<`) is used.",
        "It is not part of the language: the merged keys would have no place of their own.",
        "a: &a {b: 1}\nc:\n  <<: *a",
        "c: {b: 1}",
        "使用了合并键（<<）。",
        "日历语言不支持：合并进来的键没有自己的位置。",
    ),
    "C007": (
        "A tag such as `!!python/object` is used.",
        "A calendar is data; it cannot name types or run code.",
        "title: !secret x",
        "title: x",
        "使用了 YAML 标签。",
        "日历只是数据，不能指定类型，也不能执行代码。",
    ),
    "C008": (
        "The file holds a second document.",
        "One calendar, one file.",
        "title: a\n---\ntitle: b",
        "title: a",
        "文件包含第二个文档。",
        "一个文件一个日历。",
    ),
    "C009": (
        "A key is not a text.",
        "Often a value that starts with a brace and lacks quotes.",
        "title: {{ member.name }}",
        "title: '{{ member.name }}'",
        "键名不是文本。",
        "常见于以大括号开头而未加引号的值。",
    ),
    "C010": (
        "The file is empty or not a mapping.",
        "A calendar is made of `key: value` lines.",
        "- a list",
        "calendar: a-mapping",
        "文件为空，或不是键值结构。",
        "日历由“键: 值”的行组成。",
    ),
    "C011": (
        "The file is too large or too deeply nested.",
        "At most a million characters and 40 levels are read.",
        "a: " + "[" * 60,
        "a: [[x]]",
        "文件过大或嵌套过深。",
        "最多读取一百万个字符、40 层。",
    ),
    "C012": (
        "An invisible character stands in the text.",
        "Pasted from another program; it breaks lines or names where nobody sees it.",
        "title: a\u2028b",
        "title: a b",
        "文本中有不可见字符。",
        "多由其他程序粘贴而来，会在看不见的地方断行或改名。",
    ),
    "C020": (
        "A key is not part of the language here.",
        "No key that nothing honours: a mistyped key would silently do nothing.",
        "titel: x",
        "title: x",
        "此处没有这个键。",
        "没有作用的键一律报错：写错的键否则会悄悄失效。",
    ),
    "C021": (
        "A key is missing.",
        "What is named has to be there for the rest to mean anything.",
        "calendar: x",
        "phases: [{id: a, kind: burst, window: {from: D, to: D}}]",
        "缺少必需的键。",
        "缺少它，其余内容没有意义。",
    ),
    "C022": (
        "A value is not what the key wants.",
        "The message says what to write: 199.00, 5%, 7d, 10:00, D-3 00:00, daily 10:00.",
        "day_zero: 22:30",
        "day_zero: 2026-03-08",
        "值不符合要求。",
        "提示会说明写法：199.00、5%、7d、10:00、D-3 00:00、daily 10:00。",
    ),
    "C023": (
        "A benefit is of an unknown kind.",
        "`kind` decides which parameters a benefit has.",
        "benefits: {a: {kind: coupn, value: 5}}",
        "benefits: {a: {kind: member_coupon, value: 5}}",
        "未知的权益类型。",
        "kind 决定权益有哪些参数。",
    ),
    "C024": (
        "A value is not one of those possible.",
        "",
        "phases: [{id: a, kind: brust, window: {from: D, to: D}}]",
        "phases: [{id: a, kind: burst, window: {from: D, to: D}}]",
        "值不在可选范围内。",
        "",
    ),
    "C025": (
        "A text stands where a list or a mapping is wanted, or the other way round.",
        "",
        "audiences: joined",
        "audiences: {all: joined}",
        "应为列表或键值结构，却写了文本，或反之。",
        "",
    ),
    "C026": (
        "A number, text or list is too small or too large.",
        "",
        "benefits: {a: {kind: member_coupon, value: 5, per_member: 0}}",
        "benefits: {a: {kind: member_coupon, value: 5, per_member: 1}}",
        "数值、文本或列表超出范围。",
        "",
    ),
    "C027": (
        "An id has characters it must not have.",
        "Ids become names in the database and in file names: lower-case letters, digits, - and _.",
        "calendar: Queens Day",
        "calendar: queens-day",
        "id 含有不允许的字符。",
        "id 会用作数据库与文件名：小写字母、数字、- 与 _。",
    ),
    "C350": (
        "A sheet that the calendar names cannot be used.",
        "It is missing, no workbook or CSV file, protected, too large, or no sheet of it fits: see `promocal sheet`.",
        "prices: {from: ''}",
        "prices: {}",
        "日历写明的表无法使用。",
        "文件不存在、不是工作簿或 CSV、有密码、过大，或其中没有符合的表：见 promocal sheet。",
    ),
    "C351": (
        "Something is wrong in a sheet that the calendar names; the cell is told.",
        "A heading nobody knows, merged cells, a formula without its value, a row twice, a row nothing comes of.",
        "",
        "",
        "日历写明的表中有错误，并给出单元格。",
        "未知的表头、合并的单元格、没有结果的公式、重复的行，或不起作用的行。",
    ),
    "C101": (
        "The store of the calendar cannot be found.",
        "It is looked for as stores/NAME.yaml in the project and then among the shipped stores.",
        "store: shopp",
        "store: shop",
        "找不到日历所属的店铺。",
        "先在项目的 stores/店铺.yaml 中查找，再查找内置店铺。",
    ),
}


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))


for _code, (_title, _why, _bad, _good, _title_zh, _why_zh) in _BAD_AND_GOOD.items():
    _examples = f"\n\nFails:\n{_indented(_bad)}\nPasses:\n{_indented(_good)}" if _bad else ""
    _english = f"{_title}\n\n{_why}".strip() + _examples
    add(Rule(_code, "error", f"{_english}\n\n中文：{_title_zh}\n{_why_zh}".strip()))
