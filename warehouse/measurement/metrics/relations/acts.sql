-- What people did, each with whether they were members then: `by_member` by the store's definition, `by_joined` by
-- having joined. Who has left is no member. `tier` is the tier known at that moment, of those who had joined; told only
-- where it is asked for, as everything that is done is: only the sorts of facts that are read are there.
create or replace temp table m_acts as
with
    facts as (
        select
            null::varchar as act,
            null::varchar as id,
            null::varchar as member_id,
            null::timestamp as "at",
            null::varchar as kind,
            null::bigint as points
        where false
        /*if orders*/
        union all
        select case when counts then 'order' else 'returned' end, order_id, member_id, paid_at, 'order', 0
        from m_paid
        where member_id is not null and paid_at >= $from_at
        /*end*/
        /*if events*/
        union all
        select 'event', event_id, member_id, "at", kind, 0 from snap.stg_events where "at" < $as_of and "at" >= $from_at
        /*end*/
        /*if points*/
        union all
        select 'points', entry_id, member_id, "at", kind, points from snap.stg_points where "at" < $as_of
        /*end*/
        /*if redemptions*/
        union all
        select 'redemption', redemption_id, member_id, redeemed_at, 'redemption', 0
        from snap.stg_redemptions
        where redeemed_at < $as_of and redeemed_at >= $from_at
        /*end*/
        /*if deposits*/
        union all
        select 'deposit', order_id, member_id, deposit_paid_at, 'deposit', 0
        from snap.stg_orders
        where deposit_paid_at < $as_of and member_id is not null
        /*end*/
        /*if outbox*/
        union all
        select 'grant', intent_key, member_id, granted_at, 'grant', 0 from j_given where granted_at < $as_of
        /*end*/
        /*if joins*/
        union all
        select 'join', member_id, member_id, joined_at, 'join', 0 from m_members where joined_at is not null
        union all
        select 'leave', member_id, member_id, left_at, 'leave', 0
        from m_members
        where left_at is not null and joined_at is not null
        /*end*/
    ),

    told as (
        select
            f.*,
            m.joined_at,
            coalesce(m.store, '') as region,
            coalesce(m.channel, '') as join_channel,
            coalesce(m.joined_at <= f."at" and (m.left_at is null or m.left_at > f."at"), false) as by_joined,
            /*if bought*/
            coalesce(g.first_at < f."at" and (m.left_at is null or m.left_at > f."at"), false) as by_member
            /*end*/
            /*if joined*/
            coalesce(m.joined_at <= f."at" and (m.left_at is null or m.left_at > f."at"), false) as by_member
            /*end*/
            /*if behaving*/
            coalesce(
                m.joined_at <= f."at"
                and (m.left_at is null or m.left_at > f."at")
                and b."at" >= f."at" - interval 365 days,
                false
            ) as by_member
            /*end*/
        from facts as f
        left join m_members as m on m.member_id = f.member_id
        /*if bought*/
        left join m_firsts as g on g.member_id = f.member_id
        /*end*/
        /*if behaving*/
        asof left join (
            select member_id, paid_at as "at" from m_paid where counts and member_id is not null
            union all
            select member_id, "at" from snap.stg_events where "at" < $as_of
        ) as b on b.member_id = f.member_id and f."at" > b."at"
        /*end*/
    )

select
    a.*,
    /*if tiers*/
    case
        when o.tier is not null and (o.until is null or o.until > a."at") and a.by_joined then o.tier
        when a.by_joined or a.act = 'leave' then coalesce(t.tier, $base_tier)
        else 'non_member'
    end as tier
    /*else*/
    '' as tier
    /*end*/
from told as a
/*if tiers*/
asof left join m_tiers as t on t.member_id = a.member_id and a."at" > t."at"
asof left join tier_overrides as o on o.member_id = a.member_id and a."at" >= o.set_at
/*end*/
