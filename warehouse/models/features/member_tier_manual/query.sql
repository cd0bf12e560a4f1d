-- Tiers set by hand (`promocal member tier`), from the ledger: the tier that holds at as_of (A6).
select
    member_id,
    tier as tier_manual
from tier_overrides
where set_at <= getvariable('as_of') and (until is null or until > getvariable('as_of'))
