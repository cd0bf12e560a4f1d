-- All plays of both sides: persons once each, messages, posts and money.
with
    persons as (
        select bool_or(side = 'a') as by_a, bool_or(side = 'b') as by_b
        from side_contacts
        where not post
        group by member_id
    ),

    reached as (
        select
            count(*) filter (by_a and by_b) as by_both,
            count(*) filter (by_a and not by_b) as only_a,
            count(*) filter (by_b and not by_a) as only_b
        from persons
    ),

    sent as (
        select
            count(*) filter (side = 'a' and not post) as messages_a,
            count(*) filter (side = 'b' and not post) as messages_b,
            count(*) filter (side = 'a' and post) as posts_a,
            count(*) filter (side = 'b' and post) as posts_b,
            coalesce(sum(cents) filter (side = 'a'), 0)::bigint as message_cents_a,
            coalesce(sum(cents) filter (side = 'b'), 0)::bigint as message_cents_b
        from side_contacts
    ),

    given as (
        select
            count(*) filter (side = 'a') as granted_a,
            count(*) filter (side = 'b') as granted_b,
            coalesce(sum(cents) filter (side = 'a'), 0)::bigint as benefit_cents_a,
            coalesce(sum(cents) filter (side = 'b'), 0)::bigint as benefit_cents_b
        from side_grants
    )

select * from reached, sent, given
