-- Oldest first: what the ledger has of a member and reason covers the oldest, the rest is still to be booked.
with earned as (
    select member_id, reason, 'play' as kind, order_id, "at", points, event_id as key from point_plays where points > 0
    union all
    select member_id, 'referral', 'referral', order_id, "at", points - taken_back, referred_id
    from point_friends
    where points > taken_back
),

booked as (
    select member_id, kind, sum(points)::decimal(18, 1) as points
    from snap.stg_points
    where kind in ('play', 'referral') and "at" < $as_of
    group by member_id, kind
),

running as (
    select
        e.*,
        sum(e.points) over (
            partition by e.member_id, e.kind order by e."at", e.key rows between unbounded preceding and current row
        ) - coalesce(b.points, 0) as lacking
    from earned as e
    left join booked as b using (member_id, kind)
),

open as (
    select member_id, least(points, lacking) as points, reason, order_id, "at" from running where lacking > 0
    union all
    select d.member_id, d.points, 'double_day', d.order_id, o.credited_at
    from point_differences as d
    inner join point_orders as o using (member_id, order_id)
    where d.reason = 'double_day' and d.points > 0
)

select * from open order by "at", member_id, reason, order_id
