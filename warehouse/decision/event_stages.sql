-- What happens to orders paid in stages, as it is known at $at: deposits and balances that are paid, and what the end
-- of a window does to a balance that is still open. The windows are those of the field `balance_due`.
with
    windows as (
        select
            unnest($placed_from::timestamp[]) as placed_from,
            unnest($placed_until::timestamp[]) as placed_until,
            unnest($balance_from::timestamp[]) as balance_from,
            unnest($balance_until::timestamp[]) as balance_until
    ),

    orders as (
        select
            o.member_id,
            o.deposit_paid_at,
            o.paid_at,
            o.closed_at,
            coalesce(o.balance_from, w.balance_from) as balance_from,
            coalesce(o.balance_until, w.balance_until) as balance_until,
            coalesce(o.paid_at >= $at, o.stage <> 'balance_paid') as is_unpaid,
            o.deposit_paid_at < $at
            and coalesce(o.paid_at >= $at, o.stage <> 'balance_paid')
            and not is_closed($at, o.closed_at, o.status, o.paid_at) as is_open
        from snap.stg_orders as o
        left join windows as w on o.ordered_at >= w.placed_from and o.ordered_at < w.placed_until
        where o.stage is not null and o.member_id is not null and o.ordered_at < $at
    ),

    moments as (
        select
            member_id,
            case $event
                when 'deposit_paid' then deposit_paid_at
                when 'balance_paid' then paid_at
                when 'balance_opens' then
                    case when is_open and coalesce(balance_until > $at, true) then greatest(balance_from, deposit_paid_at) end
                when 'balance_closing' then
                    case when is_open and balance_until > $at then greatest(balance_until - interval 3 hour, deposit_paid_at) end
                when 'deposit_forfeited' then
                    case
                        when deposit_paid_at < balance_until
                            and is_unpaid
                            and coalesce(closed_at >= balance_until, true)
                            then balance_until
                    end
            end as "at"
        from orders
    )

select
    member_id,
    "at"
from moments
where "at" < $at
