"""Messages on the terminal, for trying a calendar out: nothing leaves the machine (A4).

Names and addresses are starred unless `personal_data = "plain"`. A repeat shows a message again, so a key is not
honoured: after a crash nobody knows what was read.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from tasks.channels.answers import storable
from tasks.channels.port import Batch, ChannelKeys, ChannelKind, ChannelSetup, Message
from tasks.channels.privacy import mask_address, mask_name, mask_text
from warehouse.ledger.records import Outcome

_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class ConsoleChannel:
    """`shown`: how many messages of a batch are shown; of the others only how many there are."""

    name: str
    masked: bool = True
    needs_address: bool = False
    shown: int = 20

    honours_key = False
    batch_size = 1_000

    def send(self, batch: Batch) -> list[Outcome]:
        # Standard error: what a command answers on standard output stays readable for programs.
        lines = [f"[{self.name}] {batch.calendar} {batch.phase} {batch.play}: {len(batch.messages):,}"]
        lines += [self._line(message) for message in batch.messages[: self.shown]]
        if (left := len(batch.messages) - self.shown) > 0:
            lines.append(f"    … {left:,}")
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()
        return [Outcome(message.intent_key, "sent") for message in batch.messages]

    def _line(self, message: Message) -> str:
        name, address, text = message.name or "", message.address or "", message.text
        if self.masked:
            text = mask_text(text, address=address, name=name)
            name, address = mask_name(name), mask_address(address)
        parts = (message.member_id, name, address, text, *(one.in_a_cell() for one in message.attachments))
        return "    " + "  ".join(said for part in parts if (said := storable(part, _LONGEST)))


class ConsoleKeys(ChannelKeys):
    """`kind = "console"`."""

    personal_data: Literal["masked", "plain"] = "masked"
    needs_address: bool = False
    shown: Annotated[int, Field(ge=0, le=100_000)] = 20


def _open(setup: ChannelSetup[ConsoleKeys]) -> ConsoleChannel:
    keys = setup.keys
    return ConsoleChannel(setup.name, keys.personal_data == "masked", keys.needs_address, keys.shown)


KIND = ChannelKind("console", ConsoleKeys, _open)
