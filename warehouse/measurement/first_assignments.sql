-- The first time each person was assigned to an arm of a play; outcomes count from there. Of accounts that were assigned
-- at the same moment the smallest id speaks for the person: a rule that looks at the arms ("treated if any account was")
-- would sort persons with several accounts, who buy more, into one of them.
create or replace temp table first_assignments as
select
    a.phase,
    a.play,
    a.member_id,
    arg_min(a.arm, row(a.occurrence_at, a.account_id, a.arm)) as arm,
    min(a.occurrence_at) as assigned_at,
    count(distinct a.account_id) > 1 as joined,
    w.ends_at
from assigned as a
inner join phase_windows as w on w.phase = a.phase
group by a.phase, a.play, a.member_id, w.ends_at
