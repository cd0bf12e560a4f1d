-- Members of a comparison and how many of them bought in the time before: (control, treated, buyers).
-- A play ($play) is compared by its own arms; the calendar with everybody whom no control group of it holds out.
with arms as (
    select
        member_id,
        bool_or(arm = $control || '_control') as control,
        bool_or(arm in ('global_control', 'campaign_control')) as wide
    from decisions
    where arm is not null
        and ($play is null or (phase = $phase and play = $play))
    group by member_id
),
compared as (select member_id, control from arms where control or not wide)
select
    count(*) filter (where control) as control,
    count(*) filter (where not control) as treated,
    count(*) filter (where b.member_id is not null) as buyers
from compared as c
left join (
    select distinct member_id
    from snap.stg_orders
    where member_id is not null and paid_at >= $since and paid_at < $at
) as b on b.member_id = c.member_id
