-- The arm of each person in the whole programme: that of the account that was assigned first, of several at the same
-- moment the smallest id. Members of a play's own control group are treated by the other plays, so they count as treated.
-- Where regions are drawn, a person counts where that account lived at that moment, wherever he moved later.
create or replace temp table programme_members as
with first as (
    select
        member_id,
        arg_min(account_id, row(occurrence_at, account_id)) as account_id,
        min(occurrence_at) as assigned_at,
        count(distinct account_id) > 1 as joined
    from assigned
    group by member_id
)
select
    f.member_id,
    case
        when bool_or(a.arm = 'global_control') then 'global_control'
        when bool_or(a.arm = 'campaign_control') then 'campaign_control'
        else 'treated'
    end as arm,
    f.assigned_at,
    f.joined,
    any_value(a.region) as region
from first as f
inner join assigned as a
    on a.member_id = f.member_id and a.account_id = f.account_id and a.occurrence_at = f.assigned_at
group by f.member_id, f.assigned_at, f.joined
