-- Each channel on both sides, with its fullest local day.
with
    persons as (
        select channel, member_id, bool_or(side = 'a') as by_a, bool_or(side = 'b') as by_b
        from side_contacts
        where not post
        group by channel, member_id
    ),

    reached as (
        select
            channel,
            count(*) filter (by_a and by_b) as by_both,
            count(*) filter (by_a and not by_b) as only_a,
            count(*) filter (by_b and not by_a) as only_b
        from persons
        group by channel
    ),

    loads as (
        select
            channel,
            side,
            ("at" at time zone 'UTC' at time zone $zone)::date as day,
            count(*) as messages,
            sum(cents)::bigint as cents
        from side_contacts
        group by channel, side, day
    ),

    fullest as (
        select
            channel,
            side,
            sum(messages)::bigint as messages,
            sum(cents)::bigint as cents,
            max(messages) as busiest,
            arg_max(day, (messages, -epoch(day))) as busiest_on
        from loads
        group by channel, side
    )

select
    channel,
    coalesce(any_value(reached.by_both), 0) as by_both,
    coalesce(any_value(reached.only_a), 0) as only_a,
    coalesce(any_value(reached.only_b), 0) as only_b,
    coalesce(max(messages) filter (side = 'a'), 0) as messages_a,
    coalesce(max(messages) filter (side = 'b'), 0) as messages_b,
    coalesce(max(cents) filter (side = 'a'), 0) as message_cents_a,
    coalesce(max(cents) filter (side = 'b'), 0) as message_cents_b,
    coalesce(max(busiest) filter (side = 'a'), 0) as busiest_a,
    coalesce(max(busiest) filter (side = 'b'), 0) as busiest_b,
    max(busiest_on) filter (side = 'a') as busiest_on_a,
    max(busiest_on) filter (side = 'b') as busiest_on_b
from fullest
left join reached using (channel)
group by channel
order by channel
