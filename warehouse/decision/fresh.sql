-- Members with an event that this sweep answers, and their latest one (the rule: campaign_calendars.model.triggers).
insert into fresh
with
    events as (
        /*events*/
    ),

    due as (
        select member_id, "at", "at" + $after as due_at
        from events
        where "at" <= $at::timestamp - $after and "at" > $at::timestamp - $within
    ),

    sent as (
        select member_id, "at" from contacts where calendar = $calendar and play = $play
    ),

    answered as (
        select member_id, "at" from decided
        where calendar = $calendar and play = $play and "at" < $at and not (again and $retry)
    )

select
    d.member_id,
    max(d."at"),
    'trigger:' || $event || '@' || strftime(max(d."at"), '%Y-%m-%dT%H:%M:%SZ')
from due as d
where
    not exists (select 1 from sent as s where s.member_id = d.member_id and s."at" >= d.due_at)
    and not exists (select 1 from answered as b where b.member_id = d.member_id and b."at" >= d.due_at)
group by d.member_id
