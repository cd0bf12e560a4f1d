-- What each person of an experiment from elsewhere came to, in the columns of arm_members. The arm of a person is that of the
-- account that was assigned first, of several at one moment the smallest id; so is his region.
create or replace temp table elsewhere_members as
with persons as (
    select
        member_id,
        arg_min(arm, row(assigned_at, account_id)) as arm,
        arg_min_null(region_name(region), row(assigned_at, account_id)) as region,
        min(assigned_at) as assigned_at,
        count(distinct account_id) > 1 as joined,
        sum(orders)::bigint as orders,
        sum(spend_cents)::bigint as spend_cents,
        sum(before_cents)::bigint as before_cents,
        sum(cost_cents)::bigint as cost_cents
    from arms_read
    where assigned_at < $ends_at
    group by member_id
),
bought as (
    select
        m.member_id,
        count(*) filter (p.paid_at >= m.assigned_at) as orders,
        coalesce(sum(p.net_cents) filter (p.paid_at >= m.assigned_at), 0)::bigint as spend_cents,
        coalesce(sum(p.net_cents) filter (p.paid_at < m.assigned_at), 0)::bigint as before_cents
    from persons as m
    inner join paid as p
        on p.member_id = m.member_id
        and p.paid_at >= m.assigned_at - ($ends_at - m.assigned_at)
        and p.paid_at < $ends_at
    group by m.member_id
)
select
    '' as phase,
    m.arm,
    m.region,
    m.joined,
    if($from_orders, coalesce(b.orders, 0), m.orders) as orders,
    if($from_orders, coalesce(b.spend_cents, 0), m.spend_cents) as spend_cents,
    if($from_orders, coalesce(b.before_cents, 0), m.before_cents) as before_cents,
    m.cost_cents,
    false as contacted
from persons as m
left join bought as b on b.member_id = m.member_id
