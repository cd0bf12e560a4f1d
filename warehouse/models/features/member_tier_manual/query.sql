-- Tiers set by hand (`promocal member tier`), from the ledger: the tier that holds at as_of (A6). Those of
-- one account never overlap; of a person's accounts the one set last counts.
with
    placed as (
        select
            member_id,
            tier,
            row_number() over (partition by member_id order by set_at desc, tier) as place
        from tier_overrides
        where set_at <= getvariable('as_of') and (until is null or until > getvariable('as_of'))
    )

select
    member_id,
    tier as tier_manual
from placed
where place = 1
