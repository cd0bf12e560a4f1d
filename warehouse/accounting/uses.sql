-- Every use of a benefit of the calendar before $at, wherever it is seen: as redemptions name it; else as the next
-- fitting order of a member who holds it, or as an entry of the points ledger of just its price. A whole order that
-- came back does not take back the gift that went with it; what is left of an order in part has to be enough.
create or replace temp table told as
select
    r.*,
    case
        when r.benefit in (
            select n.benefit from known_redemptions as n
            where n.redeemed_at < $at and (n.calendar is null or n.calendar = $calendar)
        ) then 'redemptions'
        else r.seen_in
    end as told_by
from rules as r;

create or replace temp table uses as
with seen as (
    select 'redemption ' || n.redemption_id as id, n.member_id, t.benefit, n.redeemed_at as moment, n.order_id,
        null::timestamp as placed_at
    from known_redemptions as n
    inner join told as t on t.benefit = n.benefit and t.told_by = 'redemptions'
    where n.redeemed_at < $at and (n.calendar is null or n.calendar = $calendar)
    union all
    select distinct 'order ' || o.order_id, o.member_id, t.benefit, o.paid_at, o.order_id, o.ordered_at
    from given as g
    inner join told as t on t.benefit = g.benefit and t.told_by = 'orders'
    inner join snap.stg_orders as o on o.member_id = g.member_id and o.ordered_at >= g.granted_at
    where o.paid_at < $at
        and coalesce(o.items, 1) >= t.items
        and (
            o.amount_cents - case when o.refunded_at < $at then o.refunded_cents else 0 end >= t.amount_cents
            or (o.amount_cents >= t.amount_cents and o.refunded_at < $at and o.refunded_cents >= o.amount_cents)
        )
    union all
    select 'points ' || p.entry_id, p.member_id, t.benefit, p."at", null, null
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
    case when t.off_basket then b.cents end as most_cents,
    t.comes_back
    and (
        coalesce(o.closed_at < $at, o.status = 'closed' and o.paid_at is null, false)
        or coalesce(o.refunded_at < $at and o.amount_cents > 0 and o.refunded_cents >= o.amount_cents, false)
    ) as void
from seen as s
inner join told as t on t.benefit = s.benefit
left join snap.stg_orders as o on o.order_id = s.order_id
left join baskets as b on b.order_id = s.order_id;

-- Grants that a use may be charged to: of the same member and benefit, given before and not over.
create or replace temp table fits as
select
    u.id, u.member_id, u.benefit, u.moment, u.most_cents, u.void,
    g.key, g.granted_at, g.valid_until, coalesce(len(t.costs), 1) as times
from uses as u
inner join given as g
    on g.member_id = u.member_id
    and g.benefit = u.benefit
    and g.granted_at <= coalesce(u.placed_at, u.moment)
    and (g.valid_until is null or u.moment < g.valid_until)
left join told as t on t.benefit = u.benefit;

create or replace temp table charged (
    key varchar, number bigint, benefit varchar, id varchar, moment timestamp, most_cents bigint
)
