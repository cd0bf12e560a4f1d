-- Members with an event that this sweep answers, and their latest one (the rule: campaign_calendars.model.triggers).
insert into fresh
with
    events as (
        /*events*/
    ),

    dated as (
        select
            member_id,
            "at",
            /*due*/
            as due_at
        from events
    ),

    due as (
        select member_id, "at", due_at
        from dated
        where due_at <= $at::timestamp and due_at > $at::timestamp - $fresh_for
            /*if step*/ and due_at >= $since::timestamp /*end*/
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
    arg_max(d.due_at, d."at"),
    'trigger:' || $event || '@' || strftime(max(d."at"), '%Y-%m-%dT%H:%M:%SZ'),
    null::varchar
from due as d
where
    not exists (select 1 from sent as s where s.member_id = d.member_id and s."at" >= d.due_at)
    and not exists (select 1 from answered as b where b.member_id = d.member_id and b."at" >= d.due_at)
group by d.member_id
