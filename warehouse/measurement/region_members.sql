-- Persons of the two arms of the programme by the region that was drawn, in the columns of arm_members.
create or replace temp view region_members as
select m.*, p.region
from arm_members as m
inner join programme_members as p on p.member_id = m.member_id
where m.phase = '' and m.arm in ('treated', 'campaign_control') and p.region is not null
