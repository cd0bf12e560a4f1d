-- Who ever joined, with the tier at the moment of leaving or of measuring.
create or replace temp table m_joined as
with
    persons as (
        select *, coalesce(left_at, $as_of) as judged_at from m_members where joined_at is not null
    )

select
    p.*,
    /*if tiers*/
    case
        when o.tier is not null and (o.until is null or o.until > p.judged_at) then o.tier
        else coalesce(t.tier, $base_tier)
    end as tier
    /*else*/
    '' as tier
    /*end*/
from persons as p
/*if tiers*/
asof left join m_tiers as t on t.member_id = p.member_id and p.judged_at > t."at"
asof left join tier_overrides as o on o.member_id = p.member_id and p.judged_at >= o.set_at
/*end*/
