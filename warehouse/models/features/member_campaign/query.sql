-- Orders paid since the campaign began: a short range, read anew for every moment.
select
    member_id,
    count(*) as orders_in_campaign,
    sum(
        amount_cents
        - case
            when refunded_at < getvariable('as_of') then refunded_cents
            when part_refunded_at < getvariable('as_of') then part_refunded_cents
            else 0
        end
    ) as spend_in_campaign
from snap.stg_orders
where member_id is not null
    and paid_at >= getvariable('campaign_from')
    and paid_at < getvariable('as_of')
    and ordered_at < getvariable('as_of')
    and not coalesce(
        refunded_at < getvariable('as_of') and refunded_cents > 0 and refunded_cents >= amount_cents, false
    )
group by member_id
