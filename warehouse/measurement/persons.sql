-- Accounts that have been joined since count as their person. Whoever was treated under one account is
-- no control under another: of the whole programme for any treatment, of a play for treatment by it.
create or replace temp table joined_decisions as
select d.phase, d.play, d.member_id as account_id, coalesce(m.member_id, d.member_id) as member_id, d.arm
from decisions as d
left join snap.member_map as m on m.account_id = d.member_id
where d.arm is not null
    and (m.member_id is not null or d.member_id in (select member_id from snap.member_map));

update decisions as d
set arm = 'treated'
from (
    select distinct control.phase, control.play, control.account_id, control.arm
    from joined_decisions as control
    inner join joined_decisions as treated
        on treated.member_id = control.member_id
        and treated.account_id <> control.account_id
        and treated.arm = 'treated'
        and (control.arm <> 'play_control' or (treated.phase = control.phase and treated.play = control.play))
    where control.arm <> 'treated'
) as mixed
where mixed.account_id = d.member_id and mixed.phase = d.phase and mixed.play = d.play and mixed.arm = d.arm;

update decisions as d set member_id = m.member_id from snap.member_map as m where m.account_id = d.member_id;

drop table joined_decisions;
