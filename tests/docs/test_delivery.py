"""docs/delivery.md says what the code does: its tables are made from it, and each way is one that ledgers go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from promocal.delivery_page import PAGES, filled
from warehouse.ledger.records import JobStatus
from warehouse.ledger.transitions import CANCELLABLE, EFFECTS, ENTRY, LIVE, OUTCOME_FROM, SENT, SETTLED_AS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_the_tables_are_those_of_the_code(name: str) -> None:
    page = (DOCS / name).read_text("utf-8")
    assert filled(page, PAGES[name]) == page, "python -m promocal.reference docs"


def test_every_test_that_shows_a_sentence_is_there() -> None:
    page = (DOCS / "delivery.md").read_text("utf-8")
    table = page[page.index("<!-- shown by -->") : page.index("<!-- end shown by -->")]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "shown by |" not in line]
    assert len(rows) >= 30
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row)
        assert named, row
        for file, name in named:
            assert f"\ndef {name}(" in (DOCS.parent / file).read_text("utf-8"), row


def test_a_page_without_a_place_for_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for states"):
        filled("nothing", "en")


def test_what_the_table_says_is_what_ledgers_allow() -> None:
    """As it was before it stood in one table: a change of the guarantee is a change of this test."""
    assert set(EFFECTS) == set(get_args(JobStatus))
    assert set(LIVE) == {"awaiting_approval", "pending", "sending", "sent", "unknown", "to_do"}
    assert set(SENT) == {"sent", "unknown"}
    assert {status for status, effect in EFFECTS.items() if effect.grant == "freed"} == {"failed", "cancelled"}
    assert ENTRY == {"pending", "awaiting_approval"} == set(CANCELLABLE)
    assert {outcome: set(before) for outcome, before in OUTCOME_FROM.items()} == {
        "sent": {"sending", "unknown", "pending"},
        "failed": {"sending", "unknown"},
        "unknown": {"sending"},
        "pending": {"sending"},
        "cancelled": {"sending"},
        "to_do": {"sending"},
    }
    assert {status: set(ways) for status, ways in SETTLED_AS.items()} == {
        "unknown": {"sent", "failed", "pending"},
        "to_do": {"sent", "failed", "cancelled"},
    }
