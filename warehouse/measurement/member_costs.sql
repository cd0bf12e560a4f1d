-- What each person cost the calendar up to its end: benefits used, as the books count them, and messages.
create or replace temp table member_costs as
select member_id, sum(spent_cents)::bigint as cents from costs group by member_id
