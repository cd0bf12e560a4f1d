-- What is known of every member strictly before as_of. A window of n days is [as_of - n days, as_of):
-- its first moment is in, as_of itself is out. "n days ago" counts completed days of 24 hours.
-- Each fact table is read once; all sums are integers, so threads cannot change a digit.
with
    members as (
        select
            member_id,
            city,
            province,
            birth_on,
            created_at,
            case when joined_at < getvariable('as_of') then joined_at end as joined_at,
            coalesce(left_at < getvariable('as_of'), false) as has_left
        from snap.stg_members
        where created_at is null or created_at < getvariable('as_of')
    ),

    orders as (
        select
            member_id,
            paid_at,
            items,
            amount_cents - case when refunded_at < getvariable('as_of') then refunded_cents else 0 end as net_cents,
            -- Given back in full and known to be: no order any more.
            paid_at < getvariable('as_of')
            and not coalesce(
                refunded_at < getvariable('as_of') and refunded_cents > 0 and refunded_cents >= amount_cents, false
            ) as stands,
            coalesce(paid_at >= getvariable('as_of'), true)
            and coalesce(closed_at >= getvariable('as_of'), true) as waits
        from snap.stg_orders
        where ordered_at < getvariable('as_of')
    ),

    buying as (
        select
            member_id,
            count(*) filter (stands) as orders_total,
            count(*) filter (stands and paid_at >= getvariable('from_30d')) as orders_30d,
            count(*) filter (stands and paid_at >= getvariable('from_90d')) as orders_90d,
            count(*) filter (stands and paid_at >= getvariable('from_365d')) as orders_365d,
            count(*) filter (stands and paid_at >= getvariable('campaign_from')) as orders_in_campaign,
            sum(net_cents) filter (stands) as spend_total,
            sum(net_cents) filter (stands and paid_at >= getvariable('from_90d')) as spend_90d,
            sum(net_cents) filter (stands and paid_at >= getvariable('from_365d')) as spend_365d,
            sum(net_cents) filter (stands and paid_at >= getvariable('from_tier')) as spend_tier,
            sum(net_cents) filter (stands and paid_at >= getvariable('campaign_from')) as spend_in_campaign,
            sum(items) filter (stands and paid_at >= getvariable('from_365d')) as items_365d,
            min(paid_at) filter (stands) as first_order_at,
            max(paid_at) filter (stands) as last_order_at,
            bool_or(waits) as has_unpaid_order
        from orders
        group by member_id
    ),

    acting as (
        select
            member_id,
            count(*) filter (kind = 'visit' and "at" >= getvariable('from_7d')) as visits_7d,
            count(*) filter (kind = 'visit' and "at" >= getvariable('from_30d')) as visits_30d,
            count(*) filter (kind = 'cart_add' and "at" >= getvariable('from_7d')) as cart_adds_7d,
            count(*) filter (kind = 'cart_add' and "at" >= getvariable('from_30d')) as cart_adds_30d,
            count(*) filter (kind = 'favourite' and "at" >= getvariable('from_30d')) as favourites_30d,
            count(*) filter (kind = 'sign_in' and "at" >= getvariable('from_30d')) as sign_ins_30d,
            count(*) filter (
                kind not in ('visit', 'page_view', 'cart_add', 'favourite', 'sign_in')
                and "at" >= getvariable('from_30d')
            ) as interactions_30d,
            max("at") as last_event_at
        from snap.stg_events
        where "at" < getvariable('as_of')
        group by member_id
    ),

    reached as (
        select
            member_id,
            count(*) filter ("at" >= getvariable('from_7d')) as contacts_7d,
            count(*) filter ("at" >= getvariable('from_30d')) as contacts_30d,
            max("at") as last_contact_at
        from contacts
        where "at" < getvariable('as_of')
        group by member_id
    ),

    known as materialized (
        select
            members.*,
            joined_at is not null and not has_left as joined,
            buying.* exclude (member_id),
            acting.* exclude (member_id),
            reached.* exclude (member_id),
            (epoch_us(getvariable('as_of')) - epoch_us(last_order_at)) // 86400000000 as recency_days
        from members
        left join buying using (member_id)
        left join acting using (member_id)
        left join reached using (member_id)
    ),

    -- Thresholds rather than ranks: members with equal figures get equal scores.
    cuts as (
        select
            quantile_disc(recency_days, [0.2, 0.4, 0.6, 0.8]) as r,
            quantile_disc(orders_365d, [0.2, 0.4, 0.6, 0.8]) as f,
            quantile_disc(spend_365d, [0.2, 0.4, 0.6, 0.8]) as m
        from known
        where orders_365d > 0
    )

select
    member_id,
    city,
    province,
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
    created_at,
    joined,
    has_left,
    joined_at,
    case
        when joined then (epoch_us(getvariable('as_of')) - epoch_us(joined_at)) // 86400000000
    end as joined_days,
    case getvariable('member_definition')
        when '1.0' then coalesce(orders_total, 0) > 0 and not has_left
        when '2.0' then joined
        -- Joined, and bought or did something within a year (A1, inferred).
        when '3.0'
            then joined
            and (coalesce(orders_365d, 0) > 0 or coalesce(last_event_at >= getvariable('from_365d'), false))
    end as is_member,
    joined and coalesce(joined_at >= getvariable('campaign_from'), false) as joined_in_campaign,
    coalesce(orders_total, 0) as orders_total,
    coalesce(orders_30d, 0) as orders_30d,
    coalesce(orders_90d, 0) as orders_90d,
    coalesce(orders_365d, 0) as orders_365d,
    coalesce(spend_total, 0) as spend_total,
    coalesce(spend_90d, 0) as spend_90d,
    coalesce(spend_365d, 0) as spend_365d,
    coalesce(items_365d, 0) as items_365d,
    case when orders_365d > 0 then spend_365d // orders_365d end as avg_order,
    first_order_at,
    last_order_at,
    recency_days,
    case
        when orders_365d > 0
            then
                5
                - (recency_days > cuts.r[1])::integer
                - (recency_days > cuts.r[2])::integer
                - (recency_days > cuts.r[3])::integer
                - (recency_days > cuts.r[4])::integer
    end as r_score,
    case
        when orders_365d > 0
            then
                1
                + (orders_365d > cuts.f[1])::integer
                + (orders_365d > cuts.f[2])::integer
                + (orders_365d > cuts.f[3])::integer
                + (orders_365d > cuts.f[4])::integer
    end as f_score,
    case
        when orders_365d > 0
            then
                1
                + (spend_365d > cuts.m[1])::integer
                + (spend_365d > cuts.m[2])::integer
                + (spend_365d > cuts.m[3])::integer
                + (spend_365d > cuts.m[4])::integer
    end as m_score,
    case
        when recency_days is null then 'never'
        when recency_days <= getvariable('core_days') then 'core'
        when recency_days <= getvariable('potential_days') then 'potential'
        when recency_days <= getvariable('ordinary_days') then 'ordinary'
        when recency_days <= getvariable('lost_days') then 'dormant'
        else 'lost'
    end as lifecycle,
    getvariable('tier_ids')[
        len(list_filter(getvariable('tier_spends'), lambda spend: spend <= coalesce(spend_tier, 0)))
    ] as tier,
    coalesce(visits_7d, 0) as visits_7d,
    coalesce(visits_30d, 0) as visits_30d,
    coalesce(cart_adds_7d, 0) as cart_adds_7d,
    coalesce(cart_adds_30d, 0) as cart_adds_30d,
    coalesce(favourites_30d, 0) as favourites_30d,
    coalesce(sign_ins_30d, 0) as sign_ins_30d,
    coalesce(interactions_30d, 0) as interactions_30d,
    last_event_at,
    (epoch_us(getvariable('as_of')) - epoch_us(last_event_at)) // 86400000000 as last_event_days,
    coalesce(contacts_7d, 0) as contacts_7d,
    coalesce(contacts_30d, 0) as contacts_30d,
    (epoch_us(getvariable('as_of')) - epoch_us(last_contact_at)) // 86400000000 as last_contact_days,
    coalesce(last_contact_at >= getvariable('campaign_from'), false) as contacted_in_campaign,
    coalesce(orders_in_campaign, 0) > 0 as bought_in_campaign,
    coalesce(orders_in_campaign, 0) as orders_in_campaign,
    coalesce(spend_in_campaign, 0) as spend_in_campaign,
    coalesce(has_unpaid_order, false) as has_unpaid_order
from known
cross join cuts
