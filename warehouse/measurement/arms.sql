-- Sums of every arm by {of}: whole numbers, in one scan. Phase and play are empty for the whole programme.
select
    {of},
    arm,
    count(*) as members,
    count(*) filter (orders > 0) as buyers,
    sum(spend_cents)::bigint as spend_cents,
    count(*) filter (contacted) as contacted,
    count(*) filter (joined) as joined,
    sum(orders)::bigint as orders,
    sum(orders * orders)::hugeint as orders_squares,
    sum(spend_cents::hugeint * spend_cents) as spend_squares,
    sum(spend_cents::hugeint * orders) as spend_orders,
    sum(before_cents)::bigint as before_cents,
    sum(before_cents::hugeint * before_cents) as before_squares,
    sum(spend_cents::hugeint * before_cents) as spend_before,
    sum(cost_cents)::bigint as cost_cents,
    sum(cost_cents::hugeint * cost_cents) as cost_squares,
    sum(spend_cents::hugeint * cost_cents) as spend_cost,
    coalesce(sum(cost_cents) filter (orders > 0), 0)::bigint as buyers_cost,
    sum(orders * cost_cents)::bigint as orders_cost,
    count(*) filter (before_cents > 0) as buyers_before
from {rows}
group by {of}, arm
order by {of}, arm
