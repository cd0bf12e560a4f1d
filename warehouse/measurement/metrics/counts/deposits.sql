-- Presale orders by the moment of their deposit: orders, deposits, order value, by members and in all.
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) as orders,
    coalesce(sum(f.deposit_cents), 0)::bigint as deposit_cents,
    coalesce(sum(f.deposit_cents) filter (f.by_member), 0)::bigint as member_deposit_cents,
    coalesce(sum(f.net_cents) filter (not f.lost), 0)::bigint as cents,
    coalesce(sum(f.net_cents) filter (not f.lost and f.by_member), 0)::bigint as member_cents,
    count(*) filter (f.balance_paid) as balances_paid,
    coalesce(sum(f.net_cents) filter (f.settled), 0)::bigint as settled_cents,
    coalesce(sum(f.net_cents) filter (f.settled and f.settled_by_member), 0)::bigint as member_settled_cents,
    count(distinct f.member_id) as persons,
    count(distinct f.member_id) filter (f.by_member) as members,
    coalesce(sum(f.deposit_cents) filter (f.lost), 0)::bigint as lost_cents
from cells as c
inner join m_deposits as f on f."at" >= c.starts_at and f."at" < c.ends_at
group by c.cell, grp
