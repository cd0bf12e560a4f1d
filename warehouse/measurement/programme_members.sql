-- The arm of each person in the whole programme: that of the account that was assigned first, of several at the same
-- moment the smallest id. Members of a play's own control group are treated by the other plays, so they count as treated.
-- Where regions are drawn, a person counts where that account lived at that moment, wherever he moved later.
create or replace temp table programme_members as
with persons as (
    select
        member_id,
        min(account_id) as account_id,
        min(occurrence_at) as assigned_at,
        min(account_id) <> max(account_id) as joined
    from assigned
    group by member_id
),
of_several as (
    select a.member_id, arg_min(a.account_id, row(a.occurrence_at, a.account_id)) as account_id
    from assigned as a
    semi join (select * from persons where joined) as p on p.member_id = a.member_id
    group by a.member_id
),
first as (
    select p.member_id, coalesce(s.account_id, p.account_id) as account_id, p.assigned_at, p.joined
    from persons as p
    left join of_several as s on s.member_id = p.member_id
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
