"""The HTTP channel against a real server that misbehaves on request."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from campaign_calendars.deciding.intent import batch_key
from campaign_calendars.findings.errors import ChannelError, UsageError
from tasks.channels import signing
from tasks.channels.http import KIND, HttpChannel
from tasks.channels.port import Batch, Message, kept_open
from tasks.channels.registry import open_channel
from tests.tasks.channels.hostile import Receiver
from tests.tasks.channels.sink import Fault, Sink, drop_after_accept, results, slow, status
from warehouse.ledger.records import Outcome


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.channels.http._FIRST_DELAY", 0.01)


def channel(sink: Sink, *, honours_key: bool = False, **keys: float) -> HttpChannel:
    sink.honours_key = honours_key
    made = HttpChannel("sms", sink.url, token="secret", honours_key=honours_key, batch=2, concurrency=1, timeout=0.5)
    return replace(made, **keys)  # type: ignore[arg-type]


def batch(count: int) -> Batch:
    messages = [Message(f"k{n}", f"m{n}", f"text {n}", "coupon", f"1380000{n:04}", "王小明") for n in range(count)]
    return Batch("c.burst.1", "c", "burst", "recall", "sms", tuple(messages))


def summary(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.intent_key: outcome.status for outcome in outcomes}


def test_batches_carry_keys_and_the_token(sink: Sink) -> None:
    outcomes = channel(sink).send(batch(5))
    assert outcomes == [Outcome(f"k{n}", "sent", receipt=f"r-m{n}") for n in range(5)]
    assert [len(request["messages"]) for request in sink.requests] == [2, 2, 1]
    first = sink.requests[0]
    assert first["headers"]["Authorization"] == "Bearer secret"
    assert first["headers"]["Idempotency-Key"] == batch_key(["k0", "k1"])
    assert (first["run_id"], first["play"]) == ("c.burst.1", "recall")
    assert first["messages"][0] == {
        "key": "k0",
        "member_id": "m0",
        "address": "13800000000",
        "name": "王小明",
        "benefit": "coupon",
        "text": "text 0",
        "attachments": [],
    }


def test_partial_failures_are_kept_apart(sink: Sink) -> None:
    sink.faults = [
        results(
            lambda messages: [
                {"key": messages[0]["key"], "status": "failed", "error": "13800000000 is\nblacklisted " + "x" * 500},
                {"key": messages[1]["key"], "status": "sent", "receipt": 77},
            ]
        )
    ]
    outcomes = channel(sink).send(batch(2))
    assert summary(outcomes) == {"k0": "failed", "k1": "sent"}
    error = outcomes[0].error
    assert error is not None
    assert error.startswith("*** is blacklisted")
    assert len(error) == 200
    assert outcomes[1].receipt == "77"


def test_a_job_asked_to_retry_is_sent_again_alone(sink: Sink) -> None:
    sink.faults = [results(lambda m: [{"key": m[0]["key"], "status": "retry"}, {"key": m[1]["key"], "status": "sent"}])]
    assert summary(channel(sink).send(batch(2))) == {"k0": "sent", "k1": "sent"}
    assert [[m["key"] for m in request["messages"]] for request in sink.requests] == [["k0", "k1"], ["k0"]]
    assert sink.delivered == Counter({"k0": 1, "k1": 1})


def test_busy_is_waited_for_within_bounds(sink: Sink) -> None:
    sink.faults = [status(429, Retry_After="0"), status(503)]
    assert summary(channel(sink).send(batch(2))) == {"k0": "sent", "k1": "sent"}
    assert len(sink.requests) == 3


def test_a_long_wait_is_left_to_a_later_dispatch(sink: Sink) -> None:
    sink.faults = [status(429, Retry_After="3600")]
    outcomes = channel(sink).send(batch(2))
    assert summary(outcomes) == {"k0": "pending", "k1": "pending"}
    assert {o.retry_after for o in outcomes} == {timedelta(hours=1)}
    assert not any(o.in_doubt for o in outcomes)
    assert len(sink.requests) == 1


def test_retry_after_as_a_date_counts_from_the_answer(sink: Sink) -> None:
    sink.faults = [
        status(503, Retry_After="Sun, 08 Mar 2026 02:10:00 GMT", Date="Sun, 08 Mar 2026 02:00:00 GMT"),
    ]
    assert channel(sink).send(batch(1))[0].retry_after == timedelta(minutes=10)


def test_a_server_that_stays_busy_gets_a_bounded_number_of_requests(sink: Sink) -> None:
    sink.faults = [status(503)] * 20
    outcomes = channel(sink, retries=2).send(batch(2))
    assert summary(outcomes) == {"k0": "pending", "k1": "pending"}
    assert len(sink.requests) == 3


DOUBTFUL: dict[str, Fault] = {
    "dropped connection after accept": drop_after_accept,
    "slower than the timeout": slow(0.8),
    "500": status(500, "oops"),
    "an answer that is not JSON": results(lambda _: "<html>OK</html>"),
    "an answer that mentions nobody": results(lambda _: []),
}


@pytest.mark.parametrize("fault", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_may_have_arrived_is_unknown_and_not_sent_again(sink: Sink, fault: Fault) -> None:
    sink.faults = [fault]
    assert summary(channel(sink).send(batch(2))) == {"k0": "unknown", "k1": "unknown"}
    assert len(sink.requests) == 1
    assert all(times <= 1 for times in sink.delivered.values())


@pytest.mark.parametrize("fault", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_an_endpoint_that_honours_keys_gets_it_again_and_delivers_once(sink: Sink, fault: Fault) -> None:
    sink.faults = [fault]
    assert summary(channel(sink, honours_key=True).send(batch(2))) == {"k0": "sent", "k1": "sent"}
    assert sink.delivered == Counter({"k0": 1, "k1": 1})
    assert len({request["headers"]["Idempotency-Key"] for request in sink.requests}) == 1


def test_a_doubt_outlives_a_later_busy(sink: Sink) -> None:
    sink.faults = [drop_after_accept, *[status(503)] * 9]
    outcomes = channel(sink, honours_key=True, retries=2).send(batch(1))
    assert [(o.status, o.in_doubt) for o in outcomes] == [("pending", True)]


def test_refused_messages_fail(sink: Sink) -> None:
    sink.faults = [status(422, "template T-9 is not approved")]
    outcomes = channel(sink).send(batch(3))
    assert summary(outcomes) == {"k0": "failed", "k1": "failed", "k2": "sent"}
    assert outcomes[0].error == "HTTP 422: template T-9 is not approved"


@pytest.mark.parametrize("code", [301, 401, 403, 404, 413])
def test_a_channel_that_is_set_up_wrongly_is_an_error(sink: Sink, code: int) -> None:
    sink.faults = [status(code)] * 5
    with pytest.raises(ChannelError, match=f"HTTP {code}") as caught:
        channel(sink).send(batch(2))
    assert "secret" not in str(caught.value)
    assert len(sink.requests) == 1


def test_a_token_that_expires_half_way_keeps_what_was_sent(sink: Sink) -> None:
    sink.faults = [None, status(401)]
    assert summary(channel(sink).send(batch(4))) == {"k0": "sent", "k1": "sent", "k2": "pending", "k3": "pending"}


def test_without_a_connection_nothing_has_left() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    closed = HttpChannel("sms", f"http://127.0.0.1:{port}/", honours_key=False, retries=1)
    outcomes = closed.send(batch(2))
    assert summary(outcomes) == {"k0": "pending", "k1": "pending"}
    assert not any(o.in_doubt for o in outcomes)


def test_an_empty_answer_accepts_all(sink: Sink) -> None:
    sink.faults = [results(lambda _: "")]
    assert summary(channel(sink).send(batch(2))) == {"k0": "sent", "k1": "sent"}


def test_requests_run_side_by_side(sink: Sink) -> None:
    sink.faults = [slow(0.2)] * 4
    start = time.perf_counter()
    outcomes = channel(sink, concurrency=4).send(batch(8))
    assert time.perf_counter() - start < 0.7
    assert [o.intent_key for o in outcomes] == [f"k{n}" for n in range(8)]


def test_the_token_is_not_in_the_repr(sink: Sink) -> None:
    assert "secret" not in repr(channel(sink))


# -- what the rest of 4xx means -----------------------------------------------------------------
@pytest.mark.parametrize("code", [302, 303, 408, 409, 423, 424, 499])
def test_what_may_be_in_work_is_in_doubt_and_no_fault_of_the_settings(sink: Sink, code: int) -> None:
    sink.faults = [status(code)]
    assert summary(channel(sink).send(batch(2))) == {"k0": "unknown", "k1": "unknown"}
    sink.faults = [status(code)]
    assert summary(channel(sink, honours_key=True).send(batch(2))) == {"k0": "sent", "k1": "sent"}


def test_too_early_is_as_busy(sink: Sink) -> None:
    sink.faults = [status(425)]
    outcomes = channel(sink, retries=0).send(batch(1))
    assert [(o.status, o.in_doubt) for o in outcomes] == [("pending", False)]


@pytest.mark.parametrize("value", ["999999999999", "1775800000", "9" * 300])
def test_a_wait_of_years_is_an_hour_and_said(sink: Sink, value: str) -> None:
    sink.faults = [status(429, Retry_After=value)]
    (outcome,) = channel(sink).send(batch(1))
    assert (outcome.status, outcome.retry_after) == ("pending", timedelta(hours=1))
    assert outcome.error == "HTTP 429 (asked to wait longer than an hour; tried again after one)"


@pytest.mark.parametrize("value", ["²", "１２０", "-1e9", "soon", ""])
def test_a_wait_that_is_none_leaves_the_outcomes_of_others(sink: Sink, value: str) -> None:
    sink.faults = [None, status(429, Retry_After=value)]
    outcomes = channel(sink, retries=0).send(batch(4))
    assert [o.status for o in outcomes] == ["sent", "sent", "pending", "pending"]


def test_a_refusal_after_a_doubt_does_not_call_it_failed(sink: Sink) -> None:
    sink.faults = [drop_after_accept, status(422, "template T-9 is not approved")]
    outcomes = channel(sink, honours_key=True).send(batch(2))
    assert summary(outcomes) == {"k0": "unknown", "k1": "unknown"}
    assert outcomes[0].error is not None
    assert outcomes[0].error.startswith("refused now, but an earlier attempt may have arrived (HTTP 422")
    # The same over two dispatches: the ledger says that it is in doubt.
    again = replace(batch(2), messages=tuple(replace(m, in_doubt=m.intent_key == "k0") for m in batch(2).messages))
    sink.faults = [status(400)]
    assert summary(channel(sink, honours_key=True).send(again)) == {"k0": "unknown", "k1": "failed"}


# -- keys, signatures, connections --------------------------------------------------------------
def test_a_part_that_is_sent_again_has_a_key_of_its_own(sink: Sink) -> None:
    sink.faults = [
        results(lambda m: [{"key": m[0]["key"], "status": "sent"}, {"key": m[1]["key"], "status": "retry"}]),
        status(500),
    ]
    channel(sink, honours_key=True).send(batch(2))
    keys = [
        (request["headers"]["Idempotency-Key"], [m["key"] for m in request["messages"]]) for request in sink.requests
    ]
    assert [names for _, names in keys] == [["k0", "k1"], ["k1"], ["k1"]]
    assert keys[0][0] != keys[1][0] == keys[2][0]


def test_the_same_messages_regrouped_keep_their_keys(sink: Sink) -> None:
    whole = batch(4)
    turned = replace(whole, messages=tuple(reversed(whole.messages)))
    for one, size in ((whole, 4), (turned, 4), (whole, 3), (turned, 1)):
        channel(sink, honours_key=True, batch=size).send(one)
    assert len({request["headers"]["Idempotency-Key"] for request in sink.requests[:2]}) == 1
    assert len({request["headers"]["Idempotency-Key"] for request in sink.requests}) == 6  # by 4, 3, and each of 4
    assert sink.delivered == Counter({f"k{n}": 1 for n in range(4)}), "each message is known by its own key"


def test_requests_are_signed_over_moment_and_body(sink: Sink) -> None:
    bodies: list[bytes] = []

    async def keep(_sink: Sink, request: web.Request, _messages: list[dict[str, Any]]) -> None:
        bodies.append(await request.read())

    sink.faults = [keep]
    signing_channel = replace(channel(sink), signing_secret="wh-secret")
    assert summary(signing_channel.send(batch(1))) == {"k0": "sent"}
    header = sink.requests[0]["headers"][signing.HEADER]
    now = int(time.time())
    assert signing.refusal("wh-secret", bodies[0], header, now) is None
    assert signing.refusal("other", bodies[0], header, now) == "wrong signature"
    assert signing.refusal("wh-secret", bodies[0] + b" ", header, now) == "wrong signature"
    assert "too long ago" in str(signing.refusal("wh-secret", bodies[0], header, now + 400))
    assert "too long ago" in str(signing.refusal("wh-secret", bodies[0], header, now - 400))
    assert "wh-secret" not in repr(signing_channel) + header


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1",
        "v1=" + "0" * 64,
        "t=1,v1=zz",
        "t=-1,v1=" + "0" * 64,
        "t=1,v1=" + "0" * 64 + ",v2=x",
        "t=" + "9" * 99,
        "\x00",
    ],
)
def test_what_is_no_signature_is_refused(header: str) -> None:
    assert signing.refusal("s", b"{}", header, 1) in ("no signature", "wrong signature")


def test_a_secret_that_is_being_changed_signs_beside_the_new_one() -> None:
    old, new = (signing.signature(secret, b"{}", 7) for secret in ("old", "new"))
    both = f"{old},{new.partition(',')[2]}"
    assert [signing.refusal(secret, b"{}", both, 7) for secret in ("old", "new", "third")] == [
        None,
        None,
        "wrong signature",
    ]


def test_one_connection_serves_a_whole_dispatch(sink: Sink) -> None:
    peers: set[Any] = set()

    async def remember(_sink: Sink, request: web.Request, _messages: list[dict[str, Any]]) -> None:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))

    sink.faults = [remember] * 4
    with kept_open(channel(sink)) as way:
        for _ in range(2):
            assert len(way.send(batch(4))) == 4
    assert len(peers) == 1


def test_a_connection_that_was_closed_meanwhile_is_not_written_into() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"  # and closes, without having said so
    found = []
    with Receiver(answer) as receiver, kept_open(HttpChannel("sms", receiver.url, timeout=2.0)) as way:
        for _ in range(5):
            found += [outcome.status for outcome in way.send(batch(1))]
            time.sleep(0.02)
    assert found == ["sent"] * 5


# -- settings that cannot work ------------------------------------------------------------------
SECRET = "s3cret-t0ken"


@pytest.mark.parametrize(
    ("keys", "value", "place"),
    [
        ({"token_env": "T"}, f"{SECRET}\n", "token_env"),
        ({"token_env": "T"}, f"{SECRET}\r\nX-Admin: 1", "token_env"),
        ({"token_env": "T"}, f" {SECRET}", "token_env"),
        ({"token_env": "T"}, f"{SECRET}令", "token_env"),
        ({"token_env": "T"}, f"{SECRET}\x00", "token_env"),
        ({"signing_env": "T"}, f"{SECRET}\n", "signing_env"),
        ({"url": f"https://user:{SECRET}@gw.example.com/"}, "", "url"),
        ({"url": f"https://{SECRET}@gw.example.com/"}, "", "url"),
        ({"url": "gw.example.com/send"}, "", "url"),
        ({"url": "ftp://gw.example.com"}, "", "url"),
        ({"url": "https://"}, "", "url"),
        ({"url": ""}, "", "url"),
        ({"batch": 0}, "", "batch"),
        ({"concurrency": 0}, "", "concurrency"),
        ({"timeout": 0}, "", "timeout"),
        ({"batch": -5}, "", "batch"),
    ],
)
def test_settings_that_cannot_work_fail_when_the_channel_opens(
    keys: dict[str, Any], value: str, place: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        open_channel(KIND, "sms", {"url": "https://gw.example.com/", **keys}, tmp_path, lambda _: value)
    said = caught.value
    for lang in ("en", "zh"):
        assert f"channels.sms.{place}" in said.text(lang)
        assert said.remedy_text(lang)
        assert SECRET not in said.text(lang) + said.remedy_text(lang)


@pytest.mark.parametrize(
    "made",
    [
        {"url": "http://127.0.0.1:9/", "token": f"{SECRET}\n"},
        {"url": f"http://u:{SECRET}@127.0.0.1:9/"},
        {"url": "http://[::1/"},
        {"url": "http://127.0.0.1:99999/"},
        {"url": "http://127.0.0.1:9/", "batch": 0},
    ],
)
def test_a_channel_that_could_never_send_is_not_made(made: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        HttpChannel("sms", **made)
    assert SECRET not in str(caught.value)
