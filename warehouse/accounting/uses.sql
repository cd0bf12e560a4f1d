-- Every use of a benefit of the calendar before the moment, wherever it is seen: as redemptions name it; else as a fitting
-- order of a member who holds it, or as an entry of the points ledger of just its price.
create or replace temp table uses as
with seen as (
    select n.id, n.member_id, n.benefit, n.moment, n.order_id, null::timestamp as placed_at, n.calendar, n.belongs_to,
        n.amount_cents
    from named as n
    inner join told as t on t.benefit = n.benefit and t.told_by = 'redemptions'
    union all
    select 'order ' || o.order_id, o.member_id, o.benefit, o.paid_at, o.order_id, o.ordered_at, $calendar, $calendar, null
    from fitting_orders as o
    union all
    select 'points ' || p.entry_id, p.member_id, t.benefit, p."at", null, null, $calendar, $calendar, null
    from snap.stg_points as p
    inner join told as t on t.points = -p.points and t.told_by = 'points'
    where p."at" < $at and p.kind = 'redeem'
),
baskets as (
    select order_id, sum(price_cents * quantity)::bigint as cents
    from snap.stg_order_items
    where order_id in (select order_id from seen)
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
left join snap.stg_orders as o on o.order_id = s.order_id
left join baskets as b on b.order_id = s.order_id;

-- Grants a use belongs to, were it not for time: of the same member and benefit, and given before. Those that it may
-- be charged to fit: it came in time, and they were not over.
create or replace temp table holders as
select
    u.id, u.member_id, u.benefit, u.moment, u.most_cents, u.void, u.in_time,
    g.key, g.granted_at, g.valid_until, greatest(coalesce(len(g.own_costs), len(t.costs), 1), 1) as times
from uses as u
inner join given as g
    on g.member_id = u.member_id
    and g.benefit = u.benefit
    and g.granted_at <= coalesce(u.placed_at, u.moment)
    and (u.calendar is null or u.calendar = g.calendar)
    and (g.earned_by is null or u.order_id is distinct from g.earned_by)
left join told as t on t.benefit = u.benefit;

create or replace temp table fits as
select * from holders where in_time and (valid_until is null or moment < valid_until);

create or replace temp table charged (
    key varchar, number bigint, benefit varchar, id varchar, moment timestamp, most_cents bigint
)
