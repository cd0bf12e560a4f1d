-- The arm of each person in the whole programme: that of the account that was assigned first, of several at the same
-- moment the smallest id. Members of a play's own control group are treated by the other plays, so they count as treated.
-- Where regions are drawn, a person counts where that account lived at that moment, wherever he moved later.
create or replace temp table programme_members as
with of_several as (
    select member_id, account_id, occurrence_at, arm
    from candidates
    semi join persons_of_several using (member_id)
    where arm is not null and occurrence_at < $as_of
),
accounts as (
    select
        member_id,
        arg_min(account_id, row(occurrence_at, account_id)) as account_id,
        min(occurrence_at) as assigned_at,
        min(account_id) <> max(account_id) as joined
    from of_several
    group by member_id
),
of_one as (
    select member_id, min(assigned_at) as assigned_at
    from first_assignments
    anti join persons_of_several using (member_id)
    group by member_id
),
assigned as (
    select o.member_id, o.member_id as account_id, o.assigned_at, false as joined, f.arm
    from of_one as o
    inner join first_assignments as f on f.member_id = o.member_id and f.assigned_at = o.assigned_at
    union all
    select a.member_id, a.account_id, a.assigned_at, a.joined, s.arm
    from accounts as a
    inner join of_several as s
        on s.member_id = a.member_id and s.account_id = a.account_id and s.occurrence_at = a.assigned_at
),
drawn as (
    select account_id, occurrence_at, any_value(region) as region
    from candidates
    where region is not null and arm is not null
    group by account_id, occurrence_at
),
arms as (
    select
        member_id,
        account_id,
        assigned_at,
        joined,
        case
            when bool_or(arm = 'global_control') then 'global_control'
            when bool_or(arm = 'campaign_control') then 'campaign_control'
            else 'treated'
        end as arm
    from assigned
    group by member_id, account_id, assigned_at, joined
)
select a.member_id, a.arm, a.assigned_at, a.joined, d.region
from arms as a
left join drawn as d on d.account_id = a.account_id and d.occurrence_at = a.assigned_at
