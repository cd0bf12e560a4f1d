"""Addresses of several members: a telephone of a household, a shop's counter phone in every card.

One message goes to an address for each play and moment, and a withdrawal given for it holds for all who have it.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from warehouse.engines.sql_files import sql_files
from warehouse.features.numbers import define_number_macros

TABLE = "shared_addresses"
_SHARED = sql_files(__package__)[TABLE].format(points="snap.stg_contact_points")


@dataclass(frozen=True, slots=True)
class SharedAddresses:
    """How many addresses several members have, and how many members those are; `most` of them have one address."""

    addresses: int
    members: int
    most: int


def share_addresses(con: duckdb.DuckDBPyConnection) -> SharedAddresses:
    """Write `snap.shared_addresses` (channel, address_key, member_id): none of the addresses only one member has."""
    define_number_macros(con)
    con.execute(f"create or replace table snap.{TABLE} as {_SHARED}")
    con.execute(
        f"comment on table snap.{TABLE} is 'one row per member and channel whose address another member has as well'"
    )
    counted = f"""
        select count(distinct (channel, address_key)), count(distinct member_id), coalesce(max(members), 0)
        from (select *, count(*) over (partition by channel, address_key) as members from snap.{TABLE})
    """
    ((addresses, members, most),) = con.execute(counted).fetchall()
    return SharedAddresses(addresses, members, most)


def define_shared_addresses(con: duckdb.DuckDBPyConnection) -> None:
    """The view `shared_addresses` of the attached snapshot; one that an earlier promocal made is looked through."""
    view = f"create or replace temp view {TABLE} as"
    try:
        # Trying takes a fraction of the time in which a catalogue is looked through for the table.
        con.execute(f"{view} from snap.{TABLE}")
    except duckdb.CatalogException:
        define_number_macros(con)
        con.execute(f"{view} {_SHARED}")
