"""One row of a list of refusals: who is meant, on which channels, and why; or what is wrong with it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from campaign_calendars.findings.finding import nearest, suggestion
from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.values.masking import masked_id
from warehouse.features.numbers import DIGESTS, number_key
from warehouse.sources.lists import Line
from warehouse.sources.matching import normal

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "member_id": (
        "member_id", "member", "member id", "id", "account", "account_id", "user_id", "customer_id",
        "会员号", "会员ID", "会员编号", "会员卡号", "会员", "账号", "用户ID", "客户编号",
    ),
    "phone": (
        "phone", "phone_number", "mobile", "number", "tel", "telephone", "msisdn",
        "手机号", "手机号码", "手机", "电话", "电话号码", "联系电话", "号码", "联系手机",
    ),
    "phone_hash": (
        "phone_hash", "hash", "phone_md5", "phone_sha256", "md5", "sha1", "sha256", "hashed_phone",
        "手机号MD5", "手机号SHA256", "手机号哈希", "加密手机号",
    ),
    "channel": ("channel", "渠道", "触达渠道", "拒收渠道"),
    "reason": ("reason", "原因", "拒收原因", "退订原因", "备注", "说明"),
}  # fmt: skip
"""Our columns and the headers they are known by."""
NOT_STATED = "not stated"
_NOTHING = frozenset(
    {
        "", "#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "null", "none", "nan", "nil", "n/a",
        "\\n", "-", "--", "无", "空", "合计", "小计", "总计", "total", "subtotal",
    }
)  # fmt: skip
_LONGEST_NOTHING = max(map(len, _NOTHING))
_EVERY = frozenset({"", "*", "all", "any", "every", "全部", "所有", "所有渠道", "全部渠道"})
# Words of people for the kinds of channels.
_KINDS: Mapping[str, str] = {
    "短信": "sms", "text": "sms", "message": "sms", "texts": "sms", "推送": "push", "app": "push",
    "app推送": "push", "push通知": "push", "notification": "push", "邮件": "mail", "email": "mail", "e-mail": "mail",
    "邮箱": "mail", "电话": "phone", "外呼": "phone", "call": "phone", "calls": "phone", "企业微信": "wecom",
    "企微": "wecom", "wechat": "wecom", "微信": "wecom", "群": "group", "群聊": "group",
    "专属客服": "dedicated_service", "客服": "chat", "旺旺": "chat",
}  # fmt: skip
_WRAPS = "=\"'\ufeff\u200b"
_FLOAT = re.compile(r"([0-9]+)[.]0+")
_HEX = re.compile("[0-9a-f]+")
_SHORT = 4


class Refusal(NamedTuple):
    """A row that was understood. `digest` of the telephone number; `shown` names the row without giving a number away.

    `channels`: (None,) stands for every channel.
    """

    line: int
    member_id: str
    plain: str
    digest: str
    channels: tuple[str | None, ...]
    reason: str
    shown: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not understood: why, and what to do, in English and Chinese."""

    said: str
    said_zh: str
    hint: str
    hint_zh: str


def columns_of(header: Sequence[str], at: Location) -> tuple[dict[str, int] | None, list[Problem]]:
    """Our columns → their place in the header, and what is wrong with it; None when nothing can be taken (S601)."""
    names = {normal(word): ours for ours, words in COLUMNS.items() for word in words}
    found: dict[str, int] = {}
    unread: list[str] = []
    for position, cell in enumerate(header):
        ours = names.get(normal(cell))
        if ours is None and cell.strip():
            unread.append(cell.strip())
        elif ours in found:
            said = (f"the header has the column {ours} twice", f"表头中 {ours} 出现两次")
            return None, [_header(*said, at)]
        elif ours is not None:
            found[ours] = position
    for cell in unread:
        # A mistyped channel column would turn "no SMS" into "nothing at all".
        if (meant := nearest(normal(cell), list(COLUMNS))) is not None and meant not in found:
            said = (f"the header has '{cell}': did you mean {meant}?", f"表头中有“{cell}”：是否想写 {meant}？")
            return None, [_header(*said, at)]
    if not {"member_id", "phone", "phone_hash"} & set(found):
        said = (
            f"the header names nobody: {', '.join(cell for cell in header if cell) or 'it is empty'}",
            f"表头没有会员号或手机号列：{'、'.join(cell for cell in header if cell) or '为空'}",
        )
        return None, [_header(*said, at)]
    return found, [_unread(unread, at)] if unread else []


@dataclass
class RowReader:
    """Reads the rows of one list. `columns`: ours → their place; `width` of the header; `channels`: name → kind."""

    columns: Mapping[str, int]
    width: int
    channels: Mapping[str, str]
    _meant: dict[str, tuple[str | None, ...] | Refused] = field(default_factory=dict, init=False)
    """Cells of channels that were understood before: a list has a handful of them in a million rows."""

    def read(self, line: Line) -> Refusal | Refused:
        """What a row says."""
        cells = line.cells
        if len(cells) != self.width and (len(cells) < self.width or any(c.strip() for c in cells[self.width :])):
            said = (f"{len(cells)} cells under {self.width} columns", f"该行有 {len(cells)} 格，表头有 {self.width} 列")
            return Refused(*said, "Quote cells that hold the delimiter.", "含分隔符的单元格请加引号。")
        member, phone = plain_id(self._cell(cells, "member_id")), _filled(self._cell(cells, "phone"))
        hashed = "" if phone else _filled(self._cell(cells, "phone_hash"))
        digest = _digest_of(phone) if phone else _digest(hashed)
        if isinstance(digest, Refused):
            return digest
        if not member and not digest:
            hint = ("Name a member_id, a phone or a phone_hash.", "请写会员号、手机号或手机号摘要。")
            return Refused("the row names nobody", "该行没有指明任何人", *hint)
        meant = self._channels(self._cell(cells, "channel"))
        if isinstance(meant, Refused):
            return meant
        reason = self._cell(cells, "reason").strip() or NOT_STATED
        shown = member or masked_id(phone or digest)
        return Refusal(line.number, member, _spelled(member), digest, meant, reason, shown)

    def _cell(self, cells: Sequence[str], name: str) -> str:
        place = self.columns.get(name)
        return "" if place is None else cells[place]

    def _channels(self, cell: str) -> tuple[str | None, ...] | Refused:
        if cell not in self._meant:
            self._meant[cell] = channels_of(cell, self.channels)
        return self._meant[cell]


def _digest_of(phone: str) -> str | Refused:
    """The digest of a telephone number as a person writes it."""
    key = number_key(phone)
    if key is None:
        hint = ("Write all digits of the number.", "请写完整号码。")
        return Refused(f"{masked_id(phone)} is no telephone number", f"{masked_id(phone)} 不是电话号码", *hint)
    return hashlib.sha256(key.encode()).hexdigest()


def _digest(written: str) -> str | Refused:
    """A digest as a list has it; "" where it has none."""
    digest = written.lower()
    if digest and (len(digest) not in DIGESTS or not _HEX.fullmatch(digest)):
        hint = ("Write MD5, SHA-1 or SHA-256 in hexadecimal digits.", "请写十六进制的 MD5、SHA-1 或 SHA-256。")
        return Refused("the digest of a number cannot be read", "号码摘要无法读取", *hint)
    return digest


def channels_of(cell: str, known: Mapping[str, str]) -> tuple[str | None, ...] | Refused:
    """Channels a cell names: by name, by kind or by a word people use for the kind; (None,) for all of them."""
    word = unicodedata.normalize("NFKC", cell).strip(_WRAPS + " \t\r\n").casefold()
    if word in _EVERY:
        return (None,)
    if named := [name for name in known if name.casefold() == word]:
        return tuple(named)
    kind = _KINDS.get(word, word)
    if of_kind := [name for name, its in known.items() if its == kind or name.casefold() == kind]:
        return tuple(of_kind)
    hint, hint_zh = suggestion(word, known)
    return Refused(f"there is no channel '{cell.strip()}'", f"没有渠道“{cell.strip()}”", hint, hint_zh)


def plain_id(cell: str) -> str:
    """An id without the guards of exports (`="0102"`, `'0102`), tabs and blanks around it; "" for words of nothing."""
    return _filled(cell).replace("\u200b", "")


def _filled(cell: str) -> str:
    if not cell or (len(cell) > _LONGEST_NOTHING and cell.isascii() and cell.isalnum()):
        return cell
    text = cell.strip().strip(_WRAPS).strip()
    return "" if text.casefold() in _NOTHING else text


def _spelled(member: str) -> str:
    """An id in plain letters, without blanks in it and without the .0 of a spreadsheet."""
    if member.isascii() and member.isalnum():
        return member
    plain = member if member.isascii() else unicodedata.normalize("NFKC", member)
    plain = "".join(plain.split())
    whole = _FLOAT.fullmatch(plain)
    return whole[1] if whole else plain


def _header(said: str, said_zh: str, at: Location) -> Problem:
    hint = "Columns: member_id, phone or phone_hash; channel and reason may be empty or absent."
    hint_zh = "列：member_id、phone 或 phone_hash；channel、reason 可为空或省略。"
    return Problem("S601", "error", said, hint, at, said_zh, hint_zh)


def _unread(cells: Collection[str], at: Location) -> Problem:
    return Problem(
        "S604",
        "warning",
        f"nothing is read from the columns {', '.join(cells)}",
        "If one of them says who refused, or on which channel, call it member_id, phone, phone_hash or channel.",
        at,
        f"以下列未读取：{'、'.join(cells)}",
        "若其中有会员、号码或渠道，请将列名改为 member_id、phone、phone_hash 或 channel。",
    )
