-- The only figure that needs events of all times.
select
    member_id,
    max("at") as last_event_at
from snap.stg_events
where "at" < getvariable('as_of')
group by member_id
