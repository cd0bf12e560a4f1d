-- Sums of every arm of every play, and of the whole programme (phase and play empty): whole numbers, in one scan.
select
    phase,
    play,
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
    sum(spend_cents::hugeint * cost_cents) as spend_cost
from arm_members
group by phase, play, arm
order by phase, play, arm
