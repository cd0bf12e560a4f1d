"""Reports and replies in the words of several providers; hostile ones say nothing and break nothing."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.receipts.reading import FIELDS, Word, read_word
from tasks.receipts.refusing import refuses

NOW = datetime(2026, 3, 8, 4, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
KEY = "a" * 64
DIGEST = hashlib.sha256(b"13900000101").hexdigest()
AT = datetime(2026, 3, 8, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)

ALIYUN_REPORT = {
    "phone_number": "13900000101", "send_time": "2026-03-08 09:59:58", "report_time": "2026-03-08 10:00:00",
    "success": True, "err_code": "DELIVERED", "err_msg": "用户接收成功", "sms_size": "1",
    "biz_id": "932702304080415357^0", "out_id": KEY,
}  # fmt: skip
TENCENT_REPORT = {
    "user_receive_time": "2026-03-08 10:00:00", "nationcode": "86", "mobile": "13900000101", "report_status": "FAIL",
    "errmsg": "MK:0001", "description": "空号", "sid": "2019:538:1", "ext": "",
}  # fmt: skip
HUAWEI_REPORT = {
    "sequence": "1",
    "smsMsgId": "2ea20735_1",
    "status": "DELIVRD",
    "updateTime": "2026-03-08T02:00:00Z",
    "to": "+86139",
}


def read(item: Any) -> Any:
    return read_word(item, NOW, ZONE)


def said(item: Any) -> tuple[str, str, datetime, str]:
    word = read(item)
    assert isinstance(word, Word)
    assert word.report is not None
    return word.report.ref, word.report.state, word.report.at, word.report.code


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (ALIYUN_REPORT, (KEY, "delivered", AT, "")),
        ({**ALIYUN_REPORT, "out_id": ""}, ("932702304080415357^0", "delivered", AT, "")),
        ({**ALIYUN_REPORT, "success": False, "err_code": "INVALID_NUMBER"}, (KEY, "failed", AT, "INVALID_NUMBER")),
        (TENCENT_REPORT, ("2019:538:1", "failed", AT, "MK:0001")),
        (HUAWEI_REPORT, ("2ea20735_1", "delivered", AT, "")),
        ({"回执号": "77", "状态": "已送达", "送达时间": "2026/03/08 10:00:00"}, ("77", "delivered", AT, "")),
        ({"Receipt": 77, "Send Status": 3, "time": AT.timestamp()}, ("77", "delivered", AT, "")),
        ({"receipt": "77", "state": "failed", "at": int(AT.timestamp() * 1000)}, ("77", "failed", AT, "")),
        ({"receipt": "77", "state": "failed", "at": "2099-01-01T00:00:00Z"}, ("77", "failed", NOW, "")),
        ({"receipt": "77", "state": "failed", "at": "9" * 400}, ("77", "failed", NOW, "")),
        ({"receipt": "77", "state": "failed", "code": "no 13900000101 there"}, ("77", "failed", NOW, "no *** there")),
        ({"receipt": "7\ud83d\x007", "state": "delivered"}, ("7\ufffd 7", "delivered", NOW, "")),
    ],
)  # fmt: skip
def test_reports_in_the_words_of_providers(item: Any, expected: tuple[str, str, datetime, str]) -> None:
    assert said(item) == expected


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (None, "is no object"),
        ([], "is no object"),
        ("delivered", "is no object"),
        ({}, "says neither that it arrived nor that it did not"),
        ({"receipt": "77"}, "says neither that it arrived nor that it did not"),
        ({"receipt": "77", "state": "maybe"}, "says neither that it arrived nor that it did not"),
        ({"receipt": "77", "state": ["delivered"]}, "says neither that it arrived nor that it did not"),
        ({"receipt": "77", "state": "sending"}, "still underway"),
        ({"state": "delivered"}, "names no message and nobody"),
        ({"receipt": "13900000101", "state": "delivered"}, "names no message and nobody"),
        ({"receipt": "li.na@example.com", "state": "delivered"}, "names no message and nobody"),
        ({"content": "R"}, "names no message and nobody"),
        ({"content": "R", "phone_number": "R"}, "names no message and nobody"),
    ],
)
def test_what_says_nothing_is_told_why(item: Any, why: str) -> None:
    assert read(item) == why


@pytest.mark.parametrize("word", ["bounced", "hard_bounce", "blocked", "complaint", "退订"])
def test_a_bounce_or_complaint_refuses(word: str) -> None:
    found = read({"key": KEY, "status": word, "email": "x@y.z"})
    assert found.refusal == f"reported as {word}"
    assert (found.report is None) == (word in {"complaint", "退订"})


@pytest.mark.parametrize(
    "text",
    [
        "R", "r", " R。", "回R", "回复R", "T", "TD", "td!", "TD退订", "退订", "请退订！", "退 订", "ＴＤ", "Stop",
        "STOP!!", "unsubscribe", "UNSUBSCRIBE me", "opt-out", "别再发了", "不要发短信了", "拒收", "N", "取消",
        "再骚扰我就投诉", "RRR", "tt", "0000", "R R", "TD, thanks", "退订 谢谢", "发TD", "please stop sending",
    ],
)  # fmt: skip
def test_refusals_are_recognised(text: str) -> None:
    assert refuses(text)
    found = read({"phone_number": "+86 139 0000 0101", "content": text})
    assert (found.digest, found.refusal) == (DIGEST, "replied that no message is wanted")


@pytest.mark.parametrize(
    "text",
    ["好的", "谢谢", "Yes", "1", "什么时候发货", "red one please", "thanks a lot", "RT", "订单什么时候到", "我要买",
     "t-shirt", "no problem", "", "?", "👍"],
)  # fmt: skip
def test_a_conversation_is_no_refusal(text: str) -> None:
    assert not refuses(text)


def test_words_of_a_reply_are_not_kept() -> None:
    found = read({"phone_number": "13900000101", "content": "我叫甲一，别再发了", "channel": "sms"})
    assert "甲一" not in repr(found)
    assert "13900000101" not in repr(found)


names = st.sampled_from([name for of_one in FIELDS.values() for name in of_one]) | st.text(max_size=8)
values = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.lists(st.integers(), max_size=2)
    | st.sampled_from(["delivered", "failed", "R", "13900000101", KEY, "bounced", "9" * 30, "0001-01-01T00:00+23:59"])
)  # fmt: skip


@given(st.dictionaries(names, values, max_size=8) | values)
@settings(max_examples=400, deadline=None)
def test_nothing_breaks_the_reading(item: Any) -> None:
    found = read(item)
    if isinstance(found, Word) and found.report is not None:
        assert found.report.at <= NOW + timedelta(days=1)
        assert found.report.at.tzinfo is UTC
        assert len(found.report.ref) <= 200
        assert found.report.ref.encode()


@pytest.mark.parametrize(
    ("item", "at", "clicked"),
    [
        ({"receipt": "77", "event": "clicked", "event_time": "2026-03-08 10:00:00"}, AT, AT),
        ({"receipt": "77", "event": "click"}, NOW, NOW),
        ({"回执号": "77", "状态": "已点击", "点击时间": "2026/03/08 10:00:00"}, AT, AT),
        ({"job": KEY, "delivered_at": "2026-03-08 09:00:00", "clicked_at": "2026-03-08 10:00:00"}, AT - HOUR, AT),
        ({"job": KEY, "delivered_at": "2026-03-08 10:00:00", "clicked_at": ""}, AT, None),
        ({"job": KEY, "delivered_at": "2026-03-08 10:00:00", "clicked_at": "no"}, AT, None),
        ({"job": KEY, "delivered_at": "", "clicked_at": "2026-03-08 10:00:00"}, AT, AT),
        ({"receipt": "77", "state": "delivered", "clicked_at": "2099-01-01"}, NOW, None),
    ],
)
def test_clicks_in_the_words_of_providers(item: Any, at: datetime, clicked: datetime | None) -> None:
    word = read(item)
    assert isinstance(word, Word)
    assert word.report is not None
    assert (word.report.state, word.report.at, word.report.clicked_at) == ("delivered", at, clicked)


def test_a_list_without_moments_says_nothing_of_a_message() -> None:
    assert (
        read({"job": KEY, "delivered_at": "", "clicked_at": ""}) == "says neither that it arrived nor that it did not"
    )
