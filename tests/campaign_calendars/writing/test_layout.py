"""fmt: the same data, every comment, one layout; formatting twice changes nothing."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign_calendars.findings.errors import ProblemsFoundError, PromocalError
from campaign_calendars.model.store import Store
from campaign_calendars.reading.source import read
from campaign_calendars.writing.layout import format_text
from campaign_calendars.writing.tree import parse

LIBRARY = files("campaign_calendars") / "library"
CALENDARS = sorted(e.name for e in LIBRARY.iterdir() if e.name.endswith(".yaml"))


@cache
def shipped(name: str) -> str:
    return (LIBRARY / name).read_text("utf-8")


def formatted(text: str) -> str:
    """The formatted text, after the three promises were tried on it."""
    made = format_text(text)
    assert read(made).data == read(text).data
    assert read(made).problems == []
    assert sorted(parse(made).comments) == sorted(parse(read(text).locations.text).comments)
    assert format_text(made) == made
    assert made.endswith("\n")
    assert not re.search(r"[ \t]\n|\n\n\n|\t", made.replace("\\t", ""))
    return made


MESSY = """\
# header


calendar:   "spring-2026"  # the id
store: 'shop'
phases:
    -   kind:   burst
        # above the id
        id: burst          # behind the id
        window: { to: D,from: D-3 }


        # about the plays
        plays:
        - {channels: [sms,
            push], id: p, audience: all}   # behind the brackets

        -
          # alone
          audience: 'all'
          id: q
          message: >-   # folded
             m
             n
          at: [  # kept
            D-1 10:00,   # first
            'D 10:00' ]
        # - id: switched-off
        #   audience: all

    # above warm-up
    - id: warm-up
      kind: warm_up
      window: {from: D-9, to: D-4}
timezone: Asia/Shanghai
audiences:
  all: {where: "joined", title: {zh: '是：全部', en: "yes, no"}}
  none:
      joined and
      not joined
# the end
"""
CANONICAL = """\
# header

calendar: spring-2026 # the id
store: shop
timezone: Asia/Shanghai
audiences:
  all: {title: {zh: "是：全部", en: "yes, no"}, where: joined}
  none: joined and
      not joined
phases:
  # above the id
  - id: burst # behind the id
    kind: burst
    window: {from: D-3, to: D}

    # about the plays
    plays:
      - {id: p, audience: all, channels: [sms, push]} # behind the brackets

      - id: q
        # alone
        audience: all
        at: [  # kept
            D-1 10:00,   # first
            'D 10:00' ]
        message: >- # folded
          m
          n
      # - id: switched-off
      #   audience: all

  # above warm-up
  - id: warm-up
    kind: warm_up
    window: {from: D-9, to: D-4}
# the end
"""


def test_a_messy_calendar() -> None:
    assert formatted(MESSY) == CANONICAL


@pytest.mark.parametrize("name", CALENDARS)
def test_shipped_calendars_keep_data_and_comments(name: str) -> None:
    formatted(shipped(name))


@pytest.mark.parametrize("store", sorted(e.name for e in (LIBRARY / "stores").iterdir()))
def test_shipped_stores_keep_data_and_comments(store: str) -> None:
    text = shipped(f"stores/{store}")
    made = format_text(text, model=Store)
    assert read(made).data == read(text).data
    assert format_text(made, model=Store) == made
    assert sorted(parse(made).comments) == sorted(parse(text).comments)


@pytest.mark.parametrize("name", CALENDARS)
def test_any_dumper_s_layout_can_be_formatted(name: str) -> None:
    data = read(shipped(name)).data
    for flow in (True, False, None):
        formatted(yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, width=60))


Mutation = Callable[[list[str], random.Random], list[str]]


def _own_comment(lines: list[str], draw: random.Random) -> list[str]:
    at = draw.randrange(len(lines) + 1)
    return [*lines[:at], " " * draw.randrange(12) + f"# note {draw.randrange(99)}", *lines[at:]]


def _remark(lines: list[str], draw: random.Random) -> list[str]:
    at = draw.randrange(len(lines))
    spaces = " " * draw.randrange(1, 5)
    return [*lines[:at], lines[at] + f"{spaces}#remark {draw.randrange(99)}  ", *lines[at + 1 :]]


def _blank(lines: list[str], draw: random.Random) -> list[str]:
    at = draw.randrange(len(lines) + 1)
    return [*lines[:at], *[" " * draw.randrange(3)] * draw.randrange(1, 4), *lines[at:]]


def _wide(lines: list[str], _: random.Random) -> list[str]:
    doubled = [" " * (len(line) - len(line.lstrip())) + line for line in lines]
    return [re.sub(r"^( *)- +", r"\1-   ", line) if re.match(r" *- [^ ]", line) else line for line in doubled]


def _quoted(lines: list[str], draw: random.Random) -> list[str]:
    mark = draw.choice("'\"")
    return [re.sub(r": ([\w.-]+)$", rf": {mark}\1{mark}", line) for line in lines]


def _broken(lines: list[str], draw: random.Random) -> list[str]:
    """A line break, with or without a comment, behind a comma inside brackets."""
    places = [(n, m.end()) for n, line in enumerate(lines) for m in re.finditer(r"(?<=[\w}\]]), (?=[\w{\[])", line)]
    places = [(n, at) for n, at in places if _in_brackets(lines[n][:at])]
    if not places:
        return lines
    number, at = draw.choice(places)
    line = lines[number]
    behind = draw.choice(["", " # inside"])
    return [*lines[:number], line[: at - 1] + behind, " " * 30 + line[at:], *lines[number + 1 :]]


def _in_brackets(text: str) -> bool:
    plain = re.sub(r"\"[^\"]*\"?", "", text.partition(" #")[0])
    return plain.count("[") + plain.count("{") > plain.count("]") + plain.count("}") and text.count('"') % 2 == 0


MUTATIONS: list[Mutation] = [_own_comment, _remark, _blank, _wide, _quoted, _broken]


@given(
    name=st.sampled_from(["queens-day-2020.yaml", "double-11-2021.yaml"]),
    steps=st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=8),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=20, deadline=None)
@example(name="queens-day-2020.yaml", steps=[_wide, _wide, _broken, _broken, _own_comment], seed=1)
def test_mutated_calendars_keep_data_and_comments(name: str, steps: list[Mutation], seed: int) -> None:
    draw = random.Random(seed)
    lines = shipped(name).split("\n")
    for step in steps:
        lines = step(lines, draw)
    text = "\n".join(lines)
    if read(text).data is not None and not read(text).problems:
        assert read(formatted(text)).data == read(shipped(name)).data


_TEXTS = st.text(alphabet=st.sampled_from("ab1:#-[]{},'\"\\ \n是：，?&*!|>%@`~.=<\t"), max_size=8)
_DATA = st.dictionaries(
    st.sampled_from(["calendar", "title", "phases", "x y", "1", "no", "#", "a: b"]),
    st.recursive(
        _TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS.filter(bool), inner, max_size=3),
        max_leaves=8,
    ),
    min_size=1,
    max_size=4,
)


@given(_DATA, st.sampled_from([True, False, None]), st.sampled_from([None, '"', "'", "|", ">"]))
@settings(max_examples=200, deadline=None)
def test_any_data_survives(data: dict[str, object], flow: bool | None, style: str | None) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, default_style=style, width=40)
    source = read(text)
    if source.data is None or source.problems:
        return
    try:
        made = format_text(text)
    except PromocalError as error:
        assert "indentation digit" in str(error)  # noqa: PT017 - the one thing that is refused
        return
    assert read(made).data == source.data
    assert format_text(made) == made


def test_anchors_keep_their_order_and_windows_files_are_read() -> None:
    text = "phases: &p\r\n-   {window: &w {to: D,   from: D}, id: a}\r\n-   {window: *w , id: b}\r\ncalendar: x\r\n"
    assert format_text("\ufeff" + text) == (
        "phases: &p\n  - {window: &w {to: D, from: D}, id: a}\n  - {window: *w , id: b}\ncalendar: x\n"
    )


def test_what_cannot_be_read_is_said() -> None:
    with pytest.raises(ProblemsFoundError) as raised:
        format_text("calendar: [", "c.yaml")
    assert raised.value.problems[0].location.file == "c.yaml"
