-- What follows from the facts of a member (`member_facts`) and as_of. Every other column of
-- `member_features` is a fact itself. "n days ago" counts completed days of 24 hours.
with
    moments as (
        select
            *,
            joined_at is not null and not has_left as joined,
            (epoch_us(getvariable('as_of')) - epoch_us(last_order_at)) // 86400000000 as recency_days
        from member_facts
    )

select
    *,
    case
        when birth_on <= getvariable('as_of_on')
            then
                year(getvariable('as_of_on'))
                - year(birth_on)
                - case
                    when
                        month(getvariable('as_of_on')) * 100 + day(getvariable('as_of_on'))
                        < month(birth_on) * 100 + day(birth_on)
                        then 1
                    else 0
                end
    end as age,
    month(birth_on) as birth_month,
    coalesce(month(birth_on) = month(getvariable('as_of_on')), false) as is_birthday_month,
    case
        when joined then (epoch_us(getvariable('as_of')) - epoch_us(joined_at)) // 86400000000
    end as joined_days,
    case getvariable('member_definition')
        when '1.0' then orders_total > 0 and not has_left
        when '2.0' then joined
        -- Joined, and bought or did something within a year (A1, inferred).
        when '3.0'
            then joined and (orders_365d > 0 or coalesce(last_event_at >= getvariable('from_365d'), false))
    end as is_member,
    joined and coalesce(joined_at >= getvariable('campaign_from'), false) as joined_in_campaign,
    case when orders_365d > 0 then spend_365d // orders_365d end as avg_order,
    case
        when orders_365d > 0
            then
                5
                - (recency_days > r_cut_1)::integer
                - (recency_days > r_cut_2)::integer
                - (recency_days > r_cut_3)::integer
                - (recency_days > r_cut_4)::integer
    end as r_score,
    case
        when orders_365d > 0
            then
                1
                + (orders_365d > f_cut_1)::integer
                + (orders_365d > f_cut_2)::integer
                + (orders_365d > f_cut_3)::integer
                + (orders_365d > f_cut_4)::integer
    end as f_score,
    case
        when orders_365d > 0
            then
                1
                + (spend_365d > m_cut_1)::integer
                + (spend_365d > m_cut_2)::integer
                + (spend_365d > m_cut_3)::integer
                + (spend_365d > m_cut_4)::integer
    end as m_score,
    case
        when recency_days is null then 'never'
        when recency_days <= getvariable('core_days') then 'core'
        when recency_days <= getvariable('potential_days') then 'potential'
        when recency_days <= getvariable('ordinary_days') then 'ordinary'
        when recency_days <= getvariable('lost_days') then 'dormant'
        else 'lost'
    end as lifecycle,
    -- The highest first; a tier the store does not have is null and reached by nobody.
    case
        when spend_tier >= getvariable('tier_spend_12') then getvariable('tier_id_12')
        when spend_tier >= getvariable('tier_spend_11') then getvariable('tier_id_11')
        when spend_tier >= getvariable('tier_spend_10') then getvariable('tier_id_10')
        when spend_tier >= getvariable('tier_spend_9') then getvariable('tier_id_9')
        when spend_tier >= getvariable('tier_spend_8') then getvariable('tier_id_8')
        when spend_tier >= getvariable('tier_spend_7') then getvariable('tier_id_7')
        when spend_tier >= getvariable('tier_spend_6') then getvariable('tier_id_6')
        when spend_tier >= getvariable('tier_spend_5') then getvariable('tier_id_5')
        when spend_tier >= getvariable('tier_spend_4') then getvariable('tier_id_4')
        when spend_tier >= getvariable('tier_spend_3') then getvariable('tier_id_3')
        when spend_tier >= getvariable('tier_spend_2') then getvariable('tier_id_2')
        when spend_tier >= getvariable('tier_spend_1') then getvariable('tier_id_1')
    end as tier,
    (epoch_us(getvariable('as_of')) - epoch_us(last_event_at)) // 86400000000 as last_event_days,
    (epoch_us(getvariable('as_of')) - epoch_us(last_contact_at)) // 86400000000 as last_contact_days,
    coalesce(last_contact_at >= getvariable('campaign_from'), false) as contacted_in_campaign,
    orders_in_campaign > 0 as bought_in_campaign,
    orders_unpaid > 0 as has_unpaid_order
from moments
