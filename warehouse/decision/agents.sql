-- A member may have two of them; either may write.
insert into member_agents
select distinct
    t.member_id,
    a.channel,
    a.agent
from snap.stg_tags as t
inner join agents as a on a.tag = t.tag
where t."at" <= $at::timestamp and (t.until is null or t.until > $at::timestamp)
