"""How much of what a generated store has: every part can be left out (0) or made more of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from campaign_calendars.findings.errors import UsageError


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of 1; see docs/sample-data.md."""

    referrals: float = 0.06
    """Of those who joined: brought by a member."""
    second_accounts: float = 0.02
    """Accounts of people who have another one, under the same telephone number."""
    shared_numbers: float = 0.002
    """Accounts under a number that eight have, such as a family's or an office's."""
    streaks: float = 0.04
    """Of the members: signed in day by day for a while lately."""
    reviews: float = 0.08
    """Of the orders that succeeded lately: reviewed."""
    shared: float = 0.03
    """Of the orders that succeeded lately: shared with friends."""
    join_steps: float = 0.9
    """Of those who joined lately: the steps of joining are known."""
    parcels: float = 0.9
    """Of the orders paid lately: the parcel is followed."""
    gifts: float = 0.02
    """Of the orders: with a gift as a line of its own."""

    def __post_init__(self) -> None:
        for name, share in asdict(self).items():
            if not 0 <= share <= 1:
                raise UsageError(
                    (f"the share {name} is {share}, not 0 to 1", f"比例 {name} 为 {share}，应在 0 到 1 之间"),
                    (f"write {name}=0.05", f"请写 {name}=0.05"),
                )


def read_shares(written: Iterable[str]) -> Shares:
    """`referrals=0`, `gifts=0.1` …, over the defaults; UsageError for other words."""
    known = {each.name for each in fields(Shares)}
    given: dict[str, float] = {}
    for text in written:
        name, _, value = text.partition("=")
        try:
            given[name.strip().replace("-", "_")] = float(value)
        except ValueError:
            given[name] = -1.0
        if name.strip().replace("-", "_") not in known:
            names = ", ".join(sorted(known))
            raise UsageError(
                (f"{text}: there is no share {name!r}", f"{text}：没有名为 {name!r} 的比例"),
                (f"there are {names}", f"可用：{names}"),
            )
    return Shares(**given)
