-- Benefits that members hold, and of them those used, once each; what was sold with them.
with
    mine as (
        select s.cell, {group} as grp, f.*
        from j_scopes as s
        inner join m_grants as f on f.phase = s.phase and f."at" >= s.starts_at and f."at" < s.ends_at
        where f.held
    ),

    sold as (
        select m.cell, m.grp, sum(p.net_cents)::bigint as cents
        from (select distinct cell, grp, order_id from mine where used_at is not null) as m
        inner join m_paid as p on p.order_id = m.order_id and p.counts
        group by m.cell, m.grp
    ),

    counted as (
        select
            cell,
            grp,
            count(*) as granted,
            count(used_at) as used,
            count(distinct member_id) as holders,
            count(distinct member_id) filter (used_at is not null) as redeemers,
            coalesce(sum(cost_cents) filter (used_at is not null), 0)::bigint as cost_cents,
            count(*) filter (not price) as non_price
        from mine
        group by cell, grp
    )

select c.cell, c.grp, []::varchar[] as part, c.* exclude (cell, grp), coalesce(s.cents, 0) as sold_cents
from counted as c
left join sold as s on s.cell = c.cell and s.grp = c.grp
