-- The arm of each person in the whole programme, by assignment: that of the account that was assigned first, of several at
-- the same moment the smallest id. As in the report, members of a play's own control group are treated by the other plays,
-- so they are treated here.
create or replace temp table m_arms as
with
    firsts as (
        select
            member_id,
            arg_min(account_id, row(occurrence_at, account_id)) as account_id,
            min(occurrence_at) as assigned_at
        from decisions
        where arm is not null and occurrence_at < $as_of
        group by member_id
    )

select
    f.member_id,
    f.assigned_at,
    case
        when bool_or(d.arm = 'global_control') then 'global_control'
        when bool_or(d.arm = 'campaign_control') then 'campaign_control'
        else 'treated'
    end as arm
from firsts as f
inner join decisions as d
    on d.member_id = f.member_id
    and d.account_id = f.account_id
    and d.occurrence_at = f.assigned_at
    and d.arm is not null
group by f.member_id, f.assigned_at
