-- What a member's orders in stages come to at as_of. What is due is known when it is of all of them.
select
    member_id,
    count(*) > 0 as has_staged_order,
    count(*) filter (stage_now = 'deposit_paid') > 0 as balance_open,
    count(*) filter (is_due) > 0 as balance_due,
    case
        when count(*) filter (is_due) = count(balance_cents) filter (is_due) then sum(balance_cents) filter (is_due)
    end as balance_due_amount,
    count(*) filter (stage_now = 'forfeited') as forfeited_orders,
    count(*) filter (
        stage_now = 'deposit_paid' and deposit_paid_at >= getvariable('bought_from')
    ) as deposits_in_campaign
from staged_orders
group by member_id
