-- Uses of the calendar's benefits before the moment of measuring, each with the latest grant of the same person and
-- benefit at or before it, and what it cost: as the books have it, the dearest part of a grant first, and a coupon no more
-- than its basket. Beyond the uses that a grant is for one is `surplus`; one before any grant has none.
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

    baskets as (
        select order_id, sum(price_cents * quantity)::bigint as cents
        from snap.stg_order_items
        where order_id in (select order_id from uses)
        group by order_id
        having count(price_cents) = count(*)
    ),

    numbered as (
        select
            u.*,
            g.intent_key,
            g.use_costs,
            row_number() over (partition by g.intent_key order by u.redeemed_at, u.redemption_id) as number
        from uses as u
        asof left join held as g
            on g.member_id = u.member_id and g.benefit = u.benefit and u.redeemed_at >= g.granted_at
    )

select
    n.* exclude (use_costs, number),
    n.intent_key is not null and n.number > len(n.use_costs) as surplus,
    n.use_costs[n.number] as whole_cents,
    least(n.use_costs[n.number], a.cents) as cost_cents
from numbered as n
left join j_benefits as b on b.benefit = n.benefit
left join baskets as a on a.order_id = n.order_id and b.off_basket
