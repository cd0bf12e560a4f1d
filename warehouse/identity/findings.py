"""What a refresh says about joined accounts: how many persons, and what was kept apart."""

from __future__ import annotations

from campaign_calendars.findings.problem import Location, Problem
from warehouse.features.addresses import SharedAddresses
from warehouse.identity.resolve import MOST_STRONG, MOST_WEAK, Joined

_LOCATION = Location("sources.identities")
_HINT = "promocal member identities --conflicts lists them, masked"
_HINT_ZH = "promocal member identities --conflicts 可查看（已脱敏）"


def findings_of(joined: Joined, shared_addresses: SharedAddresses) -> list[Problem]:
    """D403 for persons of several accounts, D404 for contradictions, D405 for identifiers of too many accounts.

    D407 for addresses that several members have.
    """
    found = []
    torn = joined.conflicts.get("strong", 0) + joined.conflicts.get("weak", 0)
    shared = joined.conflicts.get("shared", 0)
    if joined.persons:
        persons = f"{joined.persons:,} person{'' if joined.persons == 1 else 's'}"
        kept, kept_zh = f", {torn + shared:,} conflicts kept apart", f"，{torn + shared:,} 处冲突未合并"
        found.append(
            Problem(
                "D403",
                "info",
                f"{joined.accounts:,} accounts are {persons}{kept if torn + shared else ''}",
                "promocal member identities shows them by kind of identifier",
                _LOCATION,
                f"{joined.accounts:,} 个账号合并为 {joined.persons:,} 人{kept_zh if torn + shared else ''}",
                "promocal member identities 可按标识类型查看",
            )
        )
    if torn:
        found.append(
            Problem(
                "D404",
                "warning",
                f"{torn:,} groups of linked accounts hold two crm_ids or two unionids and were kept apart",
                _HINT,
                _LOCATION,
                f"{torn:,} 组关联账号含有两个 crm_id 或两个 unionid，未合并",
                _HINT_ZH,
            )
        )
    if shared:
        found.append(
            Problem(
                "D405",
                "warning",
                f"{shared:,} identifiers link more accounts than one person has (more than {MOST_WEAK}; "
                f"of the strong kinds {MOST_STRONG}) or stand for nobody, and join nobody",
                _HINT,
                _LOCATION,
                f"{shared:,} 个标识关联的账号过多（超过 {MOST_WEAK} 个，强标识超过 {MOST_STRONG} 个）或为占位值，"
                "不用于合并",
                _HINT_ZH,
            )
        )
    return found + _shared_addresses(shared_addresses)


def _shared_addresses(shared: SharedAddresses) -> list[Problem]:
    if not shared.addresses:
        return []
    addresses = "1 address is that" if shared.addresses == 1 else f"{shared.addresses:,} addresses are those"
    return [
        Problem(
            "D407",
            "info",
            f"{addresses} of {shared.members:,} members (up to {shared.most:,} on one); each gets one message for a"
            " play and moment, and a withdrawal holds for all who have it",
            "",
            Location("sources.contact_points"),
            f"{shared.addresses:,} 个号码或地址由 {shared.members:,} 名会员共用（最多 {shared.most:,} 名共用一个）；"
            "每个玩法每个时刻只发一条，撤回同意对共用者都有效",
        )
    ]
