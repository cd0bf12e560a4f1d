-- Campaign coupons went out by mail.
select
    'h' || lpad(cast(household_id as varchar), 4, '0') as member_id,
    'mail' as channel,
    'household ' || cast(household_id as varchar) as address,
    any_value(joined_at) as consented_at
from transactions cross join settings
group by household_id
order by member_id
