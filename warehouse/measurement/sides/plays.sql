-- Each play on both sides, in the order in which messages or benefits of it began.
with
    persons as (
        select phase, play, member_id, bool_or(side = 'a') as by_a, bool_or(side = 'b') as by_b
        from side_contacts
        where not post
        group by phase, play, member_id
    ),

    reached as (
        select
            phase,
            play,
            count(*) filter (by_a and by_b) as by_both,
            count(*) filter (by_a and not by_b) as only_a,
            count(*) filter (by_b and not by_a) as only_b
        from persons
        group by phase, play
    ),

    sent as (
        select
            phase,
            play,
            min("at") as began_at,
            count(*) filter (side = 'a') as messages_a,
            count(*) filter (side = 'b') as messages_b,
            coalesce(sum(cents) filter (side = 'a'), 0)::bigint as message_cents_a,
            coalesce(sum(cents) filter (side = 'b'), 0)::bigint as message_cents_b
        from side_contacts
        group by phase, play
    ),

    given as (
        select
            phase,
            play,
            count(*) filter (side = 'a') as granted_a,
            count(*) filter (side = 'b') as granted_b,
            coalesce(sum(cents) filter (side = 'a'), 0)::bigint as benefit_cents_a,
            coalesce(sum(cents) filter (side = 'b'), 0)::bigint as benefit_cents_b
        from side_grants
        group by phase, play
    )

select
    coalesce(sent.phase, given.phase) as phase,
    coalesce(sent.play, given.play) as play,
    coalesce(by_both, 0) as by_both,
    coalesce(only_a, 0) as only_a,
    coalesce(only_b, 0) as only_b,
    coalesce(messages_a, 0) as messages_a,
    coalesce(messages_b, 0) as messages_b,
    coalesce(message_cents_a, 0) as message_cents_a,
    coalesce(message_cents_b, 0) as message_cents_b,
    coalesce(granted_a, 0) as granted_a,
    coalesce(granted_b, 0) as granted_b,
    coalesce(benefit_cents_a, 0) as benefit_cents_a,
    coalesce(benefit_cents_b, 0) as benefit_cents_b
from sent
full join given using (phase, play)
left join reached
    on reached.phase = coalesce(sent.phase, given.phase) and reached.play = coalesce(sent.play, given.play)
order by began_at nulls last, 1, 2
