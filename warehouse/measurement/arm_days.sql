-- The arms of the whole programme as they stood at the end of each local day: who was assigned by then, who had bought,
-- what all had paid, and the sum of the squares of what each had paid. A square grows by the difference of two squares.
-- Where regions are drawn, each region of an arm by itself; else the region is empty.
with members as (
    select
        arm,
        coalesce(region, '') as region,
        member_id,
        assigned_at,
        (timezone('UTC', assigned_at) at time zone $zone)::date as day
    from programme_members
    where arm in ('treated', 'campaign_control')
),
by_day as (
    select
        m.arm,
        m.region,
        m.member_id,
        (timezone('UTC', p.paid_at) at time zone $zone)::date as day,
        sum(p.net_cents)::bigint as cents
    from members as m
    inner join paid as p on p.member_id = m.member_id and p.paid_at >= m.assigned_at and p.paid_at < $ends_at
    group by 1, 2, 3, 4
),
so_far as (
    select
        arm,
        region,
        day,
        cents,
        (sum(cents) over w)::hugeint as total,
        row_number() over w = 1 as is_first
    from by_day
    window w as (partition by arm, member_id order by day)
),
news as (
    select arm, region, day, 0 as members, count(*) filter (is_first) as buyers, sum(cents) as spend,
        sum(total * total - (total - cents) * (total - cents)) as squares
    from so_far
    group by arm, region, day
    union all
    select arm, region, day, count(*), 0, 0, 0 from members group by arm, region, day
),
days as (
    select a.arm, a.region, d.day
    from (select unnest(generate_series($first_day::date, $last_day::date, interval 1 day))::date as day) as d
    cross join (select distinct arm, region from members) as a
)
select
    d.arm,
    d.region,
    d.day,
    coalesce(sum(n.members), 0)::bigint as members,
    coalesce(sum(n.buyers), 0)::bigint as buyers,
    coalesce(sum(n.spend), 0)::bigint as spend_cents,
    coalesce(sum(n.squares), 0)::hugeint as spend_squares
from days as d
left join news as n on n.arm = d.arm and n.region = d.region and n.day <= d.day
group by d.arm, d.region, d.day
order by d.arm, d.region, d.day
