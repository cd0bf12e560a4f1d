-- What became of each grant, where that is not what is known already. Uses cost what the benefit cost when it was given,
-- the dearest part first, and never more than their basket. Some days after its end a grant that was not used comes
-- back, or counts as used, at its expected rate, where nobody could have seen a use; a code that was handed out is used.
-- Uses from $until on are left out.
with priced as (
    select g.*, coalesce(g.own_costs, t.costs, [g.cost_cents]) as costs, coalesce(t.rate, 10000) as rate, t.told_by, t.kept
    from given as g
    left join told as t on t.benefit = g.benefit
    where g.calendar = $calendar
),
costs as (
    select
        g.key,
        count(c.id) as uses,
        min(c.moment) as used_at,
        coalesce(
            sum(least(coalesce(g.costs[c.number], g.cost_cents), c.most_cents)) filter (c.id is not null), 0
        )::bigint as cents,
        coalesce(sum(coalesce(g.costs[c.number], g.cost_cents)) filter (c.id is not null), 0)::bigint as whole_cents
    from priced as g
    left join charged as c on c.key = g.key and c.moment < $until
    group by g.key
),
found as (
    select
        g.*,
        k.uses,
        k.used_at,
        k.cents,
        k.whole_cents,
        coalesce(g.valid_until + to_days($late_days::int) <= $at, false) or (g.lost and k.uses = 0) as over,
        not coalesce(g.kept, false)
        and case coalesce(g.told_by, 'redemptions')
            when 'redemptions' then $redemptions
            when 'points' then $points
            else coalesce(g.told_by, '') in ('orders', 'order_sums', 'refunds')
        end as visible,
        k.uses >= len(g.costs) as used_up,
        g.lost or g.key in (select f.key from fits as f where f.void) as void
    from priced as g
    inner join costs as k on k.key = g.key
),
states as (
    select
        *,
        case
            when over or used_up then 0
            when uses > 0 then greatest(cost_cents - whole_cents, 0)
            else cost_cents
        end as open_cents,
        case
            when uses = 0 and over and not visible then least(cost_cents, (list_sum(costs) * rate + 9999) // 10000)
            else cents
        end as spent_cents,
        case when uses = 0 and over and not visible then valid_until else used_at end as told_used_at,
        uses = 0 and over and not visible as assumed,
        case when uses = 0 and over and visible then case when void then 'refunded' else 'expired' end end as release
    from found
)
select key, open_cents, spent_cents, told_used_at, assumed, release
from states
where (open_cents, spent_cents, assumed) is distinct from (known_open, known_spent, known_assumed)
    or told_used_at is distinct from known_used_at
    or release is distinct from known_release
order by key
