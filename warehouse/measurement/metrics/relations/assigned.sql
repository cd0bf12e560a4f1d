-- Persons decided about before the moment of measuring, by phase and play, with whether they got an arm and which.
create or replace temp table m_assigned as
select distinct
    d.phase,
    d.play,
    d.member_id,
    coalesce(d.channel, d.ghost_channel, '') as channel,
    coalesce(d.tier, '') as tier,
    d.arm is not null as eligible,
    d.status = 'held_out' as held_out,
    /*if arms*/
    coalesce(m.arm, 'not_assigned') as arm
    /*else*/
    '' as arm
    /*end*/
from candidates as d
inner join j_plays as p on p.phase = d.phase and p.play = d.play and not p.post
/*if arms*/
left join m_arms as m on m.member_id = d.member_id
/*end*/
where d.occurrence_at < $as_of
