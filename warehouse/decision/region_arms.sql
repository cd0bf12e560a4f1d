-- The regions of the calendar's comparison: (region, whether it is held out, members, who bought in the time before, and who did
-- in as long a time before that). Region is null for members without one, who are compared with nobody.
with arms as (
    select
        member_id,
        arg_min_null(region, occurrence_at) as region,
        arg_min(arm, occurrence_at) = $control || '_control' as control,
        bool_or(arm in ('global_control', 'campaign_control')) as wide
    from decisions
    where arm is not null
    group by member_id
),
compared as (select member_id, region, control from arms where control or not wide),
bought as (
    select member_id, bool_or(paid_at >= $since) as lately, bool_or(paid_at < $since) as earlier
    from snap.stg_orders
    where member_id is not null and paid_at >= $since::timestamp - ($at::timestamp - $since::timestamp) and paid_at < $at
    group by member_id
)
select
    c.region,
    c.control,
    count(*) as members,
    count(*) filter (b.lately) as buyers,
    count(*) filter (b.earlier) as buyers_before
from compared as c
left join bought as b on b.member_id = c.member_id
group by c.region, c.control
order by c.region, c.control
