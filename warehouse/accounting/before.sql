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
pieces as (
    select b.phase, b.benefit, i.order_id, sum(i.quantity) as pieces
    from basis as b
    inner join snap.stg_order_items as i on list_contains(b.goods, i.sku)
    where b.of_goods
    group by b.phase, b.benefit, i.order_id
),
bought as (
    select
        b.phase,
        b.benefit,
        b.per_member,
        b.seen_in,
        b.amount_cents,
        o.member_id,
        o.amount_cents
        - case
            when o.refunded_at < $at then o.refunded_cents
            when o.part_refunded_at < $at then o.part_refunded_cents
            else 0
        end as net_cents,
        case when b.of_goods then p.pieces else coalesce(o.items, 1) end as pieces,
        b.items
    from basis as b
    inner join (
        from snap.stg_orders where paid_at >= (select min(since) from basis) and paid_at < (select max(until) from basis)
    ) as o on o.paid_at >= b.since and o.paid_at < b.until
    inner join snap.stg_members as m
        on m.member_id = o.member_id
        and m.joined_at <= o.ordered_at
        and (m.left_at is null or m.left_at < m.joined_at or m.left_at > o.ordered_at)
    left join order_ranks as r on r.order_id = o.order_id
    left join pieces as p on p.phase = b.phase and p.benefit = b.benefit and p.order_id = o.order_id
    where len(b.ranks) = 0 or list_contains(b.ranks, r.rank)
),
by_member as (
    select
        phase,
        benefit,
        case
            when any_value(seen_in) = 'order_sums' then (sum(net_cents) >= any_value(amount_cents))::bigint
            else least(any_value(per_member), count(*) filter (net_cents >= amount_cents and pieces >= items))
        end as uses
    from bought
    group by phase, benefit, member_id
)
select b.phase, b.benefit, coalesce(sum(m.uses), 0)::bigint
from basis as b
left join by_member as m on m.phase = b.phase and m.benefit = b.benefit
group by b.phase, b.benefit
