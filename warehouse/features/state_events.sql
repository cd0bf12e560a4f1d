-- What changes in what members did between the moment of the state and as_of: events that came in,
-- and those that left a window meanwhile.
with
    changed as (
        select
            member_id,
            kind,
            "at",
            "at" < getvariable('state_as_of') as was,
            "at" >= getvariable('from_7d') as in_7d,
            "at" >= getvariable('from_30d') as in_30d,
            "at" >= getvariable('state_from_7d') and "at" < getvariable('state_as_of') as was_in_7d,
            "at" >= getvariable('state_from_30d') and "at" < getvariable('state_as_of') as was_in_30d
        from snap.stg_events
        where "at" >= getvariable('state_from_30d')
            and "at" < getvariable('as_of')
            and (
                "at" >= getvariable('state_as_of')
                or "at" < getvariable('from_30d')
                or ("at" >= getvariable('state_from_7d') and "at" < getvariable('from_7d'))
            )
    )

select
    member_id,
    count(*) filter (kind = 'visit' and in_7d) - count(*) filter (kind = 'visit' and was_in_7d) as visits_7d,
    count(*) filter (kind = 'visit' and in_30d) - count(*) filter (kind = 'visit' and was_in_30d) as visits_30d,
    count(*) filter (kind = 'cart_add' and in_7d)
    - count(*) filter (kind = 'cart_add' and was_in_7d) as cart_adds_7d,
    count(*) filter (kind = 'cart_add' and in_30d)
    - count(*) filter (kind = 'cart_add' and was_in_30d) as cart_adds_30d,
    count(*) filter (kind = 'favourite' and in_30d)
    - count(*) filter (kind = 'favourite' and was_in_30d) as favourites_30d,
    count(*) filter (kind = 'sign_in' and in_30d) - count(*) filter (kind = 'sign_in' and was_in_30d) as sign_ins_30d,
    count(*) filter (kind not in ('visit', 'page_view', 'cart_add', 'favourite', 'sign_in') and in_30d)
    - count(*) filter (
        kind not in ('visit', 'page_view', 'cart_add', 'favourite', 'sign_in') and was_in_30d
    ) as interactions_30d,
    max("at") filter (not was) as last_event_at
from changed
group by member_id
