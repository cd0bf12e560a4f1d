"""What is to come, for every member: the occurrences ahead as one problem of shared and personal limits.

A *look* evaluates the audiences of some occurrences over `member_features` as it stands. What was looked
at becomes patterns: members who are alike in audiences, channels, benefits and past contacts. Only
patterns leave the database, never members (`warehouse.contact_plan` solves them).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from campaign_calendars.deciding.beside import calendar_and_phase
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.events import EventRate
from campaign_calendars.deciding.expecting import Objective
from campaign_calendars.deciding.limits import Done, tier_classes
from warehouse.contact_plan.problem import Choice, Limit, Past, Patterns, Slot
from warehouse.contact_plan.problem import Problem as ContactProblem
from warehouse.decision.agents import find_agents
from warehouse.decision.birthdays import find_birthday_gifts
from warehouse.decision.conditions.terms import enforced, facts_missing, met_sql
from warehouse.decision.consents import keep_consents
from warehouse.decision.limits_ahead import LimitsAhead
from warehouse.decision.reach import find_bonds, let_facts_win
from warehouse.decision.regions import in_regions
from warehouse.decision.rows_ahead import RowsAhead
from warehouse.decision.worths import Door, Worths
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import literal, sql_files, with_parts

_SQL = sql_files(__package__)

FLAGS_PER_WORD = 62
"""A BIGINT has 63 bits beside its sign."""
SCALE = 1000
"""Units of a shared row: a grant or a cent counts so many, so that a chance of it counts too."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A choice, whom it is for, and where its value is from."""

    choice: Choice
    door: Door
    source: str
    slope: float
    tier: int | None = None
    """The class of tiers it is for; None: all."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The problem of everything to come, who is alike to it, and which choice stands for what.

    `briefs` has one brief per slot; `slots` finds the slot of an occurrence. Of each choice `sources` says
    where its value is from, `slopes` what a larger basket adds to it. `losses` are contacts that are worth
    nothing or less, as pairs of a choice that is not in the problem and the patterns it would be open to.
    `past` says by row what was done already of what a limit is about, `kept_free` what of it is kept for
    events, expected by their `rates`.
    """

    briefs: tuple[Brief, ...]
    problem: ContactProblem
    patterns: Patterns
    objective: Objective = "priority"
    sources: tuple[str, ...] = ()
    slopes: tuple[float, ...] = ()
    losses: tuple[tuple[Choice, NDArray[np.bool_]], ...] = ()
    past: Mapping[str, Done] = field(default_factory=dict)
    kept_free: Mapping[str, int] = field(default_factory=dict)
    rates: Sequence[EventRate] = ()

    def slot_of(self, brief: Brief) -> int | None:
        """The number of an occurrence, or None where it is none of those that were looked at."""
        wanted = (brief.phase, brief.play, brief.at)
        return next((n for n, b in enumerate(self.briefs) if (b.phase, b.play, b.at) == wanted), None)


class Lookout:
    """Looks at occurrences, moment by moment, and makes the outlook of all of them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, briefs: Sequence[Brief]) -> None:
        self._con = con
        self.briefs = tuple(sorted(briefs, key=lambda brief: brief.at))
        self._words = -(-len(self.briefs) // FLAGS_PER_WORD)
        self.channels = {option.label: option for b in self.briefs for option in b.channels}
        self.benefits = tuple({o.benefit: o for b in self.briefs for o in b.benefits}.values())
        self._worths = Worths(self.briefs)
        self._looks = 0
        self.tiers = tier_classes(rule for brief in self.briefs for rule in brief.limits)
        con.execute(_with_masks(_SQL["outlook_tables"], "masks", self._each(", mask_{n} bigint")))

    def look(self, briefs: Sequence[Brief]) -> None:
        """Evaluate the audiences of these occurrences over `member_features` as of now."""
        wanted = {id(brief) for brief in briefs}
        asked = {predicate: n for n, predicate in enumerate(dict.fromkeys(brief.predicate for brief in briefs))}
        flags: list[Counter[int]] = [Counter() for _ in range(self._words)]
        for number, brief in enumerate(self.briefs):
            if id(brief) in wanted:  # occurrences of a play ask the same, and are asked once
                flags[number // FLAGS_PER_WORD][asked[brief.predicate]] |= 1 << number % FLAGS_PER_WORD
        parts = [
            [f"case when f.asked_{n} then {bits}::bigint else 0::bigint end" for n, bits in word.items()]
            for word in flags
        ]
        masks = "".join(f", {' | '.join(part) or '0::bigint'} as mask_{n}" for n, part in enumerate(parts))
        by_region = frozenset({"regions"} if briefs[0].region is not None else ())
        sql = in_regions(with_parts(_SQL["outlook_look"], by_region), briefs[0])
        sql = _with_masks(sql, "masks", masks)
        sql = sql.replace("/*any*/", " or ".join(f"f.asked_{n}" for n in asked.values()))
        # A predicate is SQL of ours: it is built from an allow-listed tree.
        sql = sql.replace("/*asked*/", "".join(f", ({predicate}) as asked_{n}" for predicate, n in asked.items()))
        sql = sql.replace("0::bigint /*terms*/", self._terms(briefs))
        self._worths.see(self._con)
        segments, basket = self._worths.flags(briefs)
        sql = sql.replace("0::bigint /*segments*/", segments).replace("0 /*basket*/", basket)
        if any(option.points for option in self.benefits) and self._has_points():
            # The balance that the gates know: what was promised since the source last told of anything is gone.
            balance = _SQL["balance"].replace("as points_balance", "as points_left")
            sql = sql.replace("null::bigint as points_left /*points*/", balance)
        parameters = self._look_parameters(briefs[0])
        self._looks += 1
        self._con.execute(sql, {name: value for name, value in parameters.items() if f"${name}" in sql})

    def _look_parameters(self, brief: Brief) -> dict[str, object]:
        groups = {rule.name: rule for rule in brief.holdouts}
        parameters: dict[str, object] = {
            "at": utc_naive(brief.at),
            "min_age": brief.min_age,
            "order_salt": brief.calendar,
            "look": self._looks,
        }
        for name in ("global", "campaign"):
            rule = groups.get(name)
            parameters[f"{name}_salt"] = rule.salt if rule else ""
            parameters[f"{name}_bp"] = rule.share_bp if rule else 0
        return parameters

    def _terms(self, briefs: Sequence[Brief]) -> str:
        """SQL: the benefits whose conditions on the member hold, then the tiers that limits tell apart, as bits.

        Of the benefits of these occurrences alone: only what they ask is computed at a look.
        """
        given = {option.benefit: option for brief in briefs for option in brief.benefits}
        found, missing = [], facts_missing(self._con, given.values())
        for number, name in enumerate(option.benefit for option in self.benefits):
            if (option := given.get(name)) is None:
                continue
            points = f"coalesce(f.points_left >= {option.points:d}, true) and " if option.points else ""
            found.append(
                f"case when {points}{met_sql(enforced(option, missing))} then {1 << number}::bigint else 0::bigint end"
            )
        named = ", ".join(literal(tier) for tiers in self.tiers for tier in tiers)
        for number, tiers in enumerate(self.tiers, len(self.benefits)):
            mine = (
                f"f.tier in ({', '.join(map(literal, tiers))})"
                if tiers
                else f"not coalesce(f.tier in ({named}), false)"
            )
            found.append(f"case when {mine} then {1 << number}::bigint else 0::bigint end")
        return " | ".join(found) or "0::bigint"

    def _has_points(self) -> bool:
        return self._con.execute("select 1 from snap.stg_points limit 1").fetchone() is not None

    def outlook(self, at: datetime, rates: Sequence[EventRate] = ()) -> Outlook:
        """Everything that was looked at, from `at` on (aware); leaves `ahead`, `ahead_patterns`, `ahead_places`.

        `rates` say what is kept free for events.
        """
        find_agents(self._con, self.channels.values(), at)
        keep_consents(self._con, at)
        limits = LimitsAhead(self.briefs)
        self._write_tables(limits, at)
        masks = self._each(", mask_{n}")
        sql = _SQL["outlook_members"]
        for name, text in (
            ("looked masks", ", bit_or(mask_{n}) as mask_{n}"),
            ("closed masks", ", coalesce(bit_or(s.flag) filter (s.word = {n}), 0) as mask_{n}"),
            ("open masks", ", l.mask_{n} & ~coalesce(c.mask_{n}, 0) as mask_{n}"),
        ):
            sql = _with_masks(sql, name, self._each(text))
        moments = [utc_naive(brief.at) for brief in self.briefs]
        parameters = {"at": utc_naive(at), "calendar": self.briefs[0].calendar, "moments": moments}
        for statement in sql.split(";"):
            self._con.execute(statement, {k: v for k, v in parameters.items() if f"${k}" in statement})
        self._con.execute(_with_masks(_SQL["outlook_patterns"], "masks", masks))
        same = self._each(" and p.mask_{n} = a.mask_{n}")
        places = _with_masks(_SQL["outlook_places"], "masks", self._each(", a.mask_{n}"))
        places = places.replace("null::bigint /*basket*/", self._worths.own_basket)
        self._con.execute(_with_masks(places, "same", same))
        rows = RowsAhead(self._con, SCALE, at, rates)
        rows.know_limits(self.briefs)
        slots, ways = self._ways(at, limits, rows)
        taken = [way for way in ways if way.choice.value > 0]
        choices = tuple(way.choice for way in taken)
        problem = ContactProblem(tuple(slots), choices, tuple(limits.limits), tuple(rows.rows()))
        opened, patterns = self._patterns(problem, ways)
        losses = ((way.choice, flag) for way, flag in zip(ways, opened, strict=True) if way.choice.value <= 0)
        sources, slopes = tuple(way.source for way in taken), tuple(way.slope for way in taken)
        return Outlook(
            self.briefs, problem, patterns, self._worths.objective, sources, slopes, tuple(losses),
            rows.past, rows.kept_free, rates,
        )  # fmt: skip

    def _write_tables(self, limits: LimitsAhead, at: datetime) -> None:
        con = self._con
        append_rows(
            con,
            "ahead_slots",
            (
                (
                    n,
                    n // FLAGS_PER_WORD,
                    1 << n % FLAGS_PER_WORD,
                    *calendar_and_phase(b),
                    b.play,
                    b.at,
                    b.again,
                    b.gap,
                    b.touch,
                )
                for n, b in enumerate(self.briefs)
            ),
        )
        append_rows(con, "ahead_limits", limits.rows())
        append_rows(con, "ahead_money", limits.money())
        append_rows(con, "ahead_held", limits.held())
        rows = (
            (
                n,
                o.channel,
                o.agent.name if o.agent else None,
                o.consent_required,
                o.bound,
                o.joined_bp,
                o.talks,
                o.on_join,
            )
            for n, o in enumerate(self.channels.values())
        )
        append_rows(con, "ahead_channels", rows)
        let_facts_win(con, "ahead_channels", self.channels.values())
        find_birthday_gifts(con, self.briefs[0].calendar, self.benefits)
        find_bonds(con, self.channels.values(), at)
        append_rows(
            con,
            "ahead_benefits",
            (
                (n, o.benefit, limits.number_of_benefit(o.benefit), o.per_member, o.year is not None)
                for n, o in enumerate(self.benefits)
            ),
        )  # fmt: skip

    def _ways(self, at: datetime, limits: LimitsAhead, rows: RowsAhead) -> tuple[list[Slot], list[_Way]]:
        """Slots, and at each the channel and benefit a member may be sent, with what that is worth to whom."""
        slots, ways = [], []
        for number, brief in enumerate(self.briefs):
            slots.append(Slot(brief.at, f"{brief.phase}/{brief.play}@{brief.at.isoformat()}", rows.day_of(brief)))
            stays = _stays(brief, at)
            gifts = (*brief.benefits, None) if brief.reminder is not None else brief.benefits or (None,)
            for channel, benefit in product(brief.channels, gifts):
                if channel.closed or any(cap.max == 0 and cap.covers(channel.channel) for cap in brief.caps):
                    continue
                if benefit is not None and benefit.shut is not None:
                    continue
                name = benefit.benefit if benefit else None
                uses = rows.uses(brief, channel, benefit, stays)
                caps, rules = limits.caps_of(brief, channel.channel, benefit), limits.relation(brief, benefit)
                for tier, tiers in self._tiers_told_apart(brief, channel.channel, name):
                    for offer in self._worths.offers(brief, channel, benefit, stays):
                        worth = offer.value / stays if stays else 0
                        both = uses + rows.limit_uses(brief, channel.channel, benefit, tiers, stays=stays, value=worth)
                        choice = Choice(number, channel.label, name, offer.value, caps, both, rules)
                        ways.append(_Way(choice, offer.door, offer.source, offer.slope, tier))
        return slots, ways

    def _tiers_told_apart(
        self, brief: Brief, channel: str, benefit: str | None
    ) -> Iterator[tuple[int | None, tuple[str, ...] | None]]:
        """Of a choice: the classes of tiers, where a limit on it asks for them."""
        asked = any(rule.tiers and rule.counts(brief.phase, brief.play, channel, benefit) for rule in brief.limits)
        if asked:
            yield from enumerate(self.tiers)
        else:
            yield None, None

    def _patterns(self, problem: ContactProblem, ways: Sequence[_Way]) -> tuple[list[NDArray[np.bool_]], Patterns]:
        """To which patterns each way is open, and the patterns with the ways that are worth something."""
        found = self._con.execute("select * from ahead_patterns order by pattern").fetchnumpy()
        masks = [_ints(found[f"mask_{n}"]) for n in range(self._words)]
        reach, terms = _ints(found["channels"]), _ints(found["terms"])
        segments, baskets = _ints(found["segments"]), _ints(found["basket"])
        channel_at = {name: n for n, name in enumerate(self.channels)}
        benefit_at = {option.benefit: n for n, option in enumerate(self.benefits)}
        opened = []
        for way in ways:
            choice = way.choice
            flag = _bit(masks[choice.slot // FLAGS_PER_WORD], choice.slot % FLAGS_PER_WORD)
            flag &= _bit(reach, channel_at[choice.channel])
            if choice.benefit is not None:
                flag &= _bit(terms, benefit_at[choice.benefit])
            if way.tier is not None:
                flag &= _bit(terms, len(self.benefits) + way.tier)
            opened.append(flag & way.door.open_to(segments, baskets))
        texts, root = np.unique(found["root"].astype(str), return_inverse=True)
        moments = [brief.at for brief in self.briefs]
        pasts = tuple(_past(str(text), problem.limits, moments) for text in texts) or (Past(),)
        taken = [flag for way, flag in zip(ways, opened, strict=True) if way.choice.value > 0]
        matrix = np.stack(taken, axis=1) if taken else np.zeros((len(reach), 0), dtype=np.bool_)
        return opened, Patterns(matrix, root.astype(np.int64), _ints(found["treated"]), pasts)

    def _each(self, text: str) -> str:
        return "".join(text.replace("{n}", str(n)) for n in range(self._words))


def _past(text: str, limits: Sequence[Limit], moments: Sequence[datetime]) -> Past:
    """A past that ends as the text says: `rule@slot` of the first slot at which the contact counts no more.

    Below zero it is what counts for good; a `!` marks what was sent at the very moment of the first slot.
    """
    held: list[tuple[int, datetime | None]] = []
    amounts: list[tuple[int, int]] = []
    for part in filter(None, text.split(",")):
        rule, released = map(int, part.removesuffix("!").split("@"))
        window = limits[rule].window
        if released < 0:
            amounts.append((rule, -released))
        elif part.endswith("!"):
            held.append((rule, moments[0]))
        elif window is not None and released > 0:
            # Any moment that has just run out at that slot says the same; past the last one, it never does.
            end = moments[released] if released < len(moments) else moments[-1] + timedelta(seconds=1)
            held.append((rule, end - window))
    return Past(tuple(held), tuple(amounts))


def _stays(brief: Brief, at: datetime) -> float:
    """The chance that a member of the audience is still in it then; whoever joins is seen by a later look."""
    days = max(0, (brief.day.start - at) / timedelta(days=1))
    return float((1 - brief.leaves_bp_per_day / 10_000) ** days)


def _with_masks(sql: str, name: str, text: str) -> str:
    return sql.replace(f" /*{name}*/", text).replace(f"/*{name}*/", text)


def _ints(values: Any) -> NDArray[np.int64]:
    return np.ma.filled(values, 0).astype(np.int64)


def _bit(words: NDArray[np.int64], bit: int) -> NDArray[np.bool_]:
    return ((words >> bit) & 1).astype(np.bool_)
