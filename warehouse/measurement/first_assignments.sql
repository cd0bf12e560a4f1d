-- The first time each person was assigned to an arm of a play; outcomes count from there. Of accounts that were assigned
-- at the same moment the smallest id speaks for the person: a rule that looks at the arms ("treated if any account was")
-- would sort persons with several accounts, who buy more, into one of them. An account has one arm at a moment: only
-- persons of several are looked at closer.
create or replace temp table first_assignments as
with assigned as (
    select phase, play, member_id, account_id, occurrence_at, arm
    from candidates
    where arm is not null and occurrence_at < $as_of
),
persons as (
    select phase, play, member_id, arg_min(arm, occurrence_at) as arm, min(occurrence_at) as assigned_at
    from assigned
    group by phase, play, member_id
),
of_several as (
    select
        phase,
        play,
        member_id,
        arg_min(arm, row(occurrence_at, account_id, arm)) as arm,
        min(account_id) <> max(account_id) as joined
    from assigned
    semi join persons_of_several using (member_id)
    group by phase, play, member_id
)
select
    p.phase, p.play, p.member_id, coalesce(s.arm, p.arm) as arm, p.assigned_at, coalesce(s.joined, false) as joined, w.ends_at
from persons as p
inner join phase_windows as w on w.phase = p.phase
left join of_several as s on s.phase = p.phase and s.play = p.play and s.member_id = p.member_id
