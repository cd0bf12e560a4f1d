-- What each person in the audience of a random split came to, in the columns of arm_members: everybody a play of it looked at,
-- whether he could be contacted or not, from the first such moment to the end of the phase. The part of a person is that of
-- the account that came first, of several at one moment the smallest id.
create or replace temp table split_members as
with members as (
    select
        c.phase,
        c.split,
        c.member_id,
        arg_min(c.part, row(c.occurrence_at, c.account_id, c.part)) as arm,
        min(c.occurrence_at) as assigned_at,
        count(distinct c.account_id) > 1 as joined,
        w.ends_at
    from split_candidates as c
    inner join phase_windows as w on w.phase = c.phase
    group by c.phase, c.split, c.member_id, w.ends_at
),
bought as (
    select
        m.phase,
        m.split,
        m.member_id,
        count(*) filter (p.paid_at >= m.assigned_at) as orders,
        coalesce(sum(p.net_cents) filter (p.paid_at >= m.assigned_at), 0)::bigint as spend_cents,
        coalesce(sum(p.net_cents) filter (p.paid_at < m.assigned_at), 0)::bigint as before_cents
    from members as m
    inner join paid as p
        on p.member_id = m.member_id
        and p.paid_at >= m.assigned_at - (least(m.ends_at, $as_of) - m.assigned_at)
        and p.paid_at < m.ends_at
    group by m.phase, m.split, m.member_id
)
select
    m.phase,
    m.split,
    m.arm::varchar as arm,
    m.member_id,
    m.joined,
    coalesce(b.orders, 0) as orders,
    coalesce(b.spend_cents, 0) as spend_cents,
    coalesce(b.before_cents, 0) as before_cents,
    0::bigint as cost_cents,
    exists (
        from contacts as r
        inner join split_plays as s on s.phase = r.phase and s.play = r.play
        where r.member_id = m.member_id
            and r.calendar = $calendar
            and r."at" < $as_of
            and s.phase = m.phase
            and s.split = m.split
    ) as contacted
from members as m
left join bought as b on b.phase = m.phase and b.split = m.split and b.member_id = m.member_id
