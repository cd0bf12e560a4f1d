-- A redemption is known by day; it counts from the last second of that day.
select
    cast(campaign_id as varchar) || '-' || cast(household_id as varchar)
    || '-' || cast(coupon_upc as varchar) || '-' || strftime(redemption_date, '%Y%m%d') as redemption_id,
    'h' || lpad(cast(household_id as varchar), 4, '0') as member_id,
    'coupons-' || cast(campaign_id as varchar) as benefit,
    'grocery-2017' as calendar,
    cast(redemption_date as timestamp) + interval 1 day - interval 1 second as redeemed_at,
    cast(null as varchar) as order_id
from coupon_redemptions
order by redeemed_at, redemption_id
