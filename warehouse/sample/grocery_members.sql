-- One row per household that bought anything.
select
    'h' || lpad(cast(household_id as varchar), 4, '0') as member_id,
    any_value(joined_at) as created_at,
    any_value(joined_at) as joined_at
from transactions cross join settings
group by household_id
order by member_id
