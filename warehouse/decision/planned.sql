-- What the plan has for the occurrence: a choice, or what a member is kept for. Members for whom it has neither (it did
-- not see them in the audience, or nothing was left) are decided in turn, after it and from what it leaves.
create or replace temp table planned as
select
    m.member_id,
    c.channel,
    c.benefit,
    c.reason,
    c.kept_for
from ahead_places as m
inner join plan_columns as c on c.pattern = m.pattern and m.place between c.first_place and c.last_place
where c.slot = $slot
