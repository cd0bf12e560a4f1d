-- Orders that lift their member into a higher tier: rolling spend and orders just before and with them (A6).
with
    paid as (
        select
            member_id,
            paid_at,
            amount_cents
            - case
                when refunded_at < $at then refunded_cents
                when part_refunded_at < $at then part_refunded_cents
                else 0
            end as net_cents
        from snap.stg_orders
        where paid_at < $at
    ),

    sums as (
        select
            member_id,
            paid_at as "at",
            sum(net_cents) over spending as reached,
            count(*) filter (net_cents > 0) over spending as orders,
            coalesce(sum(net_cents) over earlier, 0) as reached_before,
            count(*) filter (net_cents > 0) over earlier as orders_before
        from paid
        window
            spending as (
                partition by member_id order by paid_at range between $tier_window::interval preceding and current row
            ),
            earlier as (
                partition by member_id order by paid_at
                range between $tier_window::interval preceding and interval 1 microsecond preceding
            )
    ),

    ranks as (
        select
            member_id,
            "at",
            len(list_filter($tier_spends::bigint[], lambda step: step <= reached)) as by_spend,
            len(list_filter($tier_orders::bigint[], lambda step: step <= orders)) as by_orders,
            len(list_filter($tier_spends::bigint[], lambda step: step <= reached_before)) as spend_before,
            len(list_filter($tier_orders::bigint[], lambda step: step <= orders_before)) as orders_before
        from sums
    )

select member_id, "at"
from ranks
where
    case when $any_of then greatest(by_spend, by_orders) else least(by_spend, by_orders) end
    > case when $any_of then greatest(spend_before, orders_before) else least(spend_before, orders_before) end
