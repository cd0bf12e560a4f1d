-- The arm of each person in the whole programme, by assignment: that of the account that was assigned first, of several at
-- the same moment the smallest id. As in the report, members of a play's own control group are treated by the other plays,
-- so they are treated here.
create or replace temp table m_arms as
with
    assigned as (
        select member_id, account_id, occurrence_at, arm from candidates where arm is not null and occurrence_at < $as_of
    ),

    firsts as (
        select member_id, any_value(account_id) as account_id, min(occurrence_at) as assigned_at
        from assigned
        anti join persons_of_several using (member_id)
        group by member_id
        union all
        select member_id, arg_min(account_id, row(occurrence_at, account_id)), min(occurrence_at)
        from assigned
        semi join persons_of_several using (member_id)
        group by member_id
    )

select
    f.member_id,
    f.assigned_at,
    case
        when bool_or(a.arm = 'global_control') then 'global_control'
        when bool_or(a.arm = 'campaign_control') then 'campaign_control'
        else 'treated'
    end as arm
from firsts as f
inner join assigned as a
    on a.member_id = f.member_id and a.account_id = f.account_id and a.occurrence_at = f.assigned_at
group by f.member_id, f.assigned_at
