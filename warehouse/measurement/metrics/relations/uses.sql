-- Uses of the calendar's benefits before the moment of measuring, each with the latest grant of the same person and
-- benefit at or before it, and what it cost: of a pack the dearest coupon first. Beyond the uses that a grant is for one is
-- `surplus`; one before any grant has none. (The books cap a coupon at what its basket lists at, metrics do not.)
create or replace temp table m_uses as
with
    uses as (
        select redemption_id, member_id, benefit, redeemed_at, order_id
        from known_redemptions
        where redeemed_at < $as_of
            and (calendar is null or calendar = $calendar)
            and benefit in (select b.benefit from j_benefits as b)
    ),

    held as (
        select * from j_given
        where granted_at < $as_of and left_already and (sent_at is null or sent_at < $as_of)
    ),

    numbered as (
        select
            u.*,
            g.intent_key,
            g.use_costs,
            if(b.kind = 'referral', 1, len(g.use_costs)) as times, -- the others are of friends
            row_number() over (partition by g.intent_key order by u.redeemed_at, u.redemption_id) as number
        from uses as u
        asof left join held as g
            on g.member_id = u.member_id and g.benefit = u.benefit and u.redeemed_at >= g.granted_at
        left join j_benefits as b on b.benefit = u.benefit
    )

select
    * exclude (use_costs, number, times),
    intent_key is not null and number > times as surplus,
    use_costs[number] as cost_cents
from numbered
