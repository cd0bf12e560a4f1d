-- Orders paid since the sale began (`bought_from` of the calendar): a short range, read anew for every moment.
select
    member_id,
    count(*) as orders_in_campaign,
    sum(
        amount_cents
        - given_back(getvariable('as_of'), refunded_at, refunded_cents, part_refunded_at, part_refunded_cents)
    ) as spend_in_campaign
from snap.stg_orders
where member_id is not null
    and paid_at >= getvariable('bought_from')
    and is_bought(getvariable('as_of'), ordered_at, paid_at, refunded_at, refunded_cents, amount_cents)
group by member_id
