-- What the calendar's own programme came to: persons contacted, benefits used and messages in money. A post in a group
-- reaches nobody by name and costs what it costs. What applies itself costs what its uses did.
with
    written as (
        select
            s.cell,
            count(distinct j.member_id) filter (p.play is null) as contacted,
            coalesce(sum(coalesce(j.cost_cents, k.cents)), 0) as message_cents
        from j_scopes as s
        inner join j_jobs as j
            on j.phase = s.phase and j.state = 'sent' and j."at" < $as_of and j."at" >= s.starts_at and j."at" < s.ends_at
        left join channel_kinds as k on k.channel = j.channel
        left join j_plays as p on p.post and p.phase = j.phase and p.play = j.play
        group by s.cell
    ),

    used as (
        select s.cell, sum(b.cents) as benefit_cents
        from j_scopes as s
        inner join (
            select g.phase, g."at", g.spent_cents as cents from m_grants as g where g.held
            union all
            select phase, since as "at", cents from j_set_aside where state = 'spent'
        ) as b on b.phase = s.phase and b."at" >= s.starts_at and b."at" < s.ends_at
        group by s.cell
    )

select
    w.cell,
    {group} as grp,
    []::varchar[] as part,
    w.contacted,
    (w.message_cents + coalesce(u.benefit_cents, 0))::bigint as cost_cents
from written as w
left join used as u on u.cell = w.cell
