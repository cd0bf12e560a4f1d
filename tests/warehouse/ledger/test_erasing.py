"""A member taken out of a ledger: every row of his, on every ledger alike."""

from __future__ import annotations

from tests.warehouse.ledger.cases import HOUR, RUN, T0, grant, job, put, reserved
from warehouse.ledger import audit
from warehouse.ledger.audit import AuditFilter
from warehouse.ledger.erasing import ERASED, digest_of
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Outcome, Suppression, TierOverride

ENTRY = audit.erased("asked for it", "Lin", T0)


def test_what_has_not_left_is_stopped_and_frees_what_it_held(ledger: Ledger) -> None:
    jobs = [
        job("ann"),
        job("ann", channel="push"),
        job("ann", channel="mail", status="awaiting_approval"),
        job("ann", channel="chat"),
        job("ben"),
    ]
    put(ledger, jobs, [grant(one) for one in jobs])
    (doubtful,) = ledger.claim(RUN.run_id, "chat", 9, "w", T0)
    ledger.hand_over({doubtful.intent_key: 6}, "w", T0)
    ledger.record([Outcome(doubtful.intent_key, "pending", in_doubt=True)], T0, worker="w")
    (claimed,) = ledger.claim(RUN.run_id, "push", 9, "w", T0)
    done = ledger.erase(["ann"], "erased-1", ENTRY, T0)
    assert (done.stopped, done.out) == (4, 1)
    found = {(one.channel, one.member_id, one.status, one.error) for one in ledger.jobs()}
    assert found == {
        ("sms", "erased-1", "cancelled", ERASED),
        ("push", "erased-1", "cancelled", ERASED),
        ("mail", "erased-1", "cancelled", ERASED),
        ("chat", "erased-1", "unknown", ERASED),
        ("sms", "ben", "pending", None),
    }
    assert ledger.hand_over({claimed.intent_key: 6}, "w", T0) == set()
    assert reserved(ledger) == 200


def test_what_was_handed_over_is_counted_and_its_outcome_still_comes(ledger: Ledger) -> None:
    put(ledger, [job("ann")])
    (claimed,) = ledger.claim(RUN.run_id, "sms", 9, "w", T0)
    ledger.hand_over({claimed.intent_key: 6}, "w", T0)
    done = ledger.erase(["ann"], "erased-1", ENTRY, T0)
    assert (done.stopped, done.out) == (0, 1)
    ledger.record([Outcome(claimed.intent_key, "sent")], T0, worker="w")
    assert [(one.member_id, one.status) for one in ledger.jobs()] == [("erased-1", "sent")]


def test_no_row_names_him_and_a_digest_keeps_him_out(ledger: Ledger) -> None:
    put(ledger, [job("m-ann-1")], [grant(job("m-ann-1"))])
    ledger.suppress([Suppression("m-ann-1", "sms", "R", T0), Suppression("ben", "sms", "R", T0)])
    ledger.set_tier(TierOverride("m-ann-1", "gold", T0, None, "Ann likes it", "Lin"))
    ledger.cancel([job("x").intent_key], "nothing", T0)
    ledger.erase(["m-ann-1", "m-ann-2"], "erased-1", ENTRY, T0)
    everything = [
        *ledger.jobs(),
        *ledger.grant_rows(None, over=True),
        *ledger.suppression_rows(),
        *ledger.tier_rows(),
        *ledger.audit(),
    ]
    assert not [row for row in everything if "m-ann" in str(row) or "Ann" in str(row)]
    assert list(ledger.erasures()) == sorted([digest_of("m-ann-1"), digest_of("m-ann-2")])
    assert ledger.erased(["m-ann-1", "m-ann-2", "m-ann", "ben"]) == {"m-ann-1", "m-ann-2"}
    assert [row.member_id for row in ledger.suppression_rows()] == ["ben"]


def test_a_second_time_keeps_the_pseudonym_and_adds_no_entry(ledger: Ledger) -> None:
    put(ledger, [job("ann")])
    ledger.erase(["ann"], "erased-1", ENTRY, T0)
    again = ledger.erase(["ann"], "erased-2", ENTRY, T0 + HOUR)
    assert (again.pseudonym, again.rows, again.stopped) == ("erased-1", 0, 0)
    (entry,) = ledger.audit(AuditFilter(action="erase"))
    assert (entry.subject, entry.detail, entry.count) == ("erased-1", "asked for it", 1)


def test_a_decision_that_was_written_anew_has_its_new_checksum(ledger: Ledger) -> None:
    put(ledger, [job("ann")])
    assert not ledger.rename_decision(RUN.run_id, "other", "new")
    assert ledger.rename_decision(RUN.run_id, "sha", "new")
    found = ledger.run(RUN.run_id)
    assert found is not None
    assert found.decision_sha == "new"


def test_who_was_erased_elsewhere_is_kept_out_here(ledger: Ledger) -> None:
    put(ledger, [job("ann"), job("ben")])
    assert ledger.keep_erasures({digest_of("ann"): "erased-1"}, T0) == [digest_of("ann")]
    assert ledger.keep_erasures({digest_of("ann"): "erased-2"}, T0) == []
    assert ledger.erasures() == {digest_of("ann"): "erased-1"}
    assert ledger.erased(["ann", "ben"]) == {"ann"}
    assert ledger.erase(["ann"], "erased-3", ENTRY, T0).pseudonym == "erased-1"
