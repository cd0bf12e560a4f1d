"""WeCom's customer contact against a stand-in that misbehaves: tasks, tokens, and what staff made of them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import ChannelBusyError, ChannelError, UsageError
from campaign_calendars.messages.material import Attached
from promocal.testing import a_batch
from tasks.channels import wecom
from tasks.channels.port import Batch, kept_open
from tasks.channels.registry import open_channel
from tasks.channels.wecom import WecomChannel
from tests.tasks.channels.wecom_stand_in import CORP, SECRET, Fault, Wecom, answers, hangs, hangs_up, says

SECRETS = {"WECOM_SECRET": SECRET, "WRONG": "other", "BROKEN": "a\nb"}


def talks(count: int, **change: Any) -> Batch:
    batch = a_batch(count)
    changed = tuple(
        replace(message, **{"text": "春季上新", "address": f"wm{number}", **change})
        for number, message in enumerate(batch.messages)
    )
    return replace(batch, messages=changed)


def opened(server: Wecom | None = None, **keys: Any) -> WecomChannel:
    url = {"url": server.url} if server is not None else {}
    table = {"corp_id": CORP, "secret_env": "WECOM_SECRET", "timeout": 1, **url, **keys}
    channel = open_channel(wecom.KIND, "wecom", table, Path(), SECRETS.__getitem__)
    assert isinstance(channel, WecomChannel)
    return channel


@pytest.fixture
def server() -> Iterator[Wecom]:
    with Wecom() as found:
        yield found


def test_customers_with_the_same_text_are_one_task_that_staff_confirm(server: Wecom) -> None:
    batch = talks(4)
    link = Attached(kind="link", url="https://s.cn/a", title="看")
    card = Attached(kind="card", title="卡", text="券")
    own = (*batch.messages[:3], replace(batch.messages[3], text="另一段", attachments=(link, card)))
    outcomes = opened(server, sender="lin").send(replace(batch, messages=own))
    assert [(one.status, one.receipt) for one in outcomes] == [("to_do", "msg-0")] * 3 + [("to_do", "msg-1")]
    first, second = server.tasks.values()
    assert (first["external_userid"], first["sender"], first["attachments"]) == (["wm0", "wm1", "wm2"], "lin", [])
    assert second["text"] == {"content": "另一段\n卡 | 券"}
    assert second["attachments"] == [{"msgtype": "link", "link": {"title": "看", "desc": "", "url": "https://s.cn/a"}}]


def test_a_task_has_10000_customers_at_most(server: Wecom) -> None:
    assert opened(server).batch_size == 10_000
    opened(server, batch=2).send(talks(5))
    assert [len(task["external_userid"]) for task in server.tasks.values()] == [2, 2, 1]


def test_who_is_no_customer_fails_alone(server: Wecom) -> None:
    server.strangers, server.spoilers = {"wm1"}, {"wm4": 40096}
    batch = talks(6)
    outcomes = {one.intent_key: one.status for one in opened(server).send(batch)}
    assert [outcomes[m.intent_key] for m in batch.messages] == ["to_do", "failed", "to_do", "to_do", "failed", "to_do"]
    reached = sorted(one for task in server.tasks.values() for one in task["external_userid"])
    assert reached == ["wm0", "wm2", "wm3", "wm5"]


def test_one_token_serves_a_dispatch_and_a_new_one_comes_when_it_is_over(server: Wecom) -> None:
    with kept_open(opened(server)) as line:
        line.send(talks(1))
        line.send(talks(1))
        assert server.tokens == ["token-0"]
        server.over = {"token-0"}
        assert [one.status for one in line.send(talks(1))] == ["to_do"]
    assert server.tokens == ["token-0", "token-1"]
    assert len(server.tasks) == 3


def test_a_token_that_is_always_over_stops_the_channel(server: Wecom) -> None:
    server.over = {f"token-{n}" for n in range(9)}
    with pytest.raises(ChannelError, match="its token is refused"):
        opened(server).send(talks(1))
    assert len(server.tokens) == 2


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (45009, "pending"),
        (45033, "pending"),
        (-1, "pending"),
        (6000, "pending"),
        (41048, "failed"),
        (84061, "failed"),
        (45002, "failed"),
        (99999, "unknown"),
        ("0", "unknown"),
        (None, "unknown"),
        (False, "unknown"),
        ([0], "unknown"),
        (0.5, "unknown"),
    ],
)
def test_codes_of_the_profile(server: Wecom, code: object, status: str) -> None:
    server.faults = {"add_msg_template": [says(code)]}
    (outcome,) = opened(server).send(talks(1))
    assert outcome.status == status
    assert "wm0" not in str(outcome.error)
    assert (outcome.retry_after is not None) is (status == "pending")


@pytest.mark.parametrize("code", [40001, 40013, 48002, 60011, 60020, 301002])
def test_what_only_a_person_can_mend_stops_the_channel(server: Wecom, code: int) -> None:
    server.faults = {"add_msg_template": [says(code)]}
    with pytest.raises(ChannelError, match=f"WeCom said {code}") as caught:
        opened(server).send(talks(2))
    assert not isinstance(caught.value, ChannelBusyError)
    assert SECRET not in str(caught.value)
    server.faults = {"gettoken": [says(code)]}
    with pytest.raises(ChannelError, match="gives no token"):
        opened(server).send(talks(2))
    assert not server.tasks


def test_what_was_made_before_it_stopped_is_told(server: Wecom) -> None:
    server.faults = {"add_msg_template": [None, says(60020)]}
    outcomes = opened(server, batch=1).send(talks(3))
    assert [one.status for one in outcomes] == ["to_do", "pending", "pending"]


@pytest.mark.parametrize(
    "fault",
    [
        hangs_up(),
        hangs_up(makes=True),
        hangs(1.4),
        answers(500, b"", makes=True),
        answers(502, b"<html>"),
        answers(302, b""),
        answers(200, b"<html>", makes=True),
        answers(200, b""),
        answers(200, b"[]"),
        answers(200, b"[" * 100_000),
        answers(200, b'{"errcode":0'),
        answers(200, b'{"errcode":0,"errcode":40001}'),
        answers(200, gzip.compress(b'{"errcode":0}')),
        answers(200, b'{"errmsg":"' + b"x" * 5_000_000 + b'","errcode":0}'),
        answers(200, b"\xff\xfe{}"),
    ],
)
def test_a_request_without_a_clear_answer_is_in_doubt(server: Wecom, fault: Fault) -> None:
    server.faults = {"add_msg_template": [fault]}
    outcomes = opened(server).send(talks(2))
    assert [one.status for one in outcomes] == ["unknown", "unknown"]
    assert not any(SECRET in str(one) or "token" in str(one) for one in outcomes)


@pytest.mark.parametrize(
    "fault",
    [hangs_up(), answers(500, b""), answers(200, b"<html>"), says(45009), says(-1)],
)
def test_without_a_token_nothing_was_handed_over(server: Wecom, fault: Fault) -> None:
    server.faults = {"gettoken": [fault] * 2}  # a GET that is hung up on is asked again at once
    with pytest.raises(ChannelBusyError) as caught:
        opened(server).send(talks(2))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("good_for", [None, -5, 0, 10**30, "7200", 3.5, True, [1]])
def test_a_token_of_no_sensible_life_is_used_all_the_same(server: Wecom, good_for: object) -> None:
    server.expires_in = good_for
    assert [one.status for one in opened(server).send(talks(1))] == ["to_do"]


@pytest.mark.parametrize(
    "answer", [{"msgid": 5}, {"msgid": "\ud83d\0x"}, {"fail_list": "wm0"}, {"fail_list": [1, None]}]
)
def test_odd_parts_of_an_answer_break_nothing(server: Wecom, answer: dict[str, Any]) -> None:
    server.faults = {"add_msg_template": [says(0, **answer)]}
    (outcome,) = opened(server).send(talks(1))
    assert outcome.status == "to_do"
    (outcome.receipt or "").encode()


def test_what_staff_made_of_the_tasks_is_looked_up(server: Wecom) -> None:
    channel, batch = opened(server, batch=3), talks(6)
    given = {one.intent_key: one.receipt for one in channel.send(batch)}
    server.confirmed = {"wm0": 1, "wm1": 2, "wm2": 3, "wm4": 1, "wm5": 7}
    server.page = 2
    asked = replace(batch, messages=tuple(replace(m, receipt=given[m.intent_key], text="") for m in batch.messages))
    found = {one.intent_key: one for one in channel.look_up(asked)}
    told = [found[message.intent_key] for message in batch.messages]
    assert [one.status for one in told] == ["sent", "failed", "failed", "to_do", "sent", "failed"]
    assert told[1].error == "no customer any more"
    lost = replace(batch, messages=(replace(batch.messages[0], receipt="never"), batch.messages[1]))
    assert channel.look_up(lost) == []


@pytest.mark.parametrize(
    ("action", "fault", "busy"),
    [
        ("get_groupmsg_task", hangs_up(), True),
        ("get_groupmsg_task", says(60020), False),
        ("get_groupmsg_send_result", answers(200, b"[]"), True),
        ("get_groupmsg_send_result", says("x"), False),
    ],
)
def test_a_look_up_that_fails_says_so(server: Wecom, action: str, fault: Fault, busy: bool) -> None:
    channel, batch = opened(server), talks(1)
    (outcome,) = channel.send(batch)
    server.faults = {action: [fault]}
    with pytest.raises(ChannelError) as caught:
        channel.look_up(replace(batch, messages=(replace(batch.messages[0], receipt=outcome.receipt),)))
    assert isinstance(caught.value, ChannelBusyError) is busy


@pytest.mark.parametrize(
    "listed",
    [None, "x", [1, None, {}], [{"external_userid": 5, "status": 1}], [{"external_userid": "wm0", "status": "1"}]],
)
def test_odd_results_settle_nothing(server: Wecom, listed: object) -> None:
    channel, batch = opened(server), talks(1)
    (outcome,) = channel.send(batch)
    server.faults = {"get_groupmsg_send_result": [says(0, send_list=listed, next_cursor=7)] * 2}
    asked = replace(batch, messages=(replace(batch.messages[0], receipt=outcome.receipt),))
    assert all(one.status == "to_do" for one in channel.look_up(asked))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"corp_id": "a b"}, "channels.wecom.corp_id"),
        ({"secret_env": "BROKEN"}, "channels.wecom: BROKEN holds a line end"),
        ({"url": "ftp://x"}, "channels.wecom.url"),
        ({"url": "https://user:pw@x"}, "channels.wecom.url: write scheme and host only"),
        ({"url": "https://x/path"}, "channels.wecom.url: write scheme and host only"),
        ({"sender": "a\nb"}, "channels.wecom.sender"),
        ({"batch": 10_001}, "channels.wecom.batch"),
        ({"batch": 0}, "channels.wecom.batch"),
    ],
)
def test_settings_that_cannot_work_fail_when_the_channel_opens(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        opened(**keys)
    assert words in caught.value.message


def test_a_wrong_secret_and_a_server_that_is_away(server: Wecom) -> None:
    with pytest.raises(ChannelError, match="it said 40001"):
        opened(server, secret_env="WRONG").send(talks(1))
    with Wecom() as gone:
        url = gone.url
    with pytest.raises(ChannelBusyError):
        opened(url=url).send(talks(1))
