-- What the allocation has for the members it decided takes the place of what the plan had. Who gets nothing is kept from
-- what is kept for later (`best`: what of that is worth most to him); where nothing is, he is decided in turn, and gets only
-- what he is worth something with (`channels`, `benefits`), never what is kept for others.
create or replace temp table decided_anew as
with given as (
    select member as member_id, option from allocated
    union all
    select member as member_id, option from allocated_held
)
select
    a.member_id,
    c.channel,
    c.benefit,
    case when g.option is null then case when a.worthless then 'no_value' else b.reason end end as reason,
    case when g.option is null then b.kept_for end as kept_for,
    a.channels,
    a.benefits
from (
    select
        *,
        false /*worthless*/ as worthless,
        null::int /*best*/ as best,
        0::bigint /*channels*/ as channels,
        0::bigint /*benefits*/ as benefits
    from allocating
) as a
left join given as g on g.member_id = a.member_id
left join allocation_options as c on c.option = g.option
left join allocation_options as b on b.option = a.best;

delete from planned where member_id in (select member_id from decided_anew);

insert into planned
select member_id, channel, benefit, reason, kept_for from decided_anew where channel is not null or reason is not null;

update options
set channels = options.channels & d.channels, benefits = options.benefits & d.benefits
from decided_anew as d
where d.member_id = options.member_id and d.channel is null and d.reason is null
