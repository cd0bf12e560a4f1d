-- Every use of a benefit of the calendar before the moment, wherever it is seen: as redemptions name it; else as a fitting
-- order of a member who holds it, or as an entry of the points ledger of just its price.
create or replace temp table uses as
with seen as (
    select n.id, n.member_id, n.benefit, n.moment, n.order_id, null::timestamp as placed_at, n.calendar, n.belongs_to,
        n.part, n.amount_cents
    from named as n
    inner join told as t on t.benefit = n.benefit and t.told_by = 'redemptions'
    union all
    select 'order ' || o.order_id, o.member_id, o.benefit, o.paid_at, o.order_id, o.ordered_at, $calendar, $calendar, null, null
    from fitting_orders as o
    union all
    select 'points ' || p.entry_id, p.member_id, t.benefit, p."at", null, null, $calendar, $calendar, null, null
    from snap.stg_points as p
    inner join told as t on t.points = -p.points and t.told_by = 'points'
    where p."at" < $at and p.kind = 'redeem'
),
-- What became of an order matters to uses that come back with it, and to what is given back.
orders as (
    select o.order_id, o.amount_cents, o.closed_at, o.status, o.paid_at, o.refunded_at, o.refunded_cents
    from snap.stg_orders as o
    where o.order_id in (
        select s.order_id
        from seen as s
        inner join told as t on t.benefit = s.benefit and (t.comes_back or t.told_by = 'refunds')
    )
),
baskets as (
    select order_id, sum(price_cents * quantity)::bigint as cents
    from snap.stg_order_items
    where order_id in (select s.order_id from seen as s inner join told as t on t.benefit = s.benefit and t.off_basket)
    group by order_id
    having count(price_cents) = count(*)
)
select
    s.*,
    t.told_by,
    case
        when t.told_by = 'refunds' then o.amount_cents
        when t.paid_out_cents is not null then coalesce(s.amount_cents, t.paid_out_cents)
        when t.off_basket then b.cents
    end as most_cents,
    t.comes_back
    and (
        coalesce(o.closed_at < $at, o.status = 'closed' and o.paid_at is null, false)
        or coalesce(o.refunded_at < $at and o.amount_cents > 0 and o.refunded_cents >= o.amount_cents, false)
    ) as void,
    not exists (from spans as w where w.benefit = s.benefit and w.of_what = 'used')
    or exists (
        from spans as w
        where w.benefit = s.benefit and w.of_what = 'used' and s.moment >= w.starts_at and s.moment < w.ends_at
    ) as in_time
from seen as s
inner join told as t on t.benefit = s.benefit
left join orders as o on o.order_id = s.order_id
left join baskets as b on b.order_id = s.order_id;

-- Grants a use belongs to, were it not for time: of the same member and benefit, and given before. Of a referral also that
-- of whoever brought him, once he held it, if he had not been a member by then. Those that it may be charged to fit: it
-- came in time, and they were not over.
create or replace temp table holders as
with asked as (
    select u.*, t.children, t.costs
    from uses as u
    left join told as t on t.benefit = u.benefit
),
own as (
    select u.*, g.key, g.granted_at, g.valid_until, g.own_costs, false as is_child
    from asked as u
    inner join given as g
        on g.member_id = u.member_id
        and g.benefit = u.benefit
        and g.granted_at <= coalesce(u.placed_at, u.moment)
        and (u.calendar is null or u.calendar = g.calendar)
        and (g.earned_by is null or u.order_id is distinct from g.earned_by)
    where u.children is null or u.children = 0 or u.part is distinct from 'child'
),
brought as (
    select u.*, g.key, g.granted_at, g.valid_until, g.own_costs, true as is_child
    from asked as u
    inner join snap.stg_referrals as r on r.referred_id = u.member_id and r."at" <= u.moment
    inner join given as g
        on g.member_id = r.referrer_id
        and g.benefit = u.benefit
        and g.granted_at <= r."at"
        and (u.calendar is null or u.calendar = g.calendar)
    left join snap.stg_members as m on m.member_id = u.member_id
    where u.children > 0
        and u.part is distinct from 'parent'
        and r.referrer_id <> r.referred_id
        and coalesce(m.joined_at >= r."at", true)
        and coalesce(m.left_at >= r."at", true)
        and not exists (select 1 from own as o where o.benefit = u.benefit and o.id = u.id)
)
select
    h.id, h.member_id, h.benefit, h.moment, h.most_cents, h.void, h.in_time,
    h.key, h.granted_at, h.valid_until, h.is_child,
    case
        when h.is_child then h.children
        when h.children > 0 then 1
        else greatest(coalesce(len(h.own_costs), len(h.costs), 1), 1)
    end as times
from (select * from own union all by name select * from brought) as h;

create or replace temp table fits as
select * from holders where in_time and (valid_until is null or moment < valid_until);

create or replace temp table charged (
    key varchar, number bigint, benefit varchar, id varchar, moment timestamp, most_cents bigint, is_child bool
)
