-- When a member's tier rises: with an order that succeeds, a tier set by hand, or the end of one. The tier is that of
-- the field `tier` (A6): just before the moment as it was known then, and just after it as it is known at $at, so
-- that what was given back since lifts nobody.
with
    moments as (
        select member_id, greatest(ordered_at, paid_at, succeeded_at) as "at"
        from snap.stg_orders
        where member_id is not null and ordered_at < $at and paid_at < $at and succeeded_at < $at
        union
        select member_id, set_at as "at" from tier_overrides where set_at < $at
        union
        select member_id, until as "at" from tier_overrides where until < $at
    ),

    -- Facts before `seen`, refunds as they are known before `known`.
    sides as (
        select member_id, "at", false as after, "at" as seen, "at" as known from moments
        union all
        select member_id, "at", true as after, "at" + interval 1 microsecond as seen, $at::timestamp as known from moments
    ),

    -- Under changed rules who has had no success since keeps what the earlier ones gave when they ended.
    cuts as (
        select
            *,
            least(seen, $tier_since::timestamp) as cut,
            least(known, $tier_since::timestamp) as cut_known
        from sides
    ),

    trades as (
        select
            c.member_id,
            c."at",
            c.after,
            c.seen,
            o.succeeded_at,
            o.amount_cents
            - given_back(c.known, o.refunded_at, o.refunded_cents, o.part_refunded_at, o.part_refunded_cents)
            as net_cents,
            o.amount_cents
            - given_back(c.cut_known, o.refunded_at, o.refunded_cents, o.part_refunded_at, o.part_refunded_cents)
            as cut_cents,
            o.ordered_at < c.seen
            and o.paid_at < c.seen
            and o.succeeded_at < c.seen
            and o.succeeded_at >= c.seen - $tier_window::interval
            and not given_back_in_full(c.known, o.refunded_at, o.refunded_cents, o.amount_cents) as counts,
            o.succeeded_at < c.cut
            and o.succeeded_at >= c.cut - $tier_window::interval
            and not given_back_in_full(c.cut_known, o.refunded_at, o.refunded_cents, o.amount_cents) as counted
        from cuts as c
        left join snap.stg_orders as o on o.member_id = c.member_id and o.succeeded_at < c.seen
    ),

    sums as (
        select
            member_id,
            "at",
            after,
            seen,
            coalesce(sum(net_cents) filter (counts), 0) as spend,
            count(*) filter (counts) as orders,
            coalesce(sum(cut_cents) filter (counted), 0) as earlier_spend,
            count(*) filter (counted) as earlier_orders,
            coalesce(bool_or(succeeded_at >= $tier_since::timestamp), false) as succeeded_since
        from trades
        group by member_id, "at", after, seen
    ),

    ranks as (
        select
            *,
            len(list_filter($tier_spends::bigint[], lambda step: step <= spend)) as by_spend,
            len(list_filter($tier_orders::bigint[], lambda step: step <= orders)) as by_orders,
            len(list_filter($earlier_spends::bigint[], lambda step: step <= earlier_spend)) as earlier_by_spend,
            len(list_filter($earlier_orders::bigint[], lambda step: step <= earlier_orders)) as earlier_by_orders,
            $tier_since::timestamp is not null and not succeeded_since as keeps
        from sums
    ),

    ruled as (
        select
            *,
            case
                when keeps and $any_of then greatest(earlier_by_spend, earlier_by_orders)
                when keeps then least(earlier_by_spend, earlier_by_orders)
                when $any_of then greatest(by_spend, by_orders)
                else least(by_spend, by_orders)
            end as rule_rank
        from ranks
    ),

    held as (
        select
            r.member_id,
            r."at",
            r.after,
            case
                -- A tier the store no longer has is neither above nor below another.
                when v.tier is not null then nullif(list_position($tier_ids::varchar[], v.tier), 0)
                else r.rule_rank
            end as tier_rank
        from ruled as r
        left join tier_overrides as v
            on v.member_id = r.member_id and v.set_at < r.seen and (v.until is null or v.until >= r.seen)
    )

select member_id, "at"
from held
group by member_id, "at"
having max(tier_rank) filter (after) > max(tier_rank) filter (not after)
