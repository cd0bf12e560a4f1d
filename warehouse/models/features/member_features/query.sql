-- What follows from the facts of a member (`member_facts`) and as_of. Every other column of
-- `member_features` is a fact itself. "n days ago" counts completed days of 24 hours.
with
    moments as (
        select
            *,
            joined_at is not null and not has_left as joined,
            (epoch_us(getvariable('as_of')) - epoch_us(last_order_at)) // 86400000000 as recency_days
        from member_facts
    ),

    -- How many tiers are reached, lowest first; a tier the store does not have is reached by nobody.
    ladders as (
        select
            *,
            coalesce((spend_tier >= getvariable('tier_spend_1'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_2'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_3'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_4'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_5'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_6'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_7'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_8'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_9'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_10'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_11'))::integer, 0)
            + coalesce((spend_tier >= getvariable('tier_spend_12'))::integer, 0) as rank_by_spend,
            coalesce((orders_tier >= getvariable('tier_orders_1'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_2'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_3'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_4'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_5'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_6'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_7'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_8'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_9'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_10'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_11'))::integer, 0)
            + coalesce((orders_tier >= getvariable('tier_orders_12'))::integer, 0) as rank_by_orders
        from moments
    ),

    ranked as (
        select
            *,
            case
                -- The rules have changed, and the member has had no successful trade since (A6).
                when getvariable('tier_since') is not null and not succeeded_since
                    then coalesce(earlier_rank, getvariable('earlier_base'))
                when getvariable('tier_mode') = 'all_of' then least(rank_by_spend, rank_by_orders)
                else greatest(rank_by_spend, rank_by_orders)
            end as tier_rank
        from ladders
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
        when orders_total > 1
            then (epoch_us(last_order_at) - epoch_us(first_order_at)) // (86400000000 * (orders_total - 1))
    end as order_interval_days,
    case when orders_365d > 0 then items_365d * 100 // orders_365d end as items_per_basket,
    -- Without a threshold of the store everybody may join (A1#12).
    not joined
    and case
        when getvariable('join_amount') is null and getvariable('join_orders') is null then true
        when getvariable('join_any_of')
            then coalesce(spend_total >= getvariable('join_amount'), false)
            or coalesce(orders_total >= getvariable('join_orders'), false)
        else
            coalesce(spend_total >= getvariable('join_amount'), true)
            and coalesce(orders_total >= getvariable('join_orders'), true)
    end as may_join,
    orders_365d * getvariable('value_of_order')
    + greatest(spend_365d, 0) // 10000 * getvariable('value_of_spend')
    + visits_30d * getvariable('value_of_visit')
    + cart_adds_30d * getvariable('value_of_cart_add')
    + favourites_30d * getvariable('value_of_favourite')
    + sign_ins_30d * getvariable('value_of_sign_in')
    + interactions_30d * getvariable('value_of_interaction')
    + case when joined then getvariable('value_of_joined') else 0 end as value_score,
    case
        when active_hour < 6 then 'night'
        when active_hour < 12 then 'morning'
        when active_hour < 18 then 'afternoon'
        when active_hour is not null then 'evening'
    end as active_day_part,
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
        when recency_days <= coalesce(core_days_here, getvariable('core_days')) then 'core'
        when recency_days <= coalesce(potential_days_here, getvariable('potential_days')) then 'potential'
        when recency_days <= coalesce(ordinary_days_here, getvariable('ordinary_days')) then 'ordinary'
        when recency_days <= coalesce(lost_days_here, getvariable('lost_days')) then 'dormant'
        else 'lost'
    end as lifecycle,
    coalesce(
        tier_manual,
        case tier_rank
            when 1 then getvariable('tier_id_1')
            when 2 then getvariable('tier_id_2')
            when 3 then getvariable('tier_id_3')
            when 4 then getvariable('tier_id_4')
            when 5 then getvariable('tier_id_5')
            when 6 then getvariable('tier_id_6')
            when 7 then getvariable('tier_id_7')
            when 8 then getvariable('tier_id_8')
            when 9 then getvariable('tier_id_9')
            when 10 then getvariable('tier_id_10')
            when 11 then getvariable('tier_id_11')
            when 12 then getvariable('tier_id_12')
        end
    ) as tier,
    tier_manual is not null as tier_is_manual,
    (epoch_us(getvariable('as_of')) - epoch_us(last_event_at)) // 86400000000 as last_event_days,
    (epoch_us(getvariable('as_of')) - epoch_us(last_contact_at)) // 86400000000 as last_contact_days,
    coalesce(last_contact_at >= getvariable('campaign_from'), false) as contacted_in_campaign,
    orders_in_campaign + deposits_in_campaign > 0 as bought_in_campaign,
    orders_unpaid > 0 as has_unpaid_order
from ranked
