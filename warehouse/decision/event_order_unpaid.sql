-- Orders that are still neither paid nor closed; of those paid in stages the ones whose deposit can still be paid.
with
    windows as (
        select unnest($placed_from::timestamp[]) as placed_from, unnest($placed_until::timestamp[]) as placed_until
    )

select
    o.member_id,
    o.ordered_at as "at"
from snap.stg_orders as o
left join windows as w on o.ordered_at >= w.placed_from and o.ordered_at < w.placed_until
where
    o.member_id is not null
    and o.ordered_at < $at
    and coalesce(o.paid_at >= $at, true)
    and not is_closed($at, o.closed_at, o.status, o.paid_at)
    and (
        o.stage is null
        or (
            o.stage <> 'unclear'
            and coalesce(o.deposit_paid_at >= $at, o.stage = 'deposit_unpaid')
            and coalesce(coalesce(w.placed_until, o.balance_from) > $at, true)
        )
    )
