-- Redemptions with the benefit's own name, where the export carries the id that the platform has for it. An id that this
-- calendar alone has says that this calendar gave it. One that several have leaves that open, as a name that several have
-- does; `holder` is then the calendar that took the id last before, or first of all.
create or replace temp view known_redemptions as
with own as (
    select p.platform_id, min(p.benefit) as benefit, min(p.part) as part
    from platform_ids as p
    where p.calendar = (select t.calendar from this_calendar as t)
    group by p.platform_id
),
shared as (
    select platform_id, list({'set_at': set_at, 'calendar': calendar} order by set_at, calendar) as holders
    from platform_ids
    group by platform_id
    having count(distinct calendar) > 1
)
select
    r.* exclude (benefit, calendar),
    coalesce(p.benefit, r.benefit) as benefit,
    p.part,
    case
        when p.benefit is null or s.holders is not null then r.calendar
        else coalesce(r.calendar, (select t.calendar from this_calendar as t))
    end as calendar,
    coalesce(list_filter(s.holders, lambda h: h.set_at <= r.redeemed_at)[-1], s.holders[1]).calendar as holder
from snap.stg_redemptions as r
left join own as p on p.platform_id = r.benefit
left join shared as s on s.platform_id = r.benefit
