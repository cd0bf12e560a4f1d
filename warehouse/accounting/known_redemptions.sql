-- Redemptions with the benefit's own name, where the export carries the id that the platform has for it.
-- An id belongs to this calendar, so what was redeemed under it was given by this calendar.
create or replace temp view known_redemptions as
select
    r.* exclude (benefit, calendar),
    coalesce(p.benefit, r.benefit) as benefit,
    case when p.benefit is null then r.calendar else coalesce(r.calendar, (select calendar from this_calendar)) end
        as calendar
from snap.stg_redemptions as r
left join platform_ids as p on p.platform_id = r.benefit
