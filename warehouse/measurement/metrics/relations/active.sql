-- What counts as doing something: an order, a benefit used, points used, any event but what the shop or its carrier does.
-- `passive`: a visit or a page view.
create or replace temp table m_active as
select
    member_id,
    "at",
    kind,
    by_member,
    by_joined,
    tier,
    region as store,
    join_channel as channel,
    act = 'event' and kind in ('visit', 'page_view') as passive,
    act = 'event' and kind not in ('visit', 'page_view', 'cart_add', 'favourite') as interacts
from m_acts
where
    act in ('order', 'redemption')
    or (act = 'event' and kind not in ('parcel_shipped', 'parcel_signed', 'points_credited', 'shipped', 'signed'))
    or (act = 'points' and kind = 'redeem')
