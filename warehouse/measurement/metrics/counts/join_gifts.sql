-- Who joined in a window and was given a benefit for new members after it, or claimed one.
with
    gifts as (
        select g.member_id, g."at"
        from m_grants as g
        inner join j_benefits as b on b.benefit = g.benefit and starts_with(b.kind, 'new_member')
        where g.held
        union all
        select e.member_id, e."at"
        from snap.stg_events as e
        inner join j_benefits as b on b.benefit = e.benefit and starts_with(b.kind, 'new_member')
        where e.kind in ('coupon_claim', 'claim') and e."at" < $as_of
    )

select c.cell, {group} as grp, []::varchar[] as part, count(distinct f.member_id) as members
from cells as c
inner join m_members as f on f.joined_at >= c.starts_at and f.joined_at < c.ends_at
inner join gifts as g on g.member_id = f.member_id and g."at" >= f.joined_at
group by c.cell, grp
