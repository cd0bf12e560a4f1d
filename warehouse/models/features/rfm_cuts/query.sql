-- Thresholds rather than ranks: members with equal figures get equal scores (A5).
-- Staging keeps no order of a stranger, so only who became known later has to be left out.
with
    later as (
        select member_id from snap.stg_members where created_at >= getvariable('as_of')
    ),

    buyers as (
        select
            (epoch_us(getvariable('as_of')) - epoch_us(member_buying.last_order_at)) // 86400000000 as recency_days,
            member_buying.orders_365d,
            member_buying.spend_365d
        from member_buying
        left join later on later.member_id = member_buying.member_id
        where member_buying.orders_365d > 0 and later.member_id is null
    ),

    cuts as (
        select
            quantile_disc(recency_days, [0.2, 0.4, 0.6, 0.8]) as r,
            quantile_disc(orders_365d, [0.2, 0.4, 0.6, 0.8]) as f,
            quantile_disc(spend_365d, [0.2, 0.4, 0.6, 0.8]) as m
        from buyers
    )

select
    r[1] as r_cut_1,
    r[2] as r_cut_2,
    r[3] as r_cut_3,
    r[4] as r_cut_4,
    f[1] as f_cut_1,
    f[2] as f_cut_2,
    f[3] as f_cut_3,
    f[4] as f_cut_4,
    m[1] as m_cut_1,
    m[2] as m_cut_2,
    m[3] as m_cut_3,
    m[4] as m_cut_4
from cuts
