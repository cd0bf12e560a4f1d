select
    ("at" at time zone 'UTC' at time zone $zone)::date as day,
    channel,
    count(*) filter (side = 'a') as messages_a,
    count(*) filter (side = 'b') as messages_b
from side_contacts
group by day, channel
order by day, channel
