"""Who a provider says must not be contacted any more: kept as a suppression, for the member and for his number (B3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from tasks.channels.port import Batch
from warehouse.features.numbers import number_subjects
from warehouse.ledger.records import Outcome, Suppression

if TYPE_CHECKING:
    from warehouse.ledger.port import Ledger


def keep_refusals(ledger: Ledger, batch: Batch, outcomes: Sequence[Outcome], at: datetime) -> int:
    """Suppress on the batch's channel those whose outcome refuses contact; returns how many are new.

    A telephone number is kept as its digest, so the refusal holds for whoever has it.
    """
    refusing = {outcome.intent_key for outcome in outcomes if outcome.refuses_contact}
    if not refusing:
        return 0
    reason = f"refused by the provider of {batch.channel}"
    subjects = [
        subject
        for message in batch.messages
        if message.intent_key in refusing
        for subject in (message.member_id, *islice(number_subjects(message.address or ""), 1))
    ]
    return ledger.suppress(Suppression(subject, batch.channel, reason, at) for subject in subjects)
