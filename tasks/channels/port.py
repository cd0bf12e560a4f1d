"""What a channel has to be: a name, what it promises, and `send`; and what declares a kind of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict

from campaign_calendars.deciding.intent import batch_key
from campaign_calendars.messages.material import Attached
from warehouse.ledger.records import Outcome


# Not frozen, which takes five times as long to make, one for each message. Nobody changes one.
@dataclass(slots=True, unsafe_hash=True)
class Message:
    """One rendered message. Address, name and text are personal data: never logged, never stored."""

    intent_key: str
    member_id: str
    text: str = field(repr=False)
    benefit: str | None = None
    address: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    attachments: tuple[Attached, ...] = ()
    in_doubt: bool = False
    """An earlier attempt may have arrived: whoever refuses it now does not say that it did not."""
    receipt: str | None = None
    """What the channel said of it when it was handed over; None while it was not."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of one play of one run on one channel."""

    run_id: str
    calendar: str
    phase: str
    play: str
    channel: str
    messages: tuple[Message, ...]

    @property
    def key(self) -> str:
        """The same messages are the same batch, in whatever order; a part of them is another one."""
        return key_of(self.messages)


class ChannelPort(Protocol):
    """A way out.

    `honours_key`: a message sent twice with the same intent key arrives once. Say so only if it is
    true: after a crash such a channel gets the same jobs again, any other leaves them to a person.
    `batch_size`: the most messages one `send` takes; None leaves it to the dispatcher.
    `needs_address`: jobs of members without an address are cancelled before `send`.
    """

    @property
    def name(self) -> str: ...

    @property
    def honours_key(self) -> bool: ...

    @property
    def batch_size(self) -> int | None: ...

    @property
    def needs_address(self) -> bool: ...

    def send(self, batch: Batch) -> list[Outcome]:
        """Send and say what became of each message.

        "sent", "failed" (it certainly did not arrive), "pending" (not accepted, try later;
        `retry_after` says when, `in_doubt` that it may have arrived all the same), "to_do" (a person of the other
        side has to confirm it first) or "unknown". `refuses_contact` with "failed": nothing may go there any more.
        A message without an outcome counts as unknown. Raises ChannelError when the channel cannot
        be used at all, ChannelBusyError when it asks to wait; neither may be raised once a message of
        the batch may have arrived.
        """


@runtime_checkable
class Masking(Protocol):
    """What a channel may have besides: while `masked`, texts for it are made with starred names.

    Stars put into a finished text miss the name that its template cut or wrote in capitals.
    """

    @property
    def masked(self) -> bool: ...


@runtime_checkable
class Connecting(Protocol):
    """What a channel may have besides: something that is kept open from batch to batch."""

    def connected(self) -> AbstractContextManager[ChannelPort]:
        """The same channel, open until the end of a dispatch. Raises ChannelError before anything left."""


@runtime_checkable
class LookingUp(Protocol):
    """What a channel may have besides: its provider says afterwards what became of a message."""

    def look_up(self, batch: Batch) -> list[Outcome]:
        """What became of messages that were handed over before; nothing is sent.

        `batch` has their keys, receipts and today's addresses, and no texts. "sent" or "failed" where the provider
        is certain; every other outcome, or none, leaves a message to a person. Raises ChannelError when it cannot
        be asked.
        """


def kept_open(channel: ChannelPort) -> AbstractContextManager[ChannelPort]:
    """The channel for a whole dispatch."""
    return channel.connected() if isinstance(channel, Connecting) else nullcontext(channel)


def key_of(messages: Iterable[Message]) -> str:
    """The key of a set of messages."""
    return batch_key(sorted(message.intent_key for message in messages))


def all_as(messages: Iterable[Message], outcome: Outcome) -> list[Outcome]:
    """The same outcome for every message; its own key is a placeholder."""
    return [replace(outcome, intent_key=m.intent_key) for m in messages]


class ChannelKeys(BaseModel):
    """The keys of `[channels.NAME]` that a kind reads, beside `kind`. A key it does not have is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Keys = TypeVar("Keys", bound=ChannelKeys)


@dataclass(frozen=True)
class ChannelSetup(Generic[Keys]):
    """What a channel is opened with.

    `name` as in `[channels.NAME]`; `keys` validated; `outbox` a directory for what a channel writes;
    `secret` gives the value of an environment variable and raises UsageError when there is none.
    """

    name: str
    keys: Keys
    outbox: Path
    secret: Callable[[str], str]


@dataclass(frozen=True)
class ChannelKind(Generic[Keys]):
    """A kind of channel: what `kind = "NAME"` stands for, the keys it reads, and how one is opened.

    `open` raises UsageError when the keys do not suffice; it connects to nothing.
    """

    name: str
    keys: type[Keys]
    open: Callable[[ChannelSetup[Keys]], ChannelPort]
