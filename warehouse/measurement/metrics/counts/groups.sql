-- Members with a place in a group, or with an assistant, at the end of a window.
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(distinct f.member_id) filter (k.kind = 'group') as in_groups,
    count(distinct f.member_id) filter (k.kind = 'dedicated_service') as served
from cells as c
inner join snap.stg_contact_points as f
    on (f.bound_at is null or f.bound_at < c.ends_at) and (f.unbound_at is null or f.unbound_at >= c.ends_at)
inner join channel_kinds as k on k.channel = f.channel
inner join m_held as h on h.cell = c.cell and h.member_id = f.member_id and h.at_end
group by c.cell, grp
