-- Claims of the calendar's benefits: events that name one.
select c.cell, {group} as grp, []::varchar[] as part, count(*) as claimed
from cells as c
inner join snap.stg_events as f on f."at" >= c.starts_at and f."at" < c.ends_at and f."at" < $as_of
where f.kind in ('coupon_claim', 'claim') and f.benefit in (select b.benefit from j_benefits as b)
group by c.cell, grp
