-- The first persons by id whom one side reached and the other did not, $shown of each side.
with persons as (
    select
        min(side) as "on",
        member_id,
        count(*) as messages,
        arg_min({'phase': phase, 'play': play, 'channel': channel}, ("at", phase, play, channel)) as first_one,
        min("at") as "at"
    from side_contacts
    where not post
    group by member_id
    having count(distinct side) = 1
)

select
    "on",
    member_id as member,
    messages,
    first_one.phase,
    first_one.play,
    first_one.channel,
    "at" at time zone 'UTC' as "at"
from persons
qualify row_number() over (partition by "on" order by member_id) <= $shown
order by "on", member_id
