"""Alibaba Cloud SMS against a stand-in of its interface that misbehaves: where each answer puts a message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import ChannelError, UsageError
from promocal.testing import a_batch
from tasks.channels import aliyun_sms
from tasks.channels.aliyun_sms import Template
from tasks.channels.port import Batch, ChannelPort, key_of
from tasks.channels.registry import open_channel
from tests.tasks.channels.aliyun_stand_in import (
    KEY_ID,
    SECRET,
    Fault,
    StandIn,
    answers,
    hangs,
    hangs_up,
    says,
)

SECRETS = {"ALIYUN_ID": KEY_ID, "ALIYUN_SECRET": SECRET, "WRONG": "other", "BROKEN": "a\n"}
NEWS = {"code": "SMS_1", "text": "亲爱的${name}，春季上新。拒收请回复R"}
PLAIN = {"code": "SMS_2", "text": "春季上新。拒收请回复R"}


def texts(count: int, text: str = "亲爱的会员，春季上新。拒收请回复R", **change: Any) -> Batch:
    batch = a_batch(count)
    changed = tuple(
        replace(message, **{"text": text, "address": f"1381234{number:04}", **change})
        for number, message in enumerate(batch.messages)
    )
    return replace(batch, messages=changed)


def opened(stand_in: StandIn | None = None, **keys: Any) -> ChannelPort:
    table = {
        "signature": "演示店",
        "templates": [NEWS, PLAIN],
        "key_id_env": "ALIYUN_ID",
        "key_secret_env": "ALIYUN_SECRET",
        "endpoint": stand_in.endpoint if stand_in is not None else "dysmsapi.aliyuncs.com",
        "plain_http": True,
        "timeout": 1,
        "look_up_after": 0,
        **keys,
    }
    return open_channel(aliyun_sms.KIND, "sms", table, Path(), SECRETS.__getitem__)


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as found:
        yield found


def test_a_text_leaves_as_its_template_with_what_stands_at_its_variables(stand_in: StandIn) -> None:
    batch = texts(3)
    own = (
        replace(batch.messages[0], text="亲爱的王小明，春季上新。拒收请回复R", address="+86 138-1234-0000"),
        replace(batch.messages[1], text="春季上新。拒收请回复R"),
        batch.messages[2],
    )
    outcomes = {one.intent_key: one for one in opened(stand_in).send(replace(batch, messages=own))}
    assert [outcomes[message.intent_key].status for message in own] == ["sent"] * 3
    assert stand_in.delivered == [
        {"number": "13812340000", "out_id": key_of([own[0], own[2]]), "template": "SMS_1", "name": "王小明"},
        {"number": "13812340002", "out_id": key_of([own[0], own[2]]), "template": "SMS_1", "name": "会员"},
        {"number": "13812340001", "out_id": key_of([own[1]]), "template": "SMS_2"},
    ]
    assert outcomes[own[0].intent_key].receipt == "1^0"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("别的话。拒收请回复R", "13812340000"),
        ("亲爱的" + "长" * 36 + "，春季上新。拒收请回复R", "13812340000"),
        ("亲爱的，春季上新。拒收请回复R", "13812340000"),
        ("春季上新。拒收请回复R", "12345"),
        ("春季上新。拒收请回复R", "1390000010a"),
        ("春季上新。拒收请回复R", "+1 202 555 0100"),
        ("春季上新。拒收请回复R", "13812340000\r\nX: y"),
    ],
)
def test_what_was_not_approved_and_what_is_no_number_never_leaves(stand_in: StandIn, text: str, address: str) -> None:
    batch = texts(2)
    wrong = replace(batch.messages[0], text=text, address=address)
    outcomes = {
        one.intent_key: one for one in opened(stand_in).send(replace(batch, messages=(wrong, *batch.messages[1:])))
    }
    assert outcomes[wrong.intent_key].status == "failed"
    assert outcomes[batch.messages[1].intent_key].status == "sent"
    assert len(stand_in.delivered) == 1


def test_a_request_has_100_messages_at_most(stand_in: StandIn) -> None:
    assert opened(stand_in).batch_size == 100
    opened(stand_in, batch=7).send(texts(15))
    assert [len(request["numbers"]) for request in stand_in.requests] == [7, 7, 1]


@pytest.mark.parametrize(
    ("code", "status", "waits"),
    [
        ("isp.SYSTEM_ERROR", "pending", True),
        ("isv.BUSINESS_LIMIT_CONTROL", "pending", True),
        ("isv.DAY_LIMIT_CONTROL", "pending", True),
        ("isv.MONTH_LIMIT_CONTROL", "pending", True),
        ("isv.MOBILE_NUMBER_ILLEGAL", "failed", False),
        ("isv.SMS_CONTENT_ILLEGAL", "failed", False),
        ("isv.BLACK_KEY_CONTROL_LIMIT", "failed", False),
        ("isv.NEVER_HEARD_OF", "unknown", False),
    ],
)
def test_codes_of_the_profile(stand_in: StandIn, code: str, status: str, waits: bool) -> None:
    stand_in.faults = [says(code)]
    (outcome,) = opened(stand_in).send(texts(1))
    assert (outcome.status, outcome.retry_after is not None) == (status, waits)
    assert outcome.refuses_contact is (code == "isv.BLACK_KEY_CONTROL_LIMIT")
    assert code in str(outcome.error)
    assert len(stand_in.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        says("isv.AMOUNT_NOT_ENOUGH"),
        says("isv.SMS_TEMPLATE_ILLEGAL"),
        says("isp.RAM_PERMISSION_DENY"),
        says("isv.OUT_OF_SERVICE"),
        says("SignatureDoesNotMatch", 400),
        says("InvalidAccessKeyId.NotFound", 404),
    ],
)
def test_what_only_a_person_can_mend_stops_the_channel(stand_in: StandIn, fault: Fault) -> None:
    stand_in.faults = [fault]
    with pytest.raises(ChannelError, match="channel sms cannot be used: the provider said") as caught:
        opened(stand_in).send(texts(3))
    assert "1381234" not in str(caught.value)
    assert not stand_in.delivered


def test_what_left_before_the_account_was_empty_is_told(stand_in: StandIn) -> None:
    stand_in.faults = [None, says("isv.AMOUNT_NOT_ENOUGH")]
    outcomes = opened(stand_in, batch=2).send(texts(5))
    assert [one.status for one in outcomes] == ["sent", "sent", "pending", "pending", "pending"]
    assert len(stand_in.requests) == 2


def test_throttling_is_waited_for(stand_in: StandIn) -> None:
    stand_in.faults = [says("Throttling.User", 400)]
    (outcome,) = opened(stand_in).send(texts(1))
    assert (outcome.status, outcome.error) == ("pending", "the provider said Throttling.User")


def test_one_bad_number_spoils_nobody_else_and_is_found(stand_in: StandIn) -> None:
    stand_in.codes = {"13812340003": "isv.MOBILE_NUMBER_ILLEGAL", "13812340006": "isv.BLACK_KEY_CONTROL_LIMIT"}
    batch = texts(10)
    outcomes = {one.intent_key: one for one in opened(stand_in).send(batch)}
    found = [outcomes[message.intent_key] for message in batch.messages]
    assert [one.status for one in found].count("sent") == 8
    assert [found[3].status, found[6].status] == ["failed", "failed"]
    assert (found[3].refuses_contact, found[6].refuses_contact) == (False, True)
    assert sorted(one["number"] for one in stand_in.delivered) == [
        f"1381234{n:04}" for n in range(10) if n not in (3, 6)
    ]


DOUBTS: list[tuple[Fault, bool]] = [
    (hangs(delivers=True), True),
    (hangs(delivers=False), False),
    (hangs_up(delivers=True), True),
    (hangs_up(delivers=False), False),
    (answers(500, b'{"Code":"InternalError"}', delivers=True), True),
    (answers(502, b"<html>", delivers=False), False),
    (answers(200, b"<html>", delivers=True), True),
    (answers(200, b"", delivers=False), False),
    (answers(200, b"[1]", delivers=True), True),
    (answers(200, b'{"Code":null}', delivers=True), True),
    (answers(200, b'{"Code":{"a":1}}', delivers=False), False),
    (answers(200, b"[" * 3_000, delivers=True), True),
    (answers(200, b'{"Code":"O' + b"K" * 5_000 + b'"}', delivers=False), False),
    (answers(200, '{"Code":"\ud83d\\u0000"}'.encode("utf-8", "surrogatepass"), delivers=False), False),
    (answers(302, b"", delivers=False), False),
]


@pytest.mark.parametrize(("fault", "arrived"), DOUBTS)
def test_without_a_clear_answer_the_records_of_the_provider_are_asked(
    stand_in: StandIn, fault: Fault, arrived: bool
) -> None:
    stand_in.faults = [fault]
    batch = texts(2)
    outcomes = opened(stand_in).send(batch)
    assert [one.status for one in outcomes] == (["sent"] * 2 if arrived else ["unknown"] * 2)
    assert {one.receipt for one in outcomes} == {key_of(batch.messages)}
    assert len(stand_in.requests) == 1, "retries are off"
    assert stand_in.look_ups == 2


def test_a_look_up_that_fails_leaves_the_doubt_and_one_that_says_failed_ends_it(stand_in: StandIn) -> None:
    stand_in.faults, stand_in.blind = [hangs_up(delivers=True)], True
    assert {one.status for one in opened(stand_in).send(texts(1))} == {"unknown"}
    stand_in.faults, stand_in.blind = [hangs_up(delivers=True)], False
    stand_in.delivered.clear()
    stand_in.statuses = {"13812340000": (2, "MOBILE_IN_BLACK"), "13812340001": (1, ""), "13812340002": (9, "?")}
    outcomes = opened(stand_in).send(texts(3))
    assert [one.status for one in outcomes] == ["failed", "sent", "unknown"]
    assert outcomes[0].refuses_contact


def test_a_provider_that_is_away_leaves_everything_as_it_was() -> None:
    with StandIn() as gone:
        endpoint = gone.endpoint
    outcomes = opened(endpoint=endpoint).send(texts(2))
    assert {(one.status, one.error, one.in_doubt) for one in outcomes} == {("pending", "no connection", False)}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"templates": []}, "channels.sms.templates"),
        ({"templates": [{"code": "SMS_1"}]}, "channels.sms.templates.0.text"),
        ({"templates": [{"code": "a b", "text": "x"}]}, "channels.sms.templates.0.code"),
        ({"templates": [{"code": "a", "text": "${n}和${n}"}]}, "channels.sms.templates.0: a variable stands twice"),
        ({"templates": [{"code": "a", "text": "${n} ${m}"}]}, "channels.sms.templates.0: two variables stand side"),
        ({"templates": [PLAIN, PLAIN]}, "channels.sms.templates.1: this code stands above"),
        ({"signature": "【店】"}, "channels.sms.signature"),
        ({"signature": ""}, "channels.sms.signature"),
        ({"key_secret_env": "BROKEN"}, "channels.sms: BROKEN holds a line end"),
        ({"endpoint": "https://user:pw@x"}, "channels.sms.endpoint"),
        ({"batch": 101}, "channels.sms.batch"),
        ({"timeout": 0}, "channels.sms.timeout"),
    ],
)
def test_settings_that_cannot_work_fail_when_the_channel_opens(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        opened(**keys)
    assert words in caught.value.message
    assert not any(secret in str(caught.value) for secret in (SECRET, "a\n"))


def test_a_wrong_secret_is_refused_by_the_provider(stand_in: StandIn) -> None:
    with pytest.raises(ChannelError, match="SignatureDoesNotMatch"):
        opened(stand_in, key_secret_env="WRONG").send(texts(1))


@pytest.mark.parametrize(
    ("template", "text", "values"),
    [
        ("${a}元", "9元", {"a": "9"}),
        ("${a}元${b}元", "9元8元", {"a": "9", "b": "8"}),
        ("${a}元${b}元", "9元8元7元", {"a": "9", "b": "8元7"}),
        ("满${a}减${b}", "满减减减", {"a": "减", "b": "减"}),
        ("满${a}减${b}", "满减", None),
        ("a.c", "abc", None),
        ("无变量", "无变量", {}),
        ("${a}", "", None),
        ("".join(f"字${{v{n}}}" for n in range(40)) + "完", "字" * 400, None),
    ],
)
def test_values_of_a_text(template: str, text: str, values: dict[str, str] | None) -> None:
    assert Template(code="a", text=template).values_in(text) == values


def test_doubtful_messages_are_looked_up_later_by_their_receipt(stand_in: StandIn) -> None:
    stand_in.faults, stand_in.blind = [hangs_up(delivers=True)], True
    channel, batch = opened(stand_in), texts(3)
    assert isinstance(channel, aliyun_sms.AliyunSmsChannel)
    (receipt,) = {one.receipt for one in channel.send(batch)}
    stand_in.blind = False
    stand_in.statuses = {"13812340001": (2, "USER_REJECT")}
    asked = [replace(message, receipt=receipt, text="") for message in batch.messages]
    asked += [replace(asked[0], receipt="of another"), replace(asked[0], receipt=None), replace(asked[0], address="x")]
    found = channel.look_up(replace(batch, messages=tuple(asked)))
    assert [one.status for one in found] == ["sent", "failed", "sent", "unknown"]
    assert found[1].refuses_contact
