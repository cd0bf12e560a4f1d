"""How many members every audience holds, and how many any two share, in one pass over the members.

All rules are evaluated side by side: a member becomes one number per 62 rules, a bit for each rule
that holds, and a mark for the control group. What is kept is how often each number occurs, about a
thousand rows for ten million members, and that answers any count or overlap at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from campaign_calendars.audiences.language import AudienceExpr
from campaign_calendars.deciding.briefs import HoldoutRule
from warehouse.decision.regions import unit_of
from warehouse.engines.sql_files import literal

RULES_PER_MASK = 62
"""A BIGINT has 63 bits beside its sign."""


@dataclass(frozen=True, slots=True)
class AudienceRule:
    """A named condition over `member_features as f`, and the columns it reads."""

    name: str
    sql: str
    columns: frozenset[str]

    @classmethod
    def of(cls, name: str, expression: AudienceExpr) -> AudienceRule:
        return cls(name, expression.sql, expression.fields)


@dataclass(frozen=True, slots=True)
class AudienceCounts:
    """Distinct combinations of rules and how many members have each: no member is named.

    `holds` is combinations × rules, `members` and `held_out` have one figure per combination.
    """

    names: tuple[str, ...]
    holds: NDArray[np.bool_]
    members: NDArray[np.int64]
    held_out: NDArray[np.int64]

    @property
    def total(self) -> int:
        """Members in any audience or none."""
        return int(self.members.sum())

    def size(self, name: str) -> int:
        """Members of one audience."""
        return int(self.members[self._of(name)].sum())

    def control(self, name: str) -> int:
        """Those of them in the control group."""
        return int(self.held_out[self._of(name)].sum())

    def both(self, first: str, second: str) -> int:
        """Members of both audiences."""
        return int(self.members[self._of(first) & self._of(second)].sum())

    def overlaps(self) -> NDArray[np.int64]:
        """Members of every two audiences, in the order of `names`; the diagonal are the sizes."""
        holds = self.holds.astype(np.float64)  # the fast product; counts of people are exact in it
        return ((holds * self.members[:, None]).T @ holds).astype(np.int64)

    def _of(self, name: str) -> NDArray[np.bool_]:
        return self.holds[:, self.names.index(name)]


def count_audiences(
    con: duckdb.DuckDBPyConnection, rules: Sequence[AudienceRule], *, controls: Sequence[HoldoutRule] = ()
) -> AudienceCounts:
    """Evaluate the rules over `member_features` (a table or a view) once.

    A rule that is unknown (null) for a member does not hold. Members of any of the `controls` are
    counted beside. The connection needs what the rules read; see `segments.to_predicate`.
    """
    if not rules:
        raise ValueError("there is no audience to count")
    parts = [rules[start : start + RULES_PER_MASK] for start in range(0, len(rules), RULES_PER_MASK)]
    masks = [_mask(part) for part in parts]
    held = in_any_group(controls)
    columns = ", ".join(f"{mask} as mask_{number}" for number, mask in enumerate(masks))
    keys = ", ".join(f"mask_{number}" for number in range(len(masks)))
    rows = con.execute(
        f"""
        select {keys}, count(*) as members, count(*) filter (held) as held_out
        from (select {columns}, {held} as held from member_features as f)
        group by {keys}
        """
    ).fetchnumpy()
    found = [_bits(rows[f"mask_{number}"], len(part)) for number, part in enumerate(parts)]
    return AudienceCounts(
        tuple(rule.name for rule in rules),
        np.concatenate(found, axis=1),
        rows["members"].astype(np.int64),
        rows["held_out"].astype(np.int64),
    )


def columns_of(rules: Iterable[AudienceRule]) -> frozenset[str]:
    """The columns of `member_features` that the rules read."""
    return frozenset().union(*(rule.columns for rule in rules))


def _mask(rules: Sequence[AudienceRule]) -> str:
    """One BIGINT: bit n is set when the nth rule holds."""
    return " | ".join(
        f"case when {rule.sql} then {1 << bit}::bigint else 0::bigint end" for bit, rule in enumerate(rules)
    )


def in_any_group(controls: Sequence[HoldoutRule]) -> str:
    """SQL: whether a member of `f` is in one of the control groups."""
    return " or ".join(_in_group(control) for control in controls if control.share_bp) or "false"


def _in_group(control: HoldoutRule) -> str:
    salt = literal(control.salt)
    # The bucket of candidates.sql.
    bucket = f"('0x' || substr(md5({salt} || ':' || {unit_of(control)}), 1, 8))::bigint % 10000"
    return f"coalesce({bucket} < {control.share_bp:d}, false)"


def _bits(masks: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    shifted = masks.astype(np.int64)[:, None] >> np.arange(count)
    return (shifted & 1).astype(np.bool_)
