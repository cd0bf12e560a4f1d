-- What the calendar's own programme came to: persons contacted, benefits used and messages in money.
with
    written as (
        select s.cell, count(distinct f.member_id) as contacted, coalesce(sum(coalesce(f.cost_cents, k.cents)), 0) as message_cents
        from j_scopes as s
        inner join m_contacts as f on f.phase = s.phase and f."at" >= s.starts_at and f."at" < s.ends_at
        left join channel_kinds as k on k.channel = f.channel
        group by s.cell
    ),

    used as (
        select s.cell, sum(g.cost_cents) as benefit_cents
        from j_scopes as s
        inner join m_grants as g on g.phase = s.phase and g."at" >= s.starts_at and g."at" < s.ends_at
        where g.used_at is not null and g.held
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
