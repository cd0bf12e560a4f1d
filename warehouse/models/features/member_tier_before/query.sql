-- The tier a member keeps until the next successful trade after the rules changed (A6). Without such
-- a change (tier_since is null) nothing is read and nobody has a row.
with
    orders as (
        select
            member_id,
            succeeded_at,
            amount_cents
            - given_back(getvariable('tier_cut'), refunded_at, refunded_cents, part_refunded_at, part_refunded_cents)
            as net_cents,
            succeeded_at >= getvariable('from_tier_cut')
            and succeeded_at < getvariable('tier_cut')
            and not given_back_in_full(getvariable('tier_cut'), refunded_at, refunded_cents, amount_cents) as counts
        from snap.stg_orders
        where getvariable('tier_since') is not null and member_id is not null and succeeded_at < getvariable('as_of')
    ),

    held as (
        select
            member_id,
            coalesce(sum(net_cents) filter (counts), 0) as spend,
            count(*) filter (counts) as orders,
            count(*) filter (succeeded_at >= getvariable('tier_since')) > 0 as succeeded_since
        from orders
        group by member_id
    ),

    ranks as (
        select
            member_id,
            succeeded_since,
            coalesce((spend >= getvariable('earlier_spend_1'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_2'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_3'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_4'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_5'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_6'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_7'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_8'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_9'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_10'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_11'))::integer, 0)
            + coalesce((spend >= getvariable('earlier_spend_12'))::integer, 0) as by_spend,
            coalesce((orders >= getvariable('earlier_orders_1'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_2'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_3'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_4'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_5'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_6'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_7'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_8'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_9'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_10'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_11'))::integer, 0)
            + coalesce((orders >= getvariable('earlier_orders_12'))::integer, 0) as by_orders
        from held
    )

select
    member_id,
    succeeded_since,
    case when getvariable('tier_mode') = 'all_of' then least(by_spend, by_orders) else greatest(by_spend, by_orders) end
        as earlier_rank
from ranks
