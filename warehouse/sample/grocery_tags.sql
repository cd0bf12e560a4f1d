-- Who was targeted by which campaign, from its start on; and what 801 households said of themselves.
with
    targeted as (
        select
            household_id,
            'campaign-' || cast(campaign_id as varchar) as tag,
            'campaign' as family,
            campaign_type as value,
            cast(start_date as timestamp) as "at"
        from campaigns inner join campaign_descriptions using (campaign_id)
    ),
    answers as (
        unpivot demographics
        on age, income, home_ownership, marital_status, household_size, household_comp, kids_count
        into name tag value value
    ),
    described as (
        select
            answers.household_id,
            replace(answers.tag, '_', '-') || '-' || replace(replace(lower(answers.value), '+', ' plus'), ' ', '-') as tag,
            'attribute' as family,
            answers.value,
            settings.joined_at as "at"
        from answers cross join settings
    )
select
    'h' || lpad(cast(household_id as varchar), 4, '0') as member_id,
    tag,
    family,
    value,
    "at"
from (select * from targeted union all by name select * from described)
order by member_id, tag
