from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import fields
from datetime import timedelta

import pytest

from campaign_calendars.deciding.intent import run_id
from campaign_calendars.findings.errors import UsageError
from tasks.deciding.decide import decide, due
from tasks.deciding.decisions import decision_path
from tasks.running.replay import moments
from tasks.runtime import Runtime
from warehouse.decision.files import chosen_rows, explain_member

CALENDAR = "queens-day-2020"


def test_the_same_moment_gives_the_same_bytes_on_one_thread_and_two(shop: Runtime) -> None:
    first = moments(shop.load_calendar(CALENDAR))[0]
    digests = set()
    for threads in (1, 2):
        warehouse = shop.settings.warehouse.model_copy(update={"threads": threads})
        rt = dataclasses.replace(shop, settings=shop.settings.model_copy(update={"warehouse": warehouse}))
        manifest = decide(rt, CALENDAR, first.phase, first.at)
        path = decision_path(rt, manifest.run_id)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == manifest.decision_sha
        digests.add(manifest.decision_sha)
        rt.close()
    assert len(digests) == 1


def test_run_ids_name_the_moment_in_utc(shop: Runtime) -> None:
    step = moments(shop.load_calendar(CALENDAR))[0]
    utc = step.at - step.at.utcoffset()
    assert run_id(CALENDAR, step.phase, step.at) == f"{CALENDAR}.{step.phase}.{utc:%Y%m%dT%H%M%SZ}"


def test_a_moment_nobody_planned_is_a_usage_error(shop: Runtime) -> None:
    step = moments(shop.load_calendar(CALENDAR))[0]
    with pytest.raises(UsageError, match="no play at"):
        decide(shop, CALENDAR, step.phase, step.at + timedelta(seconds=1))
    assert due(shop.load_calendar(CALENDAR), step.phase, step.at + timedelta(seconds=1)) == []


def test_the_file_holds_every_candidate_and_explains_each(shop: Runtime) -> None:
    step = moments(shop.load_calendar(CALENDAR))[0]
    manifest = decide(shop, CALENDAR, step.phase, step.at)
    path = decision_path(shop, manifest.run_id)
    chosen = list(chosen_rows(path))
    assert len(chosen) == sum(play.chosen for play in manifest.plays)
    rows = explain_member([path], chosen[0][2])
    assert rows[0].status == "chosen"
    assert explain_member([path], "nobody") == []


def test_names_phones_and_addresses_stay_out_of_decisions(shop: Runtime) -> None:
    step = moments(shop.load_calendar(CALENDAR))[0]
    manifest = decide(shop, CALENDAR, step.phase, step.at)
    path = decision_path(shop, manifest.run_id)
    columns = {each.name for each in fields(explain_member([path], next(chosen_rows(path))[2])[0])}
    assert columns == {
        "calendar", "phase", "play", "occurrence_at", "member_id", "status", "arm", "reason", "chain", "channel",
        "benefit", "cost_cents", "ghost_channel", "ghost_benefit", "tier", "explored", "propensity",
        "reminds", "region",
    }  # fmt: skip
