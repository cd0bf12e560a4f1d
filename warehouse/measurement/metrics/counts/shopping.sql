-- Persons who were seen in the shop in a window, and of them those who filled a cart or marked a favourite; of members
-- those who bought.
with
    seen as (
        select
            c.cell,
            {group} as grp,
            f.member_id,
            bool_or(f.kind = 'cart_add') as carted,
            bool_or(f.kind = 'favourite') as marked,
            bool_or(f.by_member) as as_member,
            any_value(c.starts_at) as starts_at,
            any_value(c.ends_at) as ends_at
        from cells as c
        inner join m_active as f on f."at" >= c.starts_at and f."at" < c.ends_at
        where f.kind in ('visit', 'page_view', 'cart_add', 'favourite')
        group by c.cell, grp, f.member_id
    )

select
    s.cell,
    s.grp,
    []::varchar[] as part,
    count(*) as visitors,
    count(*) filter (s.carted) as carted,
    count(*) filter (s.marked) as marked,
    count(*) filter (s.as_member) as members,
    count(*) filter (
        s.as_member
        and exists (
            from m_orders as o
            where o.counts and o.by_member and o.member_id = s.member_id and o."at" >= s.starts_at and o."at" < s.ends_at
        )
    ) as member_buyers
from seen as s
group by s.cell, s.grp
