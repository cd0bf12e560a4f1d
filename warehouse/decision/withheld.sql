-- Why a reached candidate got none: for each benefit the gate that stopped it.
create or replace temp table withheld as
select
    k.member_id,
    o.position,
    o.benefit,
    case
        when not (o.any_tier or list_contains(o.tiers, k.tier)) then 'benefit_tier'
        when (
            select count(*) from grants as h
            where h.member_id = k.member_id and h.calendar = $calendar and h.benefit = o.benefit
        ) >= o.per_member then 'benefit_limit'
        when k.points_balance < o.points then 'benefit_points'
        else o.exhausted
    end as held
from reached as r
inner join candidates as k on k.member_id = r.member_id
anti join given as g on g.member_id = k.member_id
cross join benefit_options as o
