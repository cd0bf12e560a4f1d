-- Orders paid, or given back, since the moment asked for and before $at, and whether their buyers were members then.
create or replace temp table asked_orders as
with since as (
    /*if later*/
    select * from snap.stg_orders
    where (paid_at < $at or succeeded_at < $at)
        and (ordered_at >= $since or paid_at >= $since or succeeded_at >= $since or refunded_at >= $since)
    /*else*/
    -- Each compared with two moments alone, which is all that has to be read of the others.
    select * from snap.stg_orders where paid_at >= $since and paid_at < $at
    union all
    select * from snap.stg_orders where paid_at < least($since, $at) and ordered_at >= $since
    /*end*/
)
select
    o.order_id,
    o.member_id,
    o.ordered_at,
    o.paid_at,
    o.succeeded_at,
    o.amount_cents,
    o.refunded_at,
    o.refunded_cents,
    o.part_refunded_at,
    o.part_refunded_cents,
    coalesce(o.items, 1) as items,
    o.stage is not null as staged,
    o.deposit_paid_at,
    m.joined_at,
    coalesce(
        m.joined_at <= o.ordered_at and (m.left_at is null or m.left_at < m.joined_at or m.left_at > o.ordered_at), false
    ) as was_member
from since as o
left join snap.stg_members as m on m.member_id = o.member_id
where o.member_id is not null
