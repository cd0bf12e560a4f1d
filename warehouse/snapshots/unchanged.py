"""A refresh that finds nothing new: the last snapshot's file says everything, as of a later moment.

Nothing is copied or computed then. The file is shared, and the manifest says anew what depends on the
moment. Figures of members are computed from the state when somebody asks, whatever moment it is of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import duckdb

from campaign_calendars.findings.problem import Problem, sort_problems
from warehouse.engines.rows import utc_naive
from warehouse.features.params import FeatureParams
from warehouse.features.state import usable_state
from warehouse.identity.fold import BEFORE
from warehouse.models.catalogue import load_layer
from warehouse.shelf.manifest import DatasetCounts, RuleResult, Snapshot
from warehouse.staging.freshness import newest_facts
from warehouse.staging.policy import Policy
from warehouse.staging.pull import Pulled
from warehouse.staging.standing import MEASURED_ANEW, findings_about, standing

MOST_DAYS = 7
"""A file whose state is older is made anew: the longer the way from the state, the more a decision computes."""

_LATER = "select 1 from {table} where {column} >= $since and {column} < $moment limit 1"


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What the manifest of a later moment says about the same rows."""

    counts: Mapping[str, DatasetCounts]
    findings: tuple[Problem, ...]
    rules: tuple[RuleResult, ...]


def look_again(
    con: duckdb.DuckDBPyConnection,
    parent: Snapshot,
    pulled: Pulled,
    policies: Mapping[str, Policy],
    *,
    as_of: datetime,
    params: FeatureParams,
) -> Unchanged | None:
    """The parent's rows (attached as `prev`) as of `as_of` (aware); None where its file would not say the same."""
    if pulled.fingerprint != parent.fingerprint or not _all_read_before(pulled) or not _leads_to(con, as_of, params):
        return None
    newest = newest_facts(con, as_of, BEFORE)
    counts = {name: replace(count, newest=newest.get(name)) for name, count in parent.counts.items()}
    said = {problem for dataset in pulled.sources for problem in findings_about(parent, dataset)}
    findings = [problem for problem in parent.findings if problem not in said and problem.code not in MEASURED_ANEW]
    rules = {dataset: [one for one in parent.build.rules if one.dataset == dataset] for dataset in parent.counts}
    for made in load_layer("staging"):
        if (increment := pulled.increments.get(made.dataset)) is not None:
            model = policies.get(made.dataset, Policy()).adjusted(made)
            about, rules[made.dataset] = standing(con, model, increment, as_of, f"{BEFORE}.{made.name}")
            findings += about
    ordered = [result for model in load_layer("staging") for result in rules[model.dataset]]
    return Unchanged(counts, tuple(sort_problems(findings)), tuple(ordered))


def _all_read_before(pulled: Pulled) -> bool:
    return set(pulled.increments) == set(pulled.sources) and not any(one.new_rows for one in pulled.sources.values())


def _leads_to(con: duckdb.DuckDBPyConnection, as_of: datetime, params: FeatureParams) -> bool:
    """Whether the state leads to the moment, and nothing that joins accounts has happened in between."""
    moment = utc_naive(as_of)
    use = usable_state(con, "prev", moment, params)
    if use.as_of is None or moment - use.as_of > timedelta(days=MOST_DAYS):
        return False
    between = {"since": use.as_of, "moment": moment}
    asked = [("prev.stg_identities", '"at"')]
    if con.execute("select 1 from prev.member_map limit 1").fetchall():
        asked.append(("prev.account_members", "joined_at"))
    return not any(
        con.execute(_LATER.format(table=table, column=column), between).fetchall() for table, column in asked
    )
