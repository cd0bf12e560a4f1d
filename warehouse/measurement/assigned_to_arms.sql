-- Every person of an arm of a play, and of the whole programme: phase and play are empty there.
create or replace temp table assigned_to_arms as
select phase, play, member_id, arm, assigned_at, ends_at, joined from first_assignments
union all
select '', '', member_id, arm, assigned_at, $ends_at, joined from programme_members
