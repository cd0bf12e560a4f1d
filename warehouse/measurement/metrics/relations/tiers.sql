-- The tier of every buyer from each moment on at which it changes (A6): an order succeeds, money comes back, an order
-- leaves the window. A row holds for moments later than its own: facts at a moment are not known at it yet.
create or replace temp table m_tiers as
with
    orders as (
        select *, succeeded_at + to_days($tier_days) as over_at
        from snap.stg_orders
        where member_id is not null and succeeded_at < $as_of
    ),

    steps as (
        select
            o.*,
            unnest(list_distinct([o.succeeded_at, o.part_refunded_at, o.refunded_at, o.over_at])) as "at"
        from orders as o
    ),

    worth as (
        select
            member_id,
            order_id,
            "at",
            case
                when "at" < over_at
                    then
                        amount_cents
                        - given_back(
                            "at" + interval 1 microsecond,
                            refunded_at,
                            refunded_cents,
                            part_refunded_at,
                            part_refunded_cents
                        )
                else 0
            end as cents,
            case
                when
                    "at" < over_at
                    and not given_back_in_full(
                        "at" + interval 1 microsecond, refunded_at, refunded_cents, amount_cents
                    )
                    then 1
                else 0
            end as orders
        from steps
        where "at" is not null and "at" >= succeeded_at and "at" <= over_at and "at" < $as_of
    ),

    changes as (
        select
            member_id,
            "at",
            cents - coalesce(lag(cents) over own, 0) as cents,
            orders - coalesce(lag(orders) over own, 0) as orders
        from worth
        window own as (partition by member_id, order_id order by "at")
    ),

    moments as (
        select member_id, "at", sum(cents)::bigint as cents, sum(orders)::bigint as orders
        from changes
        group by member_id, "at"
    ),

    held as (
        select
            member_id,
            "at",
            sum(cents) over own as cents,
            sum(orders) over own as orders
        from moments
        window own as (partition by member_id order by "at" rows unbounded preceding)
    ),

    -- Rules that have changed hold for a member from his next successful order on.
    since as (
        select member_id, min(succeeded_at) as succeeded_at
        from orders
        where succeeded_at >= $tier_since
        group by member_id
    ),

    ranked as (
        select
            h.member_id,
            h."at",
            case
                when $tier_since is null or h."at" >= s.succeeded_at
                    then
                        case
                            when $all_of
                                then
                                    least(
                                        len(list_filter($spends, lambda one: one <= h.cents)),
                                        len(list_filter($orders, lambda one: one <= h.orders))
                                    )
                            else
                                greatest(
                                    len(list_filter($spends, lambda one: one <= h.cents)),
                                    len(list_filter($orders, lambda one: one <= h.orders))
                                )
                        end
                when h."at" < $tier_since
                    then
                        case
                            when $all_of
                                then
                                    least(
                                        len(list_filter($earlier_spends, lambda one: one <= h.cents)),
                                        len(list_filter($earlier_orders, lambda one: one <= h.orders))
                                    )
                            else
                                greatest(
                                    len(list_filter($earlier_spends, lambda one: one <= h.cents)),
                                    len(list_filter($earlier_orders, lambda one: one <= h.orders))
                                )
                        end
            end as place
        from held as h
        left join since as s on s.member_id = h.member_id
    )

select member_id, "at", coalesce($tiers[place], '') as tier
from ranked
where place is not null
