-- A few members get a random one of their options instead of the planned (or of the first that is open): those whom the
-- salt draws, of all who are to be contacted now. `same`: the draw fell on what they would have had anyway.
create or replace temp table explorers as
with drawn as (
    select
        o.member_id,
        o.channels as planned_channels,
        o.benefits as planned_benefits,
        e.channels & coalesce(l.channels, e.channels) as channels,
        e.benefits & coalesce(l.benefits, e.benefits) as benefits,
        ('0x' || substr(md5($salt || ':option:' || o.member_id), 1, 8))::bigint as lot
    from options as o
    inner join eligible as e on e.member_id = o.member_id
    left join losing as l on l.member_id = o.member_id
    where ('0x' || substr(md5($salt || ':explore:' || o.member_id), 1, 8))::bigint % 10000 < $explore_bp
),
dealt as (
    select
        *,
        list_filter(range(62), lambda bit: channels & (1::bigint << bit) <> 0) as ways,
        list_filter(range(62), lambda bit: benefits & (1::bigint << bit) <> 0) as gifts
    from drawn
),
picked as (
    select
        *,
        ways[lot % len(ways) + 1] as way,
        gifts[lot // len(ways) % greatest(len(gifts), 1) + 1] as gift
    from dealt
    where len(ways) > 0
)
select
    member_id,
    1::bigint << way as channels,
    case when gift is null then 0::bigint else 1::bigint << gift end as benefits,
    planned_channels & -planned_channels = 1::bigint << way
    and coalesce(planned_benefits & -planned_benefits = 1::bigint << gift, true) as same
from picked;

update options
set channels = x.channels, benefits = x.benefits
from explorers as x
where x.member_id = options.member_id
