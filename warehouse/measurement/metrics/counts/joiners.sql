-- Who joined in a window, and what they did in it from joining on: an order, a gift for new members.
with
    joiners as (
        select c.cell, {group} as grp, f.member_id, f.joined_at, c.ends_at
        from cells as c
        inner join m_members as f on f.joined_at >= c.starts_at and f.joined_at < c.ends_at
    )

select
    j.cell,
    j.grp,
    []::varchar[] as part,
    count(*) as joins,
    count(*) filter (
        exists (
            from m_paid as o
            where o.counts and o.member_id = j.member_id and o.paid_at >= j.joined_at and o.paid_at < j.ends_at
        )
    ) as buyers
from joiners as j
group by j.cell, j.grp
