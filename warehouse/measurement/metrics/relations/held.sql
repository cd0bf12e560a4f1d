-- Who was a member at some moment of a window, with the tier and the region at its end; `at_start` and `at_end`: was one
-- then.
create or replace temp table m_held as
with
    found as (
        /*if behaving*/
        select
            c.cell,
            s.member_id,
            any_value(c.ends_at) as ends_at,
            bool_or(s.starts_at < c.starts_at and s.ends_at >= c.starts_at) as at_start,
            bool_or(s.starts_at < c.ends_at and s.ends_at >= c.ends_at) as at_end
        from cells as c
        inner join m_spans as s on s.starts_at < c.ends_at and s.ends_at > c.starts_at
        group by c.cell, s.member_id
        /*else*/
        select
            c.cell,
            s.member_id,
            c.ends_at,
            s.starts_at < c.starts_at and s.ends_at >= c.starts_at as at_start,
            s.ends_at >= c.ends_at as at_end
        from cells as c
        inner join m_spans as s on s.starts_at < c.ends_at and s.ends_at > c.starts_at
        /*end*/
    )

select
    f.cell,
    f.member_id,
    f.at_start,
    f.at_end,
    coalesce(m.store, '') as store,
    coalesce(m.channel, '') as channel,
    /*if tiers*/
    case
        when m.joined_at is null then 'non_member'
        when o.tier is not null and (o.until is null or o.until > f.ends_at) then o.tier
        else coalesce(t.tier, $base_tier)
    end as tier
    /*else*/
    '' as tier
    /*end*/
from found as f
left join m_members as m on m.member_id = f.member_id
/*if tiers*/
asof left join m_tiers as t on t.member_id = f.member_id and f.ends_at > t."at"
asof left join tier_overrides as o on o.member_id = f.member_id and f.ends_at >= o.set_at
/*end*/
