"""A channel that posts into a WeCom group through its robot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from promocal.channels import (
    Batch,
    ChannelError,
    ChannelKeys,
    ChannelKind,
    ChannelSetup,
    Message,
    Outcome,
    UsageError,
    safe_error,
)

_OK = 0
_TOO_MANY = 45009  # more than 20 messages a minute
_NO_SUCH_ROBOT = 93000
_MINUTE = timedelta(minutes=1)


class RobotKeys(ChannelKeys):
    """`kind = "wecom-robot"`. Times in seconds."""

    webhook_env: str
    timeout: float = 10.0


@dataclass(frozen=True)
class RobotChannel:
    """One request a message; `webhook` holds the robot's key, so it is never shown."""

    name: str
    webhook: str = field(repr=False)
    timeout: float = 10.0

    honours_key = False  # the robot posts what it gets, however often
    needs_address = False  # it speaks to the group
    batch_size = 20  # a crash leaves no more than this in doubt

    def send(self, batch: Batch) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for number, message in enumerate(batch.messages):
            outcome = self._post(message)
            if not outcomes and _is_gone(outcome):
                raise ChannelError(
                    f"channel {self.name}: the robot is gone ({outcome.error})", "ask for its new address"
                )
            if outcome.status == "pending":
                # The robot takes nothing more for now: the others need not be tried.
                return [*outcomes, *_later(batch.messages[number:], outcome)]
            outcomes.append(outcome)
        return outcomes

    def _post(self, message: Message) -> Outcome:
        body = json.dumps({"msgtype": "text", "text": {"content": message.text}}, ensure_ascii=False).encode()
        parts = urlsplit(self.webhook)
        connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = connect(parts.netloc, timeout=self.timeout)
        try:
            connection.connect()
        except OSError as error:
            # No connection, so nothing can have left.
            reason = f"no connection ({type(error).__name__})"
            return Outcome(message.intent_key, "pending", error=reason, retry_after=_MINUTE)
        try:
            connection.request("POST", f"{parts.path}?{parts.query}", body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        except (OSError, HTTPException, ValueError) as error:
            return Outcome(message.intent_key, "unknown", error=f"no answer ({type(error).__name__})")
        finally:
            connection.close()
        return _outcome(message, answer)


def _outcome(message: Message, answer: dict[str, Any]) -> Outcome:
    code = answer.get("errcode")
    if code == _OK:
        return Outcome(message.intent_key, "sent")
    said = f"{code}: {safe_error(str(answer.get('errmsg', '')))}"
    if code in {_TOO_MANY, _NO_SUCH_ROBOT}:
        return Outcome(message.intent_key, "pending", error=said, retry_after=_MINUTE)
    return Outcome(message.intent_key, "failed", error=said)


def _is_gone(outcome: Outcome) -> bool:
    return (outcome.error or "").startswith(f"{_NO_SUCH_ROBOT}:")


def _later(messages: Sequence[Message], reason: Outcome) -> list[Outcome]:
    return [Outcome(m.intent_key, "pending", error=reason.error, retry_after=reason.retry_after) for m in messages]


def open_robot(setup: ChannelSetup[RobotKeys]) -> RobotChannel:
    webhook = setup.secret(setup.keys.webhook_env)
    if not webhook.startswith(("http://", "https://")):
        raise UsageError(f"channels.{setup.name}: {setup.keys.webhook_env} holds no web address", "copy it from WeCom")
    return RobotChannel(setup.name, webhook, setup.keys.timeout)


KIND = ChannelKind("wecom-robot", RobotKeys, open_robot)
