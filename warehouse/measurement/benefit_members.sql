-- Members of the arms of each play by the benefit they were to get: of a held-out member the one he would have had (his
-- ghost). Both were chosen by the same rules, so a benefit is compared among those it was chosen for, not with a whole
-- hold-out. Who was left out behind the draw has neither, in both arms alike.
create or replace temp view benefit_members as
with chosen as (
    select
        f.phase,
        f.play,
        f.member_id,
        any_value(coalesce(d.benefit, d.ghost_benefit) order by d.benefit, d.ghost_benefit) as benefit
    from first_assignments as f
    inner join decisions as d
        on d.phase = f.phase and d.play = f.play and d.member_id = f.member_id and d.occurrence_at = f.assigned_at
    where d.status = 'chosen' or d.ghost_channel is not null
    group by f.phase, f.play, f.member_id
)
select m.*, c.benefit
from arm_members as m
inner join chosen as c on c.phase = m.phase and c.play = m.play and c.member_id = m.member_id
where c.benefit is not null
