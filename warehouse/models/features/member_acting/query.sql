-- What members did in the shop within 30 days strictly before as_of.
select
    member_id,
    count(*) filter (kind = 'visit' and "at" >= getvariable('from_7d')) as visits_7d,
    count(*) filter (kind = 'visit') as visits_30d,
    count(*) filter (kind = 'cart_add' and "at" >= getvariable('from_7d')) as cart_adds_7d,
    count(*) filter (kind = 'cart_add') as cart_adds_30d,
    count(*) filter (kind = 'favourite') as favourites_30d,
    count(*) filter (kind = 'sign_in') as sign_ins_30d,
    count(*) filter (
        kind not in ('visit', 'page_view', 'cart_add', 'favourite', 'sign_in')
    ) as interactions_30d
from snap.stg_events
where "at" >= getvariable('from_30d') and "at" < getvariable('as_of')
group by member_id
