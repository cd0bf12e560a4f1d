-- What members earn by playing, event by event: once for each day, order or member; for days in a row more, a row longer
-- than the longest begins anew; never above the cap of a local month.
create or replace temp table point_plays as
with played as (
    select
        r.*,
        p.member_id,
        p.event_id,
        p.order_id,
        p."at",
        timezone($timezone, timezone('UTC', p."at"))::date as local_day
    from point_moments as p
    inner join point_earning as r using (rule)
    where p.is_member and (len(r.ranks) = 0 or list_contains(r.ranks, p.rank))
),

once as (
    select *
    from played
    qualify row_number() over (
        partition by
            rule,
            member_id,
            case per when 'member' then '' when 'order' then coalesce(order_id, local_day::varchar) else local_day::varchar end
        order by "at", event_id
    ) = 1
),

numbered as (
    select
        *,
        local_day - row_number() over (partition by rule, member_id order by local_day, "at", event_id)::integer as island,
        row_number() over (partition by rule, member_id order by "at", event_id) as number
    from once
),

rows_of_days as (
    select
        *,
        row_number() over (partition by rule, member_id, island order by local_day) as in_row
    from numbered
),

earned as (
    select
        d.*,
        d.points + coalesce(s.points, 0) as worth
    from rows_of_days as d
    left join point_streaks as s on s.rule = d.rule and s.days = (d.in_row - 1) % d.longest + 1
    where d.most is null or d.number <= d.most
)
/*if caps*/
,
capped as (
    select
        *,
        sum(worth) over (
            partition by rule, member_id, date_trunc('month', local_day)
            order by "at", event_id
            rows between unbounded preceding and current row
        ) - worth as before
    from earned
)
/*end*/

select
    member_id,
    event as reason,
    "at",
    /*if caps*/
    least(worth, greatest(coalesce(month_cap, worth + before) - before, 0))::decimal(18, 1) as points,
    /*else*/
    worth::decimal(18, 1) as points,
    /*end*/
    order_id,
    event_id,
    calendar,
    benefit
from /*if caps*/ capped /*else*/ earned /*end*/
