-- Redemptions before the moment that name a benefit of the calendar, of it or of a calendar that has one of the same name.
-- One that names no calendar belongs to the calendar that gave or announced the benefit last before it, as long as no grant of
-- another is charged with it (of an id of the platform that several have: to its holder); so it counts once, however many
-- calendars have a benefit of that name.
create or replace temp table named as
with benefits as (
    select benefit, granted_at, min(calendar) as calendar
    from (
        select benefit, granted_at, calendar from given
        union all
        select benefit, starts_at, $calendar from online
    )
    group by benefit, granted_at
)
select
    'redemption ' || n.redemption_id as id,
    n.member_id,
    n.benefit,
    n.redeemed_at as moment,
    n.order_id,
    n.amount_cents,
    n.calendar,
    n.part,
    coalesce(n.calendar, n.holder, b.calendar) as belongs_to
from (select r.* from known_redemptions as r inner join rules as t on t.benefit = r.benefit where r.redeemed_at < $at) as n
asof left join benefits as b on b.benefit = n.benefit and b.granted_at <= n.redeemed_at
where n.calendar is null or n.calendar = $calendar or n.calendar in (select g.calendar from given as g);

create or replace temp table told as
select
    r.*,
    case
        when r.benefit in (
            select n.benefit from named as n where n.belongs_to = $calendar
            union all
            select g.benefit from given as g inner join named as n on n.member_id = g.member_id and n.benefit = g.benefit
            where g.calendar = $calendar and n.calendar is null and g.granted_at <= n.moment
        ) then 'redemptions'
        else r.seen_in
    end as told_by
from rules as r
