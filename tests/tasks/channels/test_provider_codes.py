"""Codes that a gateway passes on from its provider: each asks for what its profile says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaign_calendars.findings.errors import ChannelError
from campaign_calendars.providers.profile import profile_named
from tasks.channels.answers import BUSY_WAIT
from tasks.channels.http import HttpChannel
from tasks.channels.provider_codes import understood
from tests.tasks.channels.sink import Sink, results
from tests.tasks.channels.test_http_channel import batch
from warehouse.ledger.records import Outcome

TENCENT, HUAWEI = profile_named("tencent"), profile_named("huawei")


def failed(*codes: str) -> list[Outcome]:
    return [Outcome(f"k{number}", "failed", error=code) for number, code in enumerate(codes)]


def test_for_now_for_this_message_for_good() -> None:
    day, black, wrong, odd = understood(
        "sms",
        failed(
            "LimitExceeded.PhoneNumberDailyLimit",
            "FailedOperation.PhoneNumberInBlacklist",
            "InvalidParameterValue.IncorrectPhoneNumber",
            "Something.New",
        ),
        TENCENT,
    )
    assert (day.status, day.retry_after) == ("pending", timedelta(hours=12))
    assert (black.status, black.refuses_contact) == ("failed", True)
    assert (wrong.status, wrong.refuses_contact) == ("failed", False)
    assert odd == Outcome("k3", "failed", error="Something.New")


def test_what_may_have_left_is_no_code_to_send_again_for() -> None:
    for code in ("InternalError.Timeout", "InternalError.SendAndRecvFail"):
        assert TENCENT.answer(code) is None, "its message may have left"


def test_a_matter_of_the_account_stops_the_channel_unless_something_left() -> None:
    broke = failed("UnauthorizedOperation.ServiceSuspendDueToArrears", "AuthFailure.SignatureFailure")
    with pytest.raises(ChannelError, match="ServiceSuspendDueToArrears"):
        understood("sms", broke, TENCENT)
    sent = [Outcome("k9", "sent", receipt="r"), *broke]
    told = understood("sms", sent, TENCENT)
    assert [(one.status, one.retry_after) for one in told] == [
        ("sent", None),
        ("pending", BUSY_WAIT),
        ("pending", BUSY_WAIT),
    ]


@pytest.mark.parametrize("code", ["BLACK", "TDBLACK", "TSBLACK", "MBBLACK", "2:70"])
def test_who_unsubscribed_at_huawei_is_contacted_no_more(code: str) -> None:
    (told,) = understood("sms", failed(code), HUAWEI)
    assert told.refuses_contact


def test_a_gateway_with_a_profile_is_understood_and_one_without_is_not() -> None:
    with Sink() as sink:
        fault = results(
            lambda messages: [
                {"key": messages[0]["key"], "status": "failed", "error": "FailedOperation.PhoneNumberInBlacklist"},
                {"key": messages[1]["key"], "status": "sent"},
            ]
        )
        sink.faults = [fault, fault]
        plain = HttpChannel("sms", sink.url, retries=0).send(batch(2))
        known = HttpChannel("sms", sink.url, retries=0, profile=TENCENT).send(batch(2))
    assert [one.refuses_contact for one in plain] == [False, False]
    assert [(one.status, one.refuses_contact) for one in known] == [("failed", True), ("sent", False)]
