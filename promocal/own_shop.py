"""What makes a new project a shop of one's own: its name, clock and category, and where its data come from.

Texts that come with promocal are edited, not written anew: their comments stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import suggestion

Category = Literal["fresh", "standard", "tea_wine_dairy"]
CATEGORIES: tuple[Category, ...] = ("fresh", "standard", "tea_wine_dairy")
DataKind = Literal["demo", "csv", "xlsx", "sql"]
NEEDED = ("members", "orders")
_MOST_ID = 40
_LONGEST_SIGNATURE = 12
_ZONE = "Asia/Shanghai"
_SOURCES = re.compile(r"\[sources\..*(?=# Every channel of the store)", re.DOTALL)
_LIFECYCLE = re.compile(r"^# Days since.*\nlifecycle:.*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose project it is. What is empty stays as the shipped store and calendar have it."""

    title: str = ""
    timezone: str = ""
    category: Category | None = None

    def store_id(self, shipped: str, directory: Path) -> str:
        """The id of its store: of its name or directory, as far as those have letters; else `shop`."""
        if not self.title:
            return shipped
        return next((made for text in (self.title, directory.resolve().name) if (made := _as_id(text))), "shop")


@dataclass(frozen=True, slots=True)
class Data:
    """Which data there are, and as what. `url_env` is the variable that holds the address of a database."""

    kind: DataKind = "csv"
    datasets: tuple[str, ...] = ()
    url_env: str = "SHOP_DATABASE_URL"


def with_shop(contents: Mapping[Path, str], calendar: Path, shop: Shop, directory: Path) -> dict[Path, str]:
    """The files of a project with the shop's name, clock and category in them."""
    made = dict(contents)
    store = next((path for path in contents if path.parts[0] == "stores"), None)
    if shop.timezone:
        made[calendar] = _replaced(made[calendar], "timezone", shop.timezone)
    if store is None:
        return made
    name = shop.store_id(store.stem, directory)
    made[calendar] = _replaced(made[calendar], "store", name)
    text = _replaced(_of_shop(made.pop(store), shop), "store", name)
    made[store.with_name(f"{name}.yaml")] = text
    return made


def _of_shop(text: str, shop: Shop) -> str:
    if shop.title:
        title = json.dumps(shop.title, ensure_ascii=False)  # a text of JSON is one of YAML
        text = _replaced(text, "title", f"{{zh: {title}, en: {title}}}")
        if len(shop.title) <= _LONGEST_SIGNATURE and not set(shop.title) & set("【】[]"):
            text = re.sub(r"(?m)^(\s+signature:).*$", lambda found: f"{found[1]} {title}", text)
    if shop.category:
        line = f"category: {shop.category}\n"
        without = re.sub(r"(?m)^category:.*\n", "", _LIFECYCLE.sub("", text))
        text = re.sub(r"(?m)^(title:.*\n)", lambda found: found[1] + line, without, count=1)
    return text


def _replaced(text: str, key: str, value: str) -> str:
    """The first top-level line of a key with another value; a comment behind it stays."""
    return re.sub(
        rf"(?m)^{key}:[^#\n]*", lambda found: f"{key}: {value}" + (" " if found[0][-1:] == " " else ""), text, count=1
    )


def settings_of(text: str, data: Data, shop: Shop) -> str:
    """The settings of a project with its own sources and clock."""
    zone = shop.timezone or _ZONE
    if data.datasets or data.kind in ("xlsx", "sql"):
        names = (*NEEDED, *(one for one in data.datasets if one not in NEEDED))
        written = "\n".join(_source(name, data, zone) for name in names)
        return _SOURCES.sub(lambda _: f"{written}\n", text)
    return text.replace(f'timezone = "{_ZONE}"', f'timezone = "{zone}"')


def _source(name: str, data: Data, zone: str) -> str:
    lines = [f"[sources.{name}]", f'kind = "{"csv" if data.kind == "demo" else data.kind}"']
    if data.kind == "sql":
        lines += [f'url_env = "{data.url_env}"', f'table = "{name}"']
    else:
        lines.append(f'path = "data/{name}*.{"xlsx" if data.kind == "xlsx" else "csv"}"')
    return "\n".join([*lines, f'timezone = "{zone}"', ""])


def datasets_named(text: str) -> tuple[str, ...]:
    """Data sets with commas or blanks between them. UsageError: one that there is not."""
    from warehouse.sources.catalogue import DATASETS

    names = tuple(dict.fromkeys(re.findall(r"[^\s,，、;；]+", text)))
    for name in names:
        if name not in DATASETS:
            raise UsageError((f"there is no data set {name!r}", f"没有数据集 {name!r}"), suggestion(name, DATASETS))
    return names


def _as_id(text: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return re.sub(r"^[^a-z]+", "", words)[:_MOST_ID].rstrip("-")
