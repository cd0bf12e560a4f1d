"""What `promocal new` asks a person: one question a line, the usual answer in brackets, Enter takes it.

A question whose flag was given is not asked. Nothing is written before the last answer.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import typer

from campaign_calendars.findings.errors import PromocalError, UsageError
from campaign_calendars.findings.said import Said
from campaign_calendars.values.moments import FIRST_YEAR, LAST_YEAR
from promocal.cli.language import either, language, translated
from promocal.cli.output import say
from promocal.own_shop import CATEGORIES, Category, Data, DataKind, Shop, datasets_named

T = TypeVar("T")
_TITLE = re.compile(r"(?m)^title: *\{zh: *(.+), *en: *\"?(.+?)\"?\}")
_CATEGORIES: tuple[tuple[Category | None, Said], ...] = (
    (None, ("something else, or mixed", "其他，或混合")),
    ("fresh", ("fresh food", "生鲜水果")),
    ("standard", ("snacks, instant food and other standard goods", "零食、速食等标品")),
    ("tea_wine_dairy", ("tea, wine, dairy", "茶、酒、乳品")),
)
_KINDS: tuple[tuple[DataKind, Said], ...] = (
    ("demo", ("none yet: generate a shop to try everything with", "还没有：先生成一个演示店铺")),
    ("csv", ("CSV files in the folder data", "data 文件夹中的 CSV 文件")),
    ("xlsx", ("Excel files in the folder data", "data 文件夹中的 Excel 文件")),
    ("sql", ("tables of a database", "数据库中的表")),
)
_MORE = "events, contact_points, tags, redemptions, order_items, points"
_LONGEST_TITLE = 60
_NOT_ASKED = frozenset({"grocery-2017"})
"""Calendars of real data that have to be fetched first."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of a project to be; None: nobody said it yet."""

    directory: Path | None = None
    calendar: str | None = None
    year: int | None = None
    title: str | None = None
    timezone: str | None = None
    category: str | None = None
    kind: DataKind | None = None
    datasets: str | None = None
    url_env: str | None = None

    @property
    def shop(self) -> Shop:
        category = next((one for one in CATEGORIES if one == self.category), None)
        return Shop(self.title or "", self.timezone or "", category)

    @property
    def data(self) -> Data:
        made = Data(self.kind or "csv", datasets_named(self.datasets or ""))
        return replace(made, url_env=self.url_env) if self.url_env else made


def may_ask() -> bool:
    """Whether a person sits in front of it."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_all(known: Answers, now: datetime) -> Answers:
    """Everything that is not known yet; a person who stops writes nothing.

    UsageError: something that is known will not do; said before anything is asked.
    """
    from tasks.calendars.lookup import find_calendar

    datasets_named(known.datasets or "")
    if known.calendar is not None:
        find_calendar(known.calendar, (known.directory or Path(), Path()))
    try:
        return _asked(known, now)
    except (typer.Abort, KeyboardInterrupt, EOFError):
        say("")
        say(either("Stopped; nothing was written.", "已停止；没有写入任何文件。"), stream="stderr")
        raise typer.Abort from None


def _asked(known: Answers, now: datetime) -> Answers:
    say(either("Enter takes what stands in brackets, Ctrl-C stops.", "直接回车采用方括号中的内容，Ctrl-C 停止。"))
    directory = known.directory or Path(_text(("Directory of the project", "项目目录"), "shop", _directory))
    title = (
        known.title
        if known.title is not None
        else _text(("Name of the shop", "店铺名称"), directory.resolve().name, title_named)
    )
    zone = known.timezone or _text(("Time zone", "时区"), "Asia/Shanghai", zone_named)
    category = known.category
    if category is None:
        category = _choice(("What does it sell?", "主营类目"), _CATEGORIES) or ""
    calendar = known.calendar or _choice(("Calendar to start with", "从哪个日历开始"), _calendars())
    year = known.year if known.year is not None else _year(calendar, now)
    kind = known.kind or _choice(("Data of members and orders", "会员与订单数据"), _KINDS)
    found = replace(
        known,
        directory=directory,
        title=title,
        timezone=zone,
        category=category,
        calendar=calendar,
        year=year,
        kind=kind,
    )
    return _of_data(found)


def _of_data(found: Answers) -> Answers:
    if found.kind == "demo":
        return found
    datasets = found.datasets
    if datasets is None:
        datasets = _text(
            (
                f"Besides members and orders there are (names with commas: {_MORE})",
                f"除会员与订单外还有（逗号分隔：{_MORE}）",
            ),
            "",
            lambda text: " ".join(datasets_named(text)),
        )
    variable = found.url_env
    if found.kind == "sql" and variable is None:
        variable = _text(
            ("Environment variable with the address of the database", "存放数据库地址的环境变量"),
            Data().url_env,
            variable_named,
        )
    return replace(found, datasets=datasets, url_env=variable)


def _calendars() -> list[tuple[str, Said]]:
    """Shipped calendars with their titles, the one of the tutorial first."""
    from tasks.calendars.lookup import LIBRARY, shipped_calendars

    found: list[tuple[str, Said]] = []
    for name in shipped_calendars():
        title = _TITLE.search((LIBRARY / f"{name}.yaml").read_text("utf-8"))
        told = (title[2], title[1]) if title is not None else (name, name)
        if name not in _NOT_ASKED:
            found.append((name, (f"{name}: {told[0]}", f"{name}：{told[1]}")))
    return sorted(found, key=lambda one: one[0] != "queens-day-2020")


def _year(calendar: str, now: datetime) -> int | None:
    """The year to move it to; None: it stays in its own."""
    from campaign_calendars.reading.loading import load_calendar
    from campaign_calendars.writing.moving import calendar_year
    from tasks.calendars.lookup import find_calendar

    path = find_calendar(calendar).path
    model = load_calendar(path.read_text("utf-8-sig")).model
    if model is None:
        return None
    own = calendar_year(model)
    question = (f"Year ({own} leaves it as it is)", f"年份（{own} 则保持原样）")
    year = int(_text(question, str(max(now.year + 1, own)), _a_year))
    return year if year != own else None


def _a_year(text: str) -> str:
    if not text.isdecimal() or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise UsageError((f"{text!r} is no year", f"{text!r} 不是年份"), ("write it like 2027", "请写成 2027"))
    return text


def zone_named(text: str) -> str:
    """The name of a time zone. UsageError: there is none of it."""
    from campaign_calendars.values.moments import parse_zone

    try:
        return str(parse_zone(text))
    except ValueError as error:
        raise UsageError(
            (str(error), str(getattr(error, "zh", error))),
            ("names have a continent and a city: Europe/Berlin", "名称由大洲和城市组成，如 Europe/Berlin"),
        ) from None


def variable_named(text: str) -> str:
    """The name of an environment variable. UsageError: it cannot be one, as an address with its password."""
    if not text.replace("_", "a").isalnum() or not text.isascii() or text[0].isdecimal():
        raise UsageError(
            ("that is no name of a variable", "这不是环境变量名"),
            ("write its name, not the address: SHOP_DATABASE_URL", "请写变量名而非地址：SHOP_DATABASE_URL"),
        )
    return text


def title_named(text: str) -> str:
    """The name of a shop, without blanks around it. UsageError: no text for messages, or far too long for them."""
    title = text.strip()
    if not title.isprintable():
        raise UsageError(("a name has no control characters", "名称不能含控制字符"), ("write it anew", "请重新输入"))
    if len(title) > _LONGEST_TITLE:
        raise UsageError(
            (f"the name has {len(title)} characters", f"名称有 {len(title)} 个字"),
            (
                f"members read it in messages: at most {_LONGEST_TITLE}",
                f"会员会在消息中读到：最多 {_LONGEST_TITLE} 个字",
            ),
        )
    return title


def _directory(text: str) -> str:
    path = Path(text)
    if (path / "promocal.toml").exists():
        raise UsageError(
            (f"{text} is a project already", f"{text} 已是一个项目"),
            (
                f"promocal new {text} --year YEAR adds a calendar to it; name another directory",
                f"promocal new {text} --year 年份 可添加日历；请换一个目录",
            ),
        )
    if path.exists() and not path.is_dir():
        raise UsageError((f"{text} is a file", f"{text} 是文件"), ("name another directory", "请换一个目录"))
    return text


def _text(question: Said, usual: str, judge: Callable[[str], str]) -> str:
    """An answer that will do; another one is asked for as long as it does not."""
    while True:
        prompt = translated(question) + (f" [{usual}]" if usual else "") + either(": ", "：")
        written = str(typer.prompt(prompt, default=usual, show_default=False, prompt_suffix="")).strip()
        try:
            return judge(written) if written else usual
        except PromocalError as error:
            say(
                either(
                    "  {said}: {remedy}",
                    "  {said}：{remedy}",
                    said=error.text(language()),
                    remedy=error.remedy_text(language()),
                )
            )


def _choice(question: Said, options: Sequence[tuple[T, Said]]) -> T:
    """One of several, by its number or its name."""
    say(translated(question) + ("" if translated(question).endswith(("?", "？")) else either(":", "：")))
    for number, (_, told) in enumerate(options, 1):
        say(f"  {number}  {translated(told)}")
    names = {str(value): str(number) for number, (value, _) in enumerate(options, 1)}

    def judge(text: str) -> str:
        number = names.get(text, text)
        if not number.isdecimal() or not 1 <= int(number) <= len(options):
            raise UsageError(
                (f"{text!r} is none of them", f"{text!r} 不在其中"),
                (f"write 1 to {len(options)}", f"请写 1 至 {len(options)}"),
            )
        return number

    return options[int(_text(("Number", "编号"), "1", judge)) - 1][0]
