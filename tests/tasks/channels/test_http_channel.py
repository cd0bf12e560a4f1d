"""The HTTP channel against a real server that misbehaves on request."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_calendars.deciding.intent import batch_key
from campaign_calendars.findings.errors import ChannelError
from tasks.channels.http import HttpChannel
from tasks.channels.port import Batch, Message
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
    import time

    start = time.perf_counter()
    outcomes = channel(sink, concurrency=4).send(batch(8))
    assert time.perf_counter() - start < 0.7
    assert [o.intent_key for o in outcomes] == [f"k{n}" for n in range(8)]


def test_the_token_is_not_in_the_repr(sink: Sink) -> None:
    assert "secret" not in repr(channel(sink))
