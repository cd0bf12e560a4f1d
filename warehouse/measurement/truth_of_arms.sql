-- What the play really added to the members of its treated arm, from assignment to its end: their orders as they came, beside
-- those that would have come without it. Phase and play are empty for the whole programme.
with treated as (
    select phase, play, member_id, assigned_at, ends_at from first_assignments where arm = 'treated'
    union all
    select '', '', member_id, assigned_at, $ends_at
    from programme_members
    where arm = 'treated'
    -- Where regions are drawn, a member without one is compared with nobody.
        and (region is not null or not exists (select 1 from programme_members where region is not null))
),
caused as (select distinct phase, play, order_id from truth_rows where what = 'caused' and order_id is not null),
used as (
    select phase, play, order_id, count(*) as uses, sum(cents) as cents
    from truth_rows
    where what = 'used'
    group by phase, play, order_id
),
came as (
    select
        t.phase,
        t.play,
        t.member_id,
        c.order_id is null as anyway,
        p.net_cents,
        p.net_cents + coalesce(u.cents, 0) as cents_anyway,
        coalesce(u.uses, 0) as uses
    from treated as t
    inner join paid as p on p.member_id = t.member_id and p.paid_at >= t.assigned_at and p.paid_at < t.ends_at
    left join caused as c on c.phase = t.phase and c.play = t.play and c.order_id = p.order_id
    left join used as u on u.phase = t.phase and u.play = t.play and u.order_id = p.order_id
),
displaced as (
    select t.phase, t.play, t.member_id, d.cents
    from treated as t
    inner join truth_rows as d
        on d.what = 'displaced' and d.phase = t.phase and d.play = t.play and d.person_id = t.member_id
        and d.paid_at >= t.assigned_at and d.paid_at < t.ends_at and d.paid_at < $as_of
        and not coalesce(d.refunded_at < $as_of, false)
),
rows_of_all as (
    select phase, play, member_id, 1 as came, anyway::bigint as anyway, net_cents, if(anyway, cents_anyway, 0) as cents_anyway,
        uses, if(anyway, uses, 0) as uses_anyway
    from came
    union all
    select phase, play, member_id, 0, 1, 0, cents, 0, 0 from displaced
),
members as (
    select t.phase, t.play, t.member_id,
        coalesce(sum(b.came), 0) as orders,
        coalesce(sum(b.anyway), 0) as orders_anyway,
        coalesce(sum(b.net_cents), 0) as cents,
        coalesce(sum(b.cents_anyway), 0) as cents_anyway,
        coalesce(sum(b.uses), 0) as uses,
        coalesce(sum(b.uses_anyway), 0) as uses_anyway
    from treated as t
    left join rows_of_all as b on b.phase = t.phase and b.play = t.play and b.member_id = t.member_id
    group by t.phase, t.play, t.member_id
),
-- What else messages brought about, of everybody they reached.
facts as (
    select
        phase,
        play,
        count(*) filter (where fact = 'balance') as balances,
        count(*) filter (where fact = 'join') as joins,
        count(*) filter (where fact = 'referral') as referrals,
        count(*) filter (where fact = 'sign_in') as sign_ins
    from truth_rows
    where what = 'caused' and paid_at < $as_of
    group by phase, play
)
select
    m.phase,
    m.play,
    count(*) as members,
    count(*) filter (where m.orders > 0) as buyers,
    count(*) filter (where m.orders_anyway > 0) as buyers_anyway,
    sum(m.orders - m.orders_anyway)::bigint as added_orders,
    sum(m.cents - m.cents_anyway)::bigint as added_cents,
    sum(m.uses)::bigint as uses,
    sum(m.uses_anyway)::bigint as uses_anyway,
    coalesce(any_value(f.balances), 0) as balances,
    coalesce(any_value(f.joins), 0) as joins,
    coalesce(any_value(f.referrals), 0) as referrals,
    coalesce(any_value(f.sign_ins), 0) as sign_ins
from members as m
left join facts as f on f.phase = m.phase and f.play = m.play
group by m.phase, m.play
order by m.phase, m.play
