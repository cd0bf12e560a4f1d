-- The tier of every buyer from each moment on at which it changes (A6): an order succeeds, money comes back, an order
-- leaves the window. A row holds for moments later than its own: facts at a moment are not known at it yet.
create or replace temp table m_tiers as
with
    orders as (
        select *, succeeded_at + to_days($tier_days) as over_at
        from snap.stg_orders
        where member_id is not null
            and succeeded_at < $as_of
            -- What had left the window before the first fact that is looked at changes nothing, but for rules that changed.
            and ($tier_since is not null or succeeded_at + to_days($tier_days) >= $from_at)
    ),

    changes as (
        select
            member_id,
            succeeded_at as "at",
            amount_cents
            - given_back(
                succeeded_at + interval 1 microsecond,
                refunded_at,
                refunded_cents,
                part_refunded_at,
                part_refunded_cents
            ) as cents,
            case
                when given_back_in_full(
                    succeeded_at + interval 1 microsecond, refunded_at, refunded_cents, amount_cents
                ) then 0
                else 1
            end as orders
        from orders
        union all
        select member_id, part_refunded_at, -part_refunded_cents, 0
        from orders
        where part_refunded_at > succeeded_at and part_refunded_at < over_at and part_refunded_at < refunded_at
        union all
        select
            member_id,
            refunded_at,
            coalesce(case when part_refunded_at < refunded_at then part_refunded_cents end, 0) - refunded_cents,
            case when refunded_cents > 0 and refunded_cents >= amount_cents then -1 else 0 end
        from orders
        where refunded_at > succeeded_at and refunded_at < over_at
        union all
        select
            member_id,
            over_at,
            given_back(over_at, refunded_at, refunded_cents, part_refunded_at, part_refunded_cents) - amount_cents,
            case when given_back_in_full(over_at, refunded_at, refunded_cents, amount_cents) then 0 else -1 end
        from orders
    ),

    moments as (
        select member_id, "at", sum(cents)::bigint as cents, sum(orders)::bigint as orders
        from changes
        where "at" < $as_of
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
