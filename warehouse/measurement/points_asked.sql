-- Whose orders matter to what the benefits of a calendar gave in points: who paid on one of its days, or played what only some
-- tiers may, for there the tier counts; and who was brought.
create or replace temp table point_asked as
select o.member_id
from snap.stg_orders as o
inner join (select starts, ends from point_doubles where calendar = $calendar) as d
    on o.paid_at >= d.starts and o.paid_at < d.ends
where o.member_id is not null and o.succeeded_at < $as_of
union
select e.member_id
from snap.stg_events as e
inner join (select event, starts, ends from point_earning where calendar = $calendar and len(ranks) > 0) as r
    on e.kind = r.event and e."at" >= r.starts and e."at" < r.ends
where e.member_id is not null and e."at" < $as_of
union
select r.referred_id
from snap.stg_referrals as r
where r."at" < $as_of and exists (select 1 from point_referrals where calendar = $calendar)
