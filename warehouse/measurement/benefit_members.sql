-- Members of the arms of each play by the benefit they were to get: of a held-out member the one he would have had (his
-- ghost). Both were chosen by the same rules, so a benefit is compared among those it was chosen for, not with a whole
-- hold-out. Who was left out behind the draw has neither, in both arms alike.
create or replace temp view benefit_members as
select m.*, o.benefit
from arm_members as m
inner join first_offers as o on o.phase = m.phase and o.play = m.play and o.member_id = m.member_id
where o.benefit is not null
