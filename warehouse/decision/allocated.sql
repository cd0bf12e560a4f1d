-- What the allocation has for the members it decided takes the place of what the plan had. Who gets nothing is kept for
-- later where what he would like best is; else he is decided in turn, from what is left.
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
    case when g.option is not null then null when a.best is null then 'no_value' else b.reason end as reason,
    case when g.option is null then b.kept_for end as kept_for
from (select *, null::int /*best*/ as best from allocating) as a
left join given as g on g.member_id = a.member_id
left join allocation_options as c on c.option = g.option
left join allocation_options as b on b.option = a.best;

delete from planned where member_id in (select member_id from decided_anew);

insert into planned
select member_id, channel, benefit, reason, kept_for from decided_anew where channel is not null or reason is not null
