-- The first time each member was assigned to an arm of a play; outcomes count from there.
create or replace temp table first_assignments as
select
    d.phase,
    d.play,
    d.member_id,
    arg_min(d.arm, row(d.occurrence_at, d.arm)) as arm,
    min(d.occurrence_at) as assigned_at,
    w.ends_at
from decisions as d
inner join phase_windows as w on w.phase = d.phase
where d.arm is not null and d.occurrence_at < $as_of
group by d.phase, d.play, d.member_id, w.ends_at
