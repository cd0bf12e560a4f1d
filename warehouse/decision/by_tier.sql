-- Who holds a piece of a benefit in the plan, and who would take it: members of the plan without anything for want of it,
-- with less than it, or not seen by the plan. The first of them by tier have it; those who lose theirs have what was theirs.
create or replace temp table turns as
with waiting as (
    select
        o.member_id,
        coalesce(list_position($turn::varchar[], k.tier), 1 + len($turn::varchar[])) as rank,
        o.place,
        coalesce(p.channel = $channel and p.benefit = $benefit, false) as has,
        p.channel,
        p.benefit,
        p.reason,
        p.kept_for
    from options as o
    inner join candidates as k on k.member_id = o.member_id
    left join planned as p on p.member_id = o.member_id
    where o.channels & (1::bigint << $channel) <> 0
        and o.benefits & (1::bigint << $benefit) <> 0
        and (
            p.member_id is null
            or p.benefit > $benefit
            or (p.channel = $channel and p.benefit = $benefit)
            -- Of a name with a blank ("stock gift@…") a thing is kept, of others the member, for what is worth more to him.
            or (p.channel is null and p.reason = 'kept_for_later' and contains(p.kept_for, ' '))
        )
),
placed as (
    select
        *,
        row_number() over (order by rank, has desc, place) <= count(*) filter (has) over () as first
    from waiting
),
moved as (
    select
        *,
        row_number() over (partition by has order by rank, place) as number
    from placed
    where has <> first
)
select
    g.member_id as gains,
    l.member_id as loses,
    g.channel,
    g.benefit,
    g.reason,
    g.kept_for,
    g.channel is not null or g.reason is not null as had
from moved as g
inner join moved as l on l.number = g.number and l.has
where not g.has;

delete from planned
where member_id in (select gains from turns union all select loses from turns);

insert into planned
select gains, $channel, $benefit, null, null from turns
union all
select loses, channel, benefit, reason, kept_for from turns where had
