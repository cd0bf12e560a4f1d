-- Sales of a window, whole store and members (member at the time of the order, domain A7). Guests are in the orders and
-- sales of the store; nobody knows how many buyers they were.
select
    w.phase,
    count(p.order_id) as orders,
    count(distinct p.member_id) as buyers,
    coalesce(sum(p.net_cents), 0)::bigint as gmv_cents,
    coalesce(sum(p.net_cents) filter (where p.by_member), 0)::bigint as member_gmv_cents,
    count(distinct p.member_id) filter (where p.by_member) as member_buyers,
    (
        select count(*)
        from snap.stg_members as m
        where m.joined_at >= w.starts_at and m.joined_at < w.ends_at and m.joined_at < $as_of
    ) as joins,
    (
        select count(*)
        from (
            select member_id from paid as q
            where q.member_id is not null and q.paid_at >= w.starts_at and q.paid_at < w.ends_at
            group by member_id having count(*) >= 2
        )
    ) as repeat_buyers
from phase_windows as w
left join paid as p on p.paid_at >= w.starts_at and p.paid_at < w.ends_at
group by w.phase, w.starts_at, w.ends_at
order by w.starts_at, w.phase
