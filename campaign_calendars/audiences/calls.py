"""Calls of functions in an audience expression: what may stand in the brackets, and what they come to."""

from __future__ import annotations

from campaign_calendars.audiences.fields.vocabulary import FUNCTIONS, MOST_ARMS, Function
from campaign_calendars.audiences.functions import OF_ANOTHER, TEMPLATES, of_calendar_sql
from campaign_calendars.audiences.judging import Judge
from campaign_calendars.audiences.limits import MAX_NESTING, MAX_SQL
from campaign_calendars.audiences.names import OF_STORE
from campaign_calendars.audiences.references import below
from campaign_calendars.audiences.tags import Meaning, carried_as, family_of_tags, meaning_of
from campaign_calendars.audiences.tree import Call, Text
from campaign_calendars.audiences.types import Typed, quoted
from campaign_calendars.findings.finding import suggestion

_SPLIT_HINTS = (
    f"Write random_split('copy', 2), from 2 to {MOST_ARMS} parts.",
    f"请写 random_split('copy', 2)，2 到 {MOST_ARMS} 组。",
)


class CallCompiler(Judge):
    """The part of the compiler that knows functions."""

    def call(self, node: Call) -> Typed:
        name = node.name.lower()
        function = FUNCTIONS.get(name)
        if function is None:
            texts = (f"there is no function {name!r}", f"没有函数 {name!r}")
            raise self.wrong("C132", node, texts, suggestion(name, FUNCTIONS))
        if node.argument is None or (node.number is not None and not function.is_split):
            raise self.wrong(
                "C132",
                node,
                (f"{name} wants one text", f"{name} 需要一个文本参数"),
                (f"Write {function.usage}.", f"请写 {function.usage}。"),
            )
        self.functions.add((name, node.argument.value))
        typed = self._answer(node, node.argument, function)
        return Typed(typed.sql, function.gives, call=f"{name}('{node.argument.value}')")

    def _answer(self, node: Call, argument: Text, function: Function) -> Typed:
        name = function.name
        if function.is_split:
            return Typed(TEMPLATES[name].format(quoted(argument.value), self._parts(node)), "int")
        if name == "audience":
            return self._audience(node, argument)
        if name in OF_ANOTHER:
            return self._of_calendar(argument, function)
        if function.names in ("phase", "wave"):
            known = self.names.phases if function.names == "phase" else self.names.waves
            self.known(argument, argument.value, known, function.names)
        if (made := self._made_by_store(node, argument.value, name)) is not None:
            self.fields |= made.fields
            self.functions |= made.functions
            return Typed(made.sql, "bool")
        values = carried_as(argument.value, self.names.tags) if function.names == "tag" else quoted(argument.value)
        return Typed(TEMPLATES[name].format(values), "bool")

    def _parts(self, node: Call) -> int:
        """The number of parts of a split."""
        text = node.number.text if node.number is not None else ""
        if not text.isdecimal() or not 1 < int(text) <= MOST_ARMS:
            texts = ("random_split wants a name and a number of parts", "random_split 需要名称与组数")
            raise self.wrong("C132", node, texts, _SPLIT_HINTS)
        return int(text)

    def _made_by_store(self, node: Call, argument: str, name: str) -> Meaning | None:
        """What the tags of the store make of the question; None where only imported ones are asked."""
        if name == "has_tag":
            return meaning_of(argument, self.names, self.analyse)
        if name == "has_tag_family":
            return family_of_tags(argument, self.names, self.analyse)
        rule = next((tag for tag in self.names.tags if tag.name == argument and tag.where is not None), None)
        if name in ("tag_value", "tag_number") and rule is not None:
            texts = (
                f"the tag {argument!r} is made by a rule and has no value",
                f"标签 {argument!r} 由规则产生，没有值",
            )
            raise self.wrong("C132", node, texts, (f"Write has_tag('{argument}').", f"请写 has_tag('{argument}')。"))
        return None

    def _of_calendar(self, argument: Text, function: Function) -> Typed:
        """A function about a play or benefit: of the calendar itself, of the one before the slash, or of any."""
        *of, own = argument.value.split("/")
        if len(of) > 1 or not all((*of, own)):
            texts = (f"{argument.value!r} is not CALENDAR/NAME", f"{argument.value!r} 不是“日历/名称”的写法")
            usage = f"{function.name}('autumn/{own or 'name'}')"
            hints = (f"Write {usage}.", f"请写 {usage}。")
            raise self.wrong("C136", argument, texts, hints)
        if not of:
            known = self.names.plays if function.names == "play" else self.names.benefits
            if self.names.is_of_store and own not in known:
                hints = (
                    f"Name its calendar: 'autumn/{own}', or any: '*/{own}'.",
                    f"请写明日历：'autumn/{own}'，或任一日历：'*/{own}'。",
                )
                raise self.unknown(argument, own, function.names, hints)
            self.known(argument, own, known, function.names)
        calendar = of[0] if of else self.names.calendar
        return Typed(of_calendar_sql(function.name, own, calendar, self.names.calendar), "bool")

    def _audience(self, node: Call, argument: Text) -> Typed:
        """Membership of another audience: never unknown, as a set has no members of whom that is not known."""
        name = argument.value
        if self.names.named(name) is None:
            return self._unknown_audience(argument)
        found = below(name, self.names)
        if found.circle:
            way = " > ".join(found.circle)
            texts = (f"the audiences name each other in a circle: {way}", f"人群互相引用成环：{way}")
            raise self.wrong(
                "C139", node, texts, ("Write one of them without the others.", "请让其中一个不再引用其他人群。")
            )
        if found.nesting > MAX_NESTING:
            texts = (
                f"the audiences are more than {MAX_NESTING} brackets and nots deep",
                f"各层人群的括号与 not 合计超过 {MAX_NESTING} 层",
            )
            hints = ("Name fewer audiences within each other.", "请减少人群之间的嵌套引用。")
            raise self.wrong("C139", node, texts, hints)
        meanings = [self.analyse(where, names) for where, names in found.rules]
        meaning = meanings[-1]
        if meaning is None or None in meanings:
            # The rule is wrong; it is found where it stands.
            return Typed("false", "bool")
        self.named_sql += len(meaning.sql)
        if self.named_sql > MAX_SQL:
            texts = (
                f"the audiences come to more than {MAX_SQL:,} characters of SQL",
                f"所引用人群的 SQL 超过 {MAX_SQL:,} 个字符",
            )
            raise self.wrong(
                "C139", node, texts, ("Name fewer audiences, or use a tag.", "请减少引用的人群，或改用标签。")
            )
        self.fields |= meaning.fields
        self.functions |= meaning.functions
        return Typed(f"coalesce({meaning.sql}, false)", "bool")

    def _unknown_audience(self, argument: Text) -> Typed:
        name = argument.value
        if name.startswith(OF_STORE) and self.names.of_store is None:
            return Typed("false", "bool")
        if "/" in name and not name.startswith(OF_STORE):
            hints = (
                "Another calendar's cannot be named: put it among the audiences of the store.",
                "不能引用其他日历的人群：请放入店铺的 audiences。",
            )
            raise self.unknown(argument, name, "audience", hints)
        stored = [OF_STORE + audience.name for audience in self.names.of_store or ()]
        known = [audience.name for audience in self.names.audiences] + stored
        raise self.unknown(argument, name, "audience", suggestion(name, known))
