-- Orders that are paid in two parts, as they stand at as_of. When the balance can be paid is what the order says, else
-- what the calendar's phases say of orders placed then; where neither does, an open balance is never due.
with
    placed as (
        select
            orders.member_id,
            orders.stage,
            orders.amount_cents - orders.deposit_cents as balance_cents,
            orders.deposit_paid_at,
            orders.closed_at,
            coalesce(orders.balance_from, balance_windows.balance_from) as balance_from,
            coalesce(orders.balance_until, balance_windows.balance_until) as balance_until,
            coalesce(balance_windows.placed_until, orders.balance_from) as deposit_until,
            coalesce(orders.deposit_paid_at < getvariable('as_of'), false) as has_deposit,
            coalesce(orders.paid_at < getvariable('as_of'), orders.stage = 'balance_paid') as has_balance,
            is_closed(getvariable('as_of'), orders.closed_at, orders.status, orders.paid_at) as is_closed_now
        from snap.stg_orders as orders
        left join balance_windows
            on orders.ordered_at >= balance_windows.placed_from and orders.ordered_at < balance_windows.placed_until
        where orders.stage is not null
            and orders.member_id is not null
            and orders.ordered_at < getvariable('as_of')
    ),

    standing as (
        select
            *,
            case
                when has_balance then 'balance_paid'
                when has_deposit and balance_until <= getvariable('as_of') and coalesce(closed_at >= balance_until, true)
                    then 'forfeited'
                when is_closed_now then 'closed'
                when has_deposit then 'deposit_paid'
                when stage = 'unclear' then 'unclear'
                when deposit_until <= getvariable('as_of') then 'deposit_late'
                else 'deposit_unpaid'
            end as stage_now
        from placed
    )

select
    member_id,
    stage_now,
    deposit_paid_at,
    coalesce(stage_now = 'deposit_paid' and balance_from <= getvariable('as_of'), false) as is_due,
    balance_cents
from standing
