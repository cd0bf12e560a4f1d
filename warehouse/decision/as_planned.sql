/*if losses*/
-- What loses money is open to nobody, not even from what is left.
create or replace temp table losing as
select
    o.member_id,
    o.channels & w.channels as channels,
    o.benefits & w.benefits as benefits,
    o.channels & w.channels = 0 or (o.benefits <> 0 and o.benefits & w.benefits = 0) as nothing
from options as o
inner join ahead_places as m on m.member_id = o.member_id
inner join plan_losses as w on w.pattern = m.pattern and w.slot = $slot;

update options
set channels = w.channels, benefits = w.benefits
from losing as w
where w.member_id = options.member_id and not w.nothing;
/*end*/

create or replace temp table kept as
select o.member_id, p.kept_for, p.reason
from options as o
inner join planned as p on p.member_id = o.member_id
where p.channel is null
/*if losses*/
union all
select w.member_id, null as kept_for, 'no_value' as reason
from losing as w
anti join planned as p on p.member_id = w.member_id
where w.nothing
/*end*/
/*if ghosts*/
union all
-- Whom the plan saw and has nothing for, because he counts as reached by a play he is held out of.
select o.member_id, null as kept_for, 'ghost' as reason
from options as o
inner join ahead_places as m on m.member_id = o.member_id and m.mask_0 /*word*/ & $flag::bigint <> 0
anti join planned as p on p.member_id = o.member_id
where o.member_id in (
    select member_id from ghosts where $since::timestamp is null or ("at" > $since::timestamp and "at" < $until::timestamp)
)
    /*if losses*/ and o.member_id not in (select w.member_id from losing as w where w.nothing) /*end*/
/*end*/;

-- With a turn by tier only what the plan has for somebody is apart: what is left goes to higher tiers first.
-- Places have gaps where members are kept: only behind the last of them is everybody else apart from, and after, the plan.
create or replace temp table options as
select
    member_id,
    case when fits then 1::bigint << to_channel else channels end as channels,
    case when fits and to_benefit is not null then 1::bigint << to_benefit else benefits end as benefits,
    place + case when seen /*if turn*/ and fits /*end*/ then 0 else max(place) over () end as place
from (
    select
        o.*,
        p.channel as to_channel,
        p.benefit as to_benefit,
        p.member_id is not null as seen,
        o.channels & (1::bigint << p.channel) <> 0
        and (p.benefit is null or o.benefits & (1::bigint << p.benefit) <> 0) as fits
    from options as o
    left join planned as p on p.member_id = o.member_id
    where o.member_id not in (select member_id from kept)
)
