-- One row per campaign: its window, the households it targeted, and whether any product on its coupons
-- was displayed in a store or shown in the weekly mailer during the campaign.
with
    weeks as (
        select
            week,
            cast(min(transaction_timestamp) as date) as first_day,
            cast(max(transaction_timestamp) as date) as last_day
        from transactions
        group by week
    ),
    targeted as (
        select campaign_id, count(*) as households from campaigns group by campaign_id
    ),
    couponed as (
        select distinct
            coupons.campaign_id, coupons.product_id, weeks.week
        from coupons
        inner join campaign_descriptions using (campaign_id)
        inner join weeks on weeks.first_day <= end_date and weeks.last_day >= start_date
    ),
    shown as (
        select
            couponed.campaign_id,
            bool_or(promotions.display_location <> '0') as displayed,
            bool_or(promotions.mailer_location <> '0') as mailed
        from couponed inner join promotions using (product_id, week)
        group by couponed.campaign_id
    )
select
    campaign_descriptions.campaign_id,
    lower(right(campaign_type, 1)) as kind,
    cast(start_date as date) as first_day,
    cast(end_date as date) as last_day,
    targeted.households,
    coalesce(shown.displayed, false) as displayed,
    coalesce(shown.mailed, false) as mailed
from campaign_descriptions
inner join targeted using (campaign_id)
left join shown using (campaign_id)
order by start_date, campaign_id
