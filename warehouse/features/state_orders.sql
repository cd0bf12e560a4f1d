-- What changes in every buyer's figures between the moment of the state and as_of. An order that any
-- window counts differently has a moment of its own in between, or leaves or enters a window: the
-- figures of just those orders now, less what they were then.
with
    changed as (
        select
            member_id,
            paid_at,
            succeeded_at,
            items,
            amount_cents
            - given_back(getvariable('as_of'), refunded_at, refunded_cents, part_refunded_at, part_refunded_cents)
            as net_now,
            amount_cents
            - given_back(getvariable('state_as_of'), refunded_at, refunded_cents, part_refunded_at, part_refunded_cents)
            as net_then,
            coalesce(
                succeeded_at >= getvariable('from_tier') and succeeded_at < getvariable('as_of'), false
            ) as counts_now,
            coalesce(
                succeeded_at >= getvariable('state_from_tier') and succeeded_at < getvariable('state_as_of'), false
            ) as counted_then,
            coalesce(
                is_bought(getvariable('as_of'), ordered_at, paid_at, refunded_at, refunded_cents, amount_cents), false
            ) as stands,
            coalesce(
                is_bought(getvariable('state_as_of'), ordered_at, paid_at, refunded_at, refunded_cents, amount_cents),
                false
            ) as stood
        from snap.stg_orders
        where member_id is not null
            and paid_at < getvariable('as_of')
            and (
                (paid_at >= getvariable('state_as_of'))
                or (paid_at >= getvariable('state_from_30d') and paid_at < getvariable('from_30d'))
                or (paid_at >= getvariable('state_from_90d') and paid_at < getvariable('from_90d'))
                or (paid_at >= getvariable('state_from_365d') and paid_at < getvariable('from_365d'))
                or (succeeded_at >= getvariable('state_from_tier') and succeeded_at < getvariable('from_tier'))
                or (succeeded_at >= getvariable('state_as_of') and succeeded_at < getvariable('as_of'))
                or (ordered_at >= getvariable('state_as_of') and ordered_at < getvariable('as_of'))
                or (refunded_at >= getvariable('state_as_of') and refunded_at < getvariable('as_of'))
                or (part_refunded_at >= getvariable('state_as_of') and part_refunded_at < getvariable('as_of'))
            )
    ),

    differences as (
        select
            member_id,
            count(*) filter (stands) - count(*) filter (stood) as orders_total,
            count(*) filter (stands and paid_at >= getvariable('from_30d'))
            - count(*) filter (stood and paid_at >= getvariable('state_from_30d')) as orders_30d,
            count(*) filter (stands and paid_at >= getvariable('from_90d'))
            - count(*) filter (stood and paid_at >= getvariable('state_from_90d')) as orders_90d,
            count(*) filter (stands and paid_at >= getvariable('from_365d'))
            - count(*) filter (stood and paid_at >= getvariable('state_from_365d')) as orders_365d,
            coalesce(sum(net_now) filter (stands), 0) - coalesce(sum(net_then) filter (stood), 0) as spend_total,
            coalesce(sum(net_now) filter (stands and paid_at >= getvariable('from_90d')), 0)
            - coalesce(sum(net_then) filter (stood and paid_at >= getvariable('state_from_90d')), 0) as spend_90d,
            coalesce(sum(net_now) filter (stands and paid_at >= getvariable('from_365d')), 0)
            - coalesce(sum(net_then) filter (stood and paid_at >= getvariable('state_from_365d')), 0) as spend_365d,
            coalesce(sum(net_now) filter (stands and counts_now), 0)
            - coalesce(sum(net_then) filter (stood and counted_then), 0) as spend_tier,
            count(*) filter (stands and counts_now) - count(*) filter (stood and counted_then) as orders_tier,
            coalesce(sum(items) filter (stands and paid_at >= getvariable('from_365d')), 0)
            - coalesce(sum(items) filter (stood and paid_at >= getvariable('state_from_365d')), 0) as items_365d,
            min(paid_at) filter (stands) as first_order_at,
            max(paid_at) filter (stands) as last_order_at,
            bool_or(stood and not stands) as order_gone
        from changed
        group by member_id
    ),

    -- The first or the last order may be the one that was given back: those members are read anew.
    again as (
        select
            member_id,
            min(paid_at) as first_order_at,
            max(paid_at) as last_order_at
        from snap.stg_orders
        where is_bought(getvariable('as_of'), ordered_at, paid_at, refunded_at, refunded_cents, amount_cents)
            and member_id in (select member_id from differences where order_gone)
        group by member_id
    )

select
    differences.* exclude (first_order_at, last_order_at),
    case when order_gone then again.first_order_at else differences.first_order_at end as first_order_at,
    case when order_gone then again.last_order_at else differences.last_order_at end as last_order_at
from differences
left join again on again.member_id = differences.member_id
