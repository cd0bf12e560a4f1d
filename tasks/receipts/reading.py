"""One report or reply, as providers write them → what it says (B3).

Names of fields are those of Alibaba Cloud, Tencent, Huawei and of lists that people export; they are told apart
without case, blanks and underscores. What a reply said is looked at and never kept.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from campaign_calendars.values.masking import masked_words
from tasks.channels.answers import storable
from tasks.receipts.refusing import refuses
from warehouse.features.numbers import number_key
from warehouse.ledger.deliveries import DeliveryState, Report

FIELDS: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "intent_key", "idempotency_key", "job", "消息键"),
    "out_id": ("out_id", "extend", "session_context", "ext"),
    "receipt": ("receipt", "biz_id", "sid", "serial_no", "msg_id", "message_id", "sms_id", "sms_msg_id",
                "回执", "消息编号", "回执号"),
    "state": ("state", "status", "report_status", "send_status", "success", "event", "event_type",
              "状态", "送达状态", "回执状态"),
    "code": ("code", "err_code", "error_code", "errmsg", "reason", "错误码", "状态码", "失败原因"),
    "arrived": ("delivered_at", "送达时间"),
    "clicked": ("clicked_at", "click_time", "first_click_time", "点击时间", "首次点击时间"),
    "at": ("at", "report_time", "user_receive_time", "event_time", "update_time", "receive_date",
           "timestamp", "time", "回执时间", "接收时间"),
    "number": ("phone_number", "phone", "mobile", "from", "msisdn", "tel", "手机号", "手机号码", "号码", "接收号码"),
    "number_hash": ("phone_hash", "phone_sha256", "phone_md5", "手机号哈希"),
    "member": ("member_id", "member", "external_userid", "user_id", "会员号", "会员编号"),
    "channel": ("channel", "渠道"),
    "said": ("content", "text", "reply", "reply_content", "mo_content", "sms_content", "回复内容", "上行内容", "内容"),
}  # fmt: skip
"""What we look for and the names it goes by."""
_OF = {re.sub(r"[\W_]", "", name).casefold(): ours for ours, names in FIELDS.items() for name in names}
_KEY = re.compile("[0-9a-f]{64}")
_DIGEST = re.compile("[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
_MILLISECONDS = 10**11  # seconds of the year 5138: what is larger counts in thousandths
_LATER = timedelta(days=1)  # a clock that is further ahead is not believed

DELIVERED = frozenset(
    {"delivered", "delivrd", "success", "succeeded", "ok", "received", "true", "3", "已送达", "送达", "成功"}
)
FAILED = frozenset(
    {"failed", "fail", "failure", "undelivered", "undeliv", "rejected", "rejectd", "expired", "deleted", "false", "2",
     "dropped", "失败", "未送达", "发送失败", "送达失败"}
)  # fmt: skip
GONE = frozenset({"bounced", "bounce", "hard_bounce", "hardbounce", "blocked", "blacklisted", "退信", "硬退"})
"""It failed, and will again: nobody is there, or refuses."""
COMPLAINED = frozenset(
    {"complaint", "complained", "spam", "spam_complaint", "unsubscribe", "unsubscribed", "投诉", "退订"}
)
UNDERWAY = frozenset(
    {"sent", "sending", "accepted", "acceptd", "queued", "enroute", "submitted", "processed", "deferred", "soft_bounce",
     "open", "opened", "1", "发送中", "已提交", "等待回执"}
)  # fmt: skip
CLICKED = frozenset({"click", "clicked", "link_clicked", "点击", "已点击"})
"""Its link was followed: then it has arrived."""

NobodyReason = Literal[
    "names no message and nobody", "says neither that it arrived nor that it did not", "is no object"
]
Unread = NobodyReason | Literal["still underway"]


@dataclass(frozen=True, slots=True)
class Word:
    """What one report or reply says. `report`: of a message; `refusal`: why the person must not be contacted any more.

    `digest` of the person's number, where it stands there. A reply that refuses nothing has neither.
    """

    report: Report | None = None
    refusal: str = ""
    member_id: str = ""
    digest: str = ""
    channel: str = ""
    ref: str = ""


def read_word(item: object, received: datetime, zone: tzinfo) -> Word | Unread:
    """Understand one object; moments without an offset are of `zone`. Raises nothing, whatever it is."""
    if not isinstance(item, Mapping):
        return "is no object"
    cells = _cells(item)
    about = _about(cells)
    word = _plain(cells.get("state", ""))
    if cells.get("said") and not word:
        return _reply(cells["said"], about)
    if word in UNDERWAY:
        return "still underway"
    state = _state(word) or (None if word else _told_by_moments(cells))
    if state is None:
        return "says neither that it arrived nor that it did not"
    complained = word in COMPLAINED
    code = masked_words(storable(cells.get("code", ""), 60))
    report = None
    if about.ref and not complained:
        clicked = _moment(cells.get("clicked", ""), received, zone)
        at = _moment(cells.get("at") or cells.get("arrived", ""), received, zone) or clicked or received
        report = Report(
            ref=about.ref,
            state=state,
            at=at,
            code=code if state == "failed" else "",
            member_id=about.member_id,
            clicked_at=clicked or (at if word in CLICKED else None),
        )
    refusal = f"reported as {word}" if complained or word in GONE else ""
    if report is None and not (refusal and (about.member_id or about.digest or about.ref)):
        return "names no message and nobody"
    return Word(report, refusal, about.member_id, about.digest, about.channel, about.ref)


def _reply(said: str, about: Word) -> Word | Unread:
    if not (about.member_id or about.digest or about.ref):
        return "names no message and nobody"
    refusal = "replied that no message is wanted" if refuses(said) else ""
    return Word(None, refusal, about.member_id, about.digest, about.channel, about.ref)


def _cells(item: Mapping[object, object]) -> dict[str, str]:
    """Our fields → the first text that stands under one of their names."""
    found: dict[str, str] = {}
    for name, value in list(item.items())[:100]:
        ours = _OF.get(re.sub(r"[\W_]", "", str(name)[:60]).casefold())
        if ours is None or value is None or isinstance(value, (dict, list)):
            continue
        text = storable(value)
        if text and text.casefold() not in ("null", "none", "nan"):
            found.setdefault(ours, text)
    return found


def _about(cells: Mapping[str, str]) -> Word:
    """Who, or which message, is meant."""
    keys = [cells[name].casefold() for name in ("key", "out_id") if name in cells]
    ours = next((key for key in keys if _KEY.fullmatch(key)), None)
    ref = ours or cells.get("receipt") or cells.get("out_id") or cells.get("key") or ""
    key = number_key(cells.get("number", ""))
    digest = hashlib.sha256(key.encode()).hexdigest() if key else cells.get("number_hash", "").casefold()
    # A number in the place of a reference is nobody's receipt, and must not be kept.
    ref = "" if number_key(ref) is not None and len(ref) <= 15 or "@" in ref else ref  # noqa: PLR2004, RUF021
    return Word(
        member_id=cells.get("member", "")[:64],
        digest=digest if _DIGEST.fullmatch(digest) else "",
        channel=cells.get("channel", ""),
        ref=ref,
    )


def _state(word: str) -> DeliveryState | None:
    if word in DELIVERED or word in CLICKED:
        return "delivered"
    return "failed" if word in FAILED or word in GONE or word in COMPLAINED else None


def _told_by_moments(cells: Mapping[str, str]) -> DeliveryState | None:
    """A list with moments and no word: what has one arrived."""
    return "delivered" if cells.get("arrived") or cells.get("clicked") else None


def _plain(text: str) -> str:
    return re.sub(r"[\s-]+", "_", unicodedata.normalize("NFKC", text).strip().casefold())


def _moment(text: str, received: datetime, zone: tzinfo) -> datetime | None:
    """A moment as it is written; None where there is none, it cannot be read, or lies ahead."""
    try:
        if re.fullmatch(r"[0-9]{9,14}(\.[0-9]+)?", text) and not text.startswith("20"):
            seconds = float(text)
            found = datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS else seconds, UTC)
        else:
            found = datetime.fromisoformat(text.replace("/", "-").strip())
        found = (found.replace(tzinfo=zone) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found <= received + _LATER else None
