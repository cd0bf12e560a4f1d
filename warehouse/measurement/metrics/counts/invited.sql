-- Invitations of a window, joins that came of one, and members at its start: i and c of the K factor.
with
    sent as (
        select c.cell, count(*) as invitations
        from cells as c
        inner join snap.stg_invitations as i on i."at" >= c.starts_at and i."at" < c.ends_at and i."at" < $as_of
        group by c.cell
    ),

    came as (
        select
            c.cell,
            m.member_id,
            min(epoch(m.joined_at - i."at"))::bigint as seconds
        from cells as c
        inner join m_members as m on m.joined_at >= c.starts_at and m.joined_at < c.ends_at
        inner join snap.stg_referrals as r on r.referred_id = m.member_id and r."at" < $as_of
        left join snap.stg_invitations as i on i.inviter_id = r.referrer_id and i."at" <= m.joined_at
        group by c.cell, m.member_id
    ),

    joined as (
        select cell, count(*) as joins, quantile_disc(seconds, 0.5) as seconds, count(seconds) as timed
        from came
        group by cell
    ),

    there as (
        select c.cell, count(m.member_id) as members
        from cells as c
        left join m_members as m
            on m.joined_at < c.starts_at and (m.left_at is null or m.left_at >= c.starts_at)
        group by c.cell
    )

select
    t.cell,
    {group} as grp,
    []::varchar[] as part,
    coalesce(s.invitations, 0) as invitations,
    coalesce(j.joins, 0) as joins,
    t.members,
    greatest(t.members - coalesce(j.joins, 0), 0) as without,
    coalesce(j.seconds, 0)::bigint as seconds,
    (coalesce(j.timed, 0) > 0)::bigint * 86400 as day_seconds
from there as t
left join sent as s on s.cell = t.cell
left join joined as j on j.cell = t.cell
