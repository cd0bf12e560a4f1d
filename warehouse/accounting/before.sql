-- What the weeks before an announced benefit is online had of such orders as it asks for, of members, each so often as one may
-- have it: by what a member paid or bought, at whatever price, and in stages or not, for between sales hardly anything is.
with basis as (
    select
        w.phase,
        w.benefit,
        w.per_member,
        t.seen_in,
        t.amount_cents,
        greatest(t.items, 1) as items,
        t.by_lines and len(t.goods) > 0 and t.told_price as of_goods,
        t.goods,
        w.until,
        w.ranks,
        case
            when t.seen_in = 'order_sums' then greatest(w.until - $basis::interval, w.until - w.lasts)
            else w.until - $basis::interval
        end as since
    from (
        select phase, benefit, per_member, ranks, claimed, ends_at - starts_at as lasts, least($at, starts_at) as until
        from online
        semi join past_asked using (phase, benefit)
    ) as w
    inner join (
        select *, most_cents is not null or share is not null as told_price from told
    ) as t on t.benefit = w.benefit
    where (t.seen_in in ('orders', 'order_sums') or t.benefit in (select i.benefit from issues as i))
        and (not w.claimed or t.by_lines and len(t.goods) > 0)
),
numbered as (select *, row_number() over () as number from basis),
-- Expanded last: what every benefit asks of an order is the same order.
weeks as (
    select
        o.order_id,
        o.member_id,
        o.paid_at,
        o.amount_cents
        - case
            when o.refunded_at < $at then o.refunded_cents
            when o.part_refunded_at < $at then o.part_refunded_cents
            else 0
        end as net_cents,
        o.items
        /*if tiers*/, r.rank /*end*/
    from asked_orders as o
    /*if tiers*/ left join order_ranks as r on r.order_id = o.order_id /*end*/
    where o.was_member
        and o.paid_at >= (select min(since) from basis)
        and o.paid_at < (select max(until) from basis)
),
/*if goods*/
pieces as (
    select b.number, i.order_id, sum(i.quantity) as pieces
    from numbered as b
    inner join snap.stg_order_items as i on list_contains(b.goods, i.sku)
    where b.of_goods
    group by b.number, i.order_id
),
/*end*/
bought as (
    select
        b.number,
        o.member_id,
        o.net_cents,
        o.net_cents >= b.amount_cents
        and /*if goods*/ case when b.of_goods then p.pieces else o.items end /*else*/ o.items /*end*/ >= b.items as fits
    from numbered as b
    inner join weeks as o on o.paid_at >= b.since and o.paid_at < b.until
    /*if goods*/ left join pieces as p on p.number = b.number and p.order_id = o.order_id /*end*/
    /*if tiers*/ where len(b.ranks) = 0 or list_contains(b.ranks, o.rank) /*end*/
),
by_member as (
    select number, member_id, sum(net_cents) as net_cents, count(*) filter (fits) as times
    from bought
    group by number, member_id
),
used as (
    select
        b.number,
        sum(
            case
                when b.seen_in = 'order_sums' then (m.net_cents >= b.amount_cents)::bigint
                else least(b.per_member, m.times)
            end
        ) as uses
    from by_member as m
    inner join numbered as b on b.number = m.number
    group by b.number
)
select b.phase, b.benefit, coalesce(u.uses, 0)::bigint
from numbered as b
left join used as u on u.number = b.number
