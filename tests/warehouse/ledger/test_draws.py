"""How control groups are drawn stays as the first run had it, in every ledger; a person may change it."""

from __future__ import annotations

from warehouse.ledger import audit
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Draw

from .cases import T0

FIRST = Draw("c", "campaign", "s1", 500, "c.burst.1")
PLAY = Draw("c", "burst/p", "s1:burst/p", 1000, "c.burst.1")


def test_the_first_draw_stays(ledger: Ledger) -> None:
    ledger.keep_draws([FIRST, PLAY])
    ledger.keep_draws([Draw("c", "campaign", "s2", 900, "c.burst.2"), Draw("d", "campaign", "s1", 100, "d.1")])
    assert ledger.draws("c") == [PLAY, FIRST]
    assert ledger.draws("e") == []


def test_a_person_changes_it(ledger: Ledger) -> None:
    ledger.keep_draws([FIRST, PLAY])
    later = Draw("c", "campaign", "", 0, "")
    ledger.redraw([later], audit.redrawn("c", "campaign: 0%", "the shop is too small", "li", T0))
    assert ledger.draws("c") == [PLAY, later]
    (entry,) = ledger.audit()
    assert (entry.action, entry.by, entry.detail, entry.calendar) == ("redraw", "li", "the shop is too small", "c")
