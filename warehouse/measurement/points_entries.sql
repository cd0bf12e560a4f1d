-- The ledger as the rules have it: what they give, and what members spent or people corrected, as the ledger says.
-- Points that paid part of an order, of those the order may take; all of them again when it was given back in full.
create or replace temp table point_cash as
with used as (
    select p.member_id, p.order_id, -sum(p.points) as points, min(p."at") as "at"
    from snap.stg_points as p
    where p.kind = 'redeem' and p.order_id is not null and p."at" < $as_of and $per_yuan > 0
    group by p.member_id, p.order_id
)

select
    u.* exclude (allowed),
    case when least(u.points, allowed) >= $cash_min then least(u.points, allowed) else 0 end::decimal(18, 1) as allowed,
    case
        when given_back_in_full($as_of, o.refunded_at, o.refunded_cents, o.amount_cents) then o.refunded_at
    end as back_at
from (
    select
        u.*,
        (o.amount_cents + u.points * 100 // $per_yuan) * $max_share * $per_yuan // 1000000 as allowed
    from used as u
    inner join snap.stg_orders as o using (order_id)
) as u
inner join snap.stg_orders as o using (order_id);

create or replace temp table point_entries as
select member_id, 'order' as reason, credited_at as "at", earned as points, order_id, null as calendar, null as benefit
from point_orders
where is_credited and earned > 0
union all
select member_id, 'refund', greatest(back_at, credited_at), kept - earned, order_id, null, null
from point_orders
where is_credited and earned > kept
union all
select member_id, 'referral', "at", points, order_id, calendar, benefit from point_friends
union all
select member_id, 'referral', "at", -taken_back, order_id, calendar, benefit from point_friends where taken_back > 0
union all
select member_id, reason, "at", points, order_id, calendar, benefit from point_plays where points > 0
union all
select member_id, 'redeem', "at", points, order_id, null, null
from snap.stg_points
where kind = 'redeem' and "at" < $as_of
    and (order_id is null or (member_id, order_id) not in (select member_id, order_id from point_cash))
union all
select member_id, 'redeem', "at", -allowed, order_id, null, null from point_cash
union all
select member_id, 'cash_back', back_at, allowed, order_id, null, null from point_cash where back_at is not null
union all
select member_id, 'adjust', "at", points, order_id, null, null
from snap.stg_points
where kind = 'adjust' and "at" < $as_of and $tells_entries
    and (order_id is null or (member_id, order_id) not in (select member_id, order_id from point_cash))
