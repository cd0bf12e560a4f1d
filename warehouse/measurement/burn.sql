-- Per local day: what grants given on it take of the budget, what was used on it at what it costs, and what its messages
-- cost. What is over unseen counts on the day it ended, as the books have it.
with moments as (
    select granted_at as moment, cost_cents as reserved, 0 as used, 0 as messages from given where calendar = $calendar
    union all
    select s.told_used_at, 0, s.spent_cents, 0
    from given as g
    inner join spent as s on s.key = g.key
    where g.calendar = $calendar and s.spent_cents > 0
    union all
    select moment, 0, cents, 0 from announced_uses
    union all
    select c."at", 0, 0, c.cost_cents
    from contacts as c
    where c.calendar = $calendar
),
by_day as (
    select
        (timezone('UTC', moment) at time zone $zone)::date as day,
        sum(reserved)::bigint as reserved_cents,
        sum(used)::bigint as used_cents,
        sum(messages)::bigint as message_cents
    from moments
    where moment < $as_of
    group by 1
),
days as (
    select unnest(generate_series(least($first_day::date, min(day)), greatest($last_day::date, max(day)), interval 1 day))::date as day
    from by_day
)
select
    d.day,
    coalesce(b.reserved_cents, 0) as reserved_cents,
    coalesce(b.used_cents, 0) as used_cents,
    coalesce(b.message_cents, 0) as message_cents
from days as d
left join by_day as b on b.day = d.day
order by d.day
