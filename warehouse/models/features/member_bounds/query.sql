-- Bounds of the lifecycle by favourite category (`lifecycle.by_category` of the store). A store
-- without such bounds pays nothing: the condition is false before anything is read.
select
    member_favourite.member_id,
    category_bounds.core_days as core_days_here,
    category_bounds.potential_days as potential_days_here,
    category_bounds.ordinary_days as ordinary_days_here,
    category_bounds.lost_days as lost_days_here
from member_favourite
inner join category_bounds on member_favourite.favourite_category = category_bounds.category
where getvariable('bounds_by_category')
