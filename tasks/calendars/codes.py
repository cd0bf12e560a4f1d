"""Codes bought from a partner: one a line in a file of the project, known elsewhere by their digest alone (C630).

Whoever has a code can use it: codes stand in no log, no finding, no ledger and no record, and nothing but the text of
the message that hands one out has it in full.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from campaign_calendars.findings.problem import Location, Problem, sort_problems
from campaign_calendars.findings.said import Said
from campaign_calendars.messages.paths import LEAVES, path_fault, printable
from campaign_calendars.messages.templates import messages_of
from campaign_calendars.model.benefits.rights import Partner
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import LoadedCalendar

HEADINGS = frozenset({"code", "codes", "兑换码", "券码", "卡密"})
LONGEST = 64
"""Characters of a code."""
MOST = 1_000_000


class UnreadCodesError(ValueError):
    """A file of codes that cannot be used; `said` is why, without a code."""

    def __init__(self, said: Said, line: int = 1) -> None:
        self.said, self.line = said, line
        super().__init__(said[0])


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a partner by their digests, in the order of the file; each once."""

    partner: str
    by_digest: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Codes({self.partner!r}, {len(self.by_digest)} codes)"


def read_codes(root: Path, benefit: Partner) -> Codes:
    """The codes of a benefit's file; UnreadCodesError where it is missing, outside the project or no list of codes."""
    name = benefit.codes or ""
    if (fault := path_fault(name)) is not None:
        raise UnreadCodesError(fault)
    file = root / name
    if not file.resolve().is_relative_to(root.resolve()):
        raise UnreadCodesError(LEAVES)
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UnreadCodesError(("is no text in UTF-8", "不是 UTF-8 文本")) from None
    except OSError:
        raise UnreadCodesError(("does not exist", "不存在")) from None
    partner = partner_of(benefit)
    return Codes(partner, {digest(partner, code): code for code in _codes(lines)})


def _codes(lines: list[str]) -> Iterator[str]:
    if len(lines) > MOST:
        raise UnreadCodesError((f"has more than {MOST:,} lines", f"超过 {MOST:,} 行"))
    for number, line in enumerate(lines, 1):
        code = line.strip().strip('"').strip()
        if not code or (number == 1 and code.casefold() in HEADINGS):
            continue
        if any(char in code for char in ',;\t"') or not code.isprintable():
            raise UnreadCodesError(("has more than a code in a line", "一行中不止一个码"), number)
        if len(code) > LONGEST:
            said = (f"has a code of more than {LONGEST} characters", f"含有超过 {LONGEST} 字的码")
            raise UnreadCodesError(said, number)
        yield code


def partner_of(benefit: Partner) -> str:
    """By what codes of a partner are told apart: its brand, whichever calendar has them."""
    return (benefit.brand.en or benefit.brand.zh or "").strip().casefold()


def digest(partner: str, code: str) -> str:
    """By what the ledger knows a code: from it nobody reads the code."""
    return hashlib.sha256(f"{partner}\n{code}".encode()).hexdigest()


def masked_code(code: str) -> str:
    """`YK7F-9Q2M` → `YK*******`: enough to find its row in the partner's list, too little to use it."""
    return code[:2] + "*" * (len(code) - 2) if len(code) > 4 else "*" * len(code)  # noqa: PLR2004


def with_codes(loaded: LoadedCalendar, root: Path) -> LoadedCalendar:
    """The calendar with the number of their codes as the stock of its partners' benefits; less where it says so."""
    counted = {}
    for name, benefit in loaded.calendar.benefits.items():
        if isinstance(benefit, Partner) and benefit.codes is not None:
            try:
                count = len(read_codes(root, benefit).by_digest)
            except UnreadCodesError:
                count = 0  # `check_codes` says why, and stops what would send
            stock = count if benefit.stock is None else min(benefit.stock, count)
            counted[name] = benefit.model_copy(update={"stock": stock})
    if not counted:
        return loaded
    calendar = loaded.calendar.model_copy(update={"benefits": {**loaded.calendar.benefits, **counted}})
    return replace(loaded, calendar=calendar)


def check_codes(calendar: Calendar, root: Path, texts: Mapping[str, str] | None = None) -> list[Problem]:
    """C630 for files of codes that cannot be used, C631 for messages that would hand out no code."""
    found: list[Problem] = []
    known: dict[str, str] = {}
    for name, benefit in calendar.benefits.items():
        if isinstance(benefit, Partner) and benefit.codes is not None:
            found += _of_file(root, name, benefit)
            if (other := known.setdefault(benefit.codes, name)) != name:
                found.append(_twice(name, other, benefit.codes))
            found += _of_texts(calendar, name, texts or {})
    return sort_problems(found)


def _of_file(root: Path, name: str, benefit: Partner) -> Iterator[Problem]:
    file = printable(benefit.codes or "")
    try:
        codes = read_codes(root, benefit)
    except UnreadCodesError as error:
        en, zh = error.said
        where = Location(file, error.line, 1)
        yield _problem(
            where,
            (f"the codes of {name}: the file {en}", f"{name} 的兑换码：文件{zh}"),
            ("Put one code on each line of a file in the project.", "请在项目内的文件中每行写一个码。"),
        )
        return
    if not codes.by_digest:
        yield _problem(
            Location(file, 1, 1),
            (f"the codes of {name}: the file has none", f"{name} 的兑换码：文件中没有码"),
            ("Put one code on each line of it.", "请每行写一个码。"),
        )


def _twice(name: str, other: str, file: str) -> Problem:
    return _problem(
        Location(printable(file), 1, 1),
        (f"the codes of {name} are those of {other}: none can be given twice", f"{name} 与 {other} 用同一份兑换码"),
        ("Give each benefit a file of its own.", "请为每个权益使用各自的文件。"),
    )


def _of_texts(calendar: Calendar, name: str, texts: Mapping[str, str]) -> Iterator[Problem]:
    giving = [play for phase in calendar.phases for play in phase.plays if name in play.benefits]
    named = {text for play in giving for message in messages_of(play).values() for text in message.named}
    for text in sorted(named & texts.keys()):
        if "benefit.code" not in texts[text]:
            yield Problem(
                "C631",
                "error",
                f"the message gives {name} and hands out no code of it",
                "Write {{ benefit.code }} where the code is to stand.",
                Location(text, 1, 1),
                f"消息发放 {name}，却没有写出兑换码",
                "请在需要处写 {{ benefit.code }}。",
            )


def _problem(where: Location, said: Said, hint: Said) -> Problem:
    return Problem("C630", "error", said[0], hint[0], where, said[1], hint[1])
