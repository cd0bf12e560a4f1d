"""Everything a plug-in needs to be a kind of channel. Stable: what is here stays, or is announced in the changelog.

    from promocal.channels import Batch, ChannelKeys, ChannelKind, ChannelSetup, Outcome, all_as

    class Keys(ChannelKeys):
        url: str

    class Robot:
        ...  # a ChannelPort

    KIND = ChannelKind("robot", Keys, lambda setup: Robot(setup.name, setup.keys.url))

Announce `KIND` under its name in the entry-point group `promocal.channels`; `promocal.testing.ChannelContract`
says whether it keeps what the dispatcher relies on.
"""

from __future__ import annotations

from campaign_calendars.findings.errors import ChannelBusyError, ChannelError, UsageError
from tasks.channels.answers import storable, wait_asked
from tasks.channels.port import (
    Batch,
    ChannelKeys,
    ChannelKind,
    ChannelPort,
    ChannelSetup,
    Connecting,
    LookingUp,
    Masking,
    Message,
    all_as,
)
from tasks.channels.privacy import mask_address, mask_name, mask_text, safe_error
from tasks.channels.signing import refusal, signature
from warehouse.ledger.records import Outcome

__all__ = [
    "Batch",
    "ChannelBusyError",
    "ChannelError",
    "ChannelKeys",
    "ChannelKind",
    "ChannelPort",
    "ChannelSetup",
    "Connecting",
    "LookingUp",
    "Masking",
    "Message",
    "Outcome",
    "UsageError",
    "all_as",
    "mask_address",
    "mask_name",
    "mask_text",
    "refusal",
    "safe_error",
    "signature",
    "storable",
    "wait_asked",
]
