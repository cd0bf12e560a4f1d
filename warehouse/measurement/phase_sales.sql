-- Sales of a window, whole store and members (member at the time of the order, domain A7). Guests are in the orders and
-- sales of the store; nobody knows how many buyers they were.
with near as (
    select
        w.phase,
        p.member_id,
        p.net_cents,
        m.joined_at <= p.paid_at and (m.left_at is null or m.left_at < m.joined_at or m.left_at > p.paid_at) as by_member
    from phase_windows as w
    inner join paid as p on p.paid_at >= w.starts_at and p.paid_at < w.ends_at
    left join snap.stg_members as m on m.member_id = p.member_id
),
sold as (
    select
        phase,
        member_id,
        count(*) as orders,
        sum(net_cents) as cents,
        count(*) filter (by_member) as by_member,
        sum(net_cents) filter (by_member) as by_member_cents
    from near
    group by phase, member_id
),
sums as (
    select
        phase,
        sum(orders)::bigint as orders,
        count(member_id) as buyers,
        sum(cents)::bigint as gmv_cents,
        sum(by_member_cents)::bigint as member_gmv_cents,
        count(member_id) filter (by_member > 0) as member_buyers,
        count(member_id) filter (orders > 1) as repeat_buyers
    from sold
    group by phase
)
select
    w.phase,
    coalesce(s.orders, 0) as orders,
    coalesce(s.buyers, 0) as buyers,
    coalesce(s.gmv_cents, 0) as gmv_cents,
    coalesce(s.member_gmv_cents, 0) as member_gmv_cents,
    coalesce(s.member_buyers, 0) as member_buyers,
    (
        select count(*)
        from snap.stg_members as m
        where m.joined_at >= w.starts_at and m.joined_at < w.ends_at and m.joined_at < $as_of
    ) as joins,
    coalesce(s.repeat_buyers, 0) as repeat_buyers
from phase_windows as w
left join sums as s on s.phase = w.phase
order by w.starts_at, w.phase
