-- What every member did in the shop strictly before as_of, in the same kind of windows.
select
    member_id,
    count(*) filter (kind = 'visit' and "at" >= getvariable('from_7d')) as visits_7d,
    count(*) filter (kind = 'visit' and "at" >= getvariable('from_30d')) as visits_30d,
    count(*) filter (kind = 'cart_add' and "at" >= getvariable('from_7d')) as cart_adds_7d,
    count(*) filter (kind = 'cart_add' and "at" >= getvariable('from_30d')) as cart_adds_30d,
    count(*) filter (kind = 'favourite' and "at" >= getvariable('from_30d')) as favourites_30d,
    count(*) filter (kind = 'sign_in' and "at" >= getvariable('from_30d')) as sign_ins_30d,
    count(*) filter (
        kind not in ('visit', 'page_view', 'cart_add', 'favourite', 'sign_in') and "at" >= getvariable('from_30d')
    ) as interactions_30d,
    max("at") as last_event_at
from snap.stg_events
where "at" < getvariable('as_of')
group by member_id
