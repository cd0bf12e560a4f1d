-- What each person cost the calendar before the moment: benefits used, as the books count them, and messages.
create or replace temp table member_costs as
with costs as (
    select g.member_id, s.spent_cents as cents
    from given as g
    inner join spent as s on s.key = g.key
    union all
    select member_id, cents from announced_uses
    union all
    select c.member_id, m.cents
    from contacts as c
    inner join message_costs as m on m.channel = c.channel
    where c.calendar = $calendar and c."at" < $as_of
)
select member_id, sum(cents)::bigint as cents from costs group by member_id
