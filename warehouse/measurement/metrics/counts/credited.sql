-- Persons contacted over a channel, and buyers whose order counts for it: for the last message before it.
with
    mine as (
        select f.*, w.ends_at
        from m_contacts as f
        inner join phase_spans as w on w.phase = f.phase
        qualify row_number() over (partition by f.member_id, f."at" order by f.channel) = 1
    ),

    sold as (
        select m.phase, m.play, m.channel, o.member_id, m."at"
        from m_orders as o
        asof inner join mine as m on m.member_id = o.member_id and o."at" >= m."at"
        where o.counts and o."at" < m.ends_at
    )

select
    s.cell,
    {group} as grp,
    []::varchar[] as part,
    count(distinct f.member_id) as contacted,
    count(distinct b.member_id) as buyers
from j_scopes as s
inner join m_contacts as f on f.phase = s.phase and f."at" >= s.starts_at and f."at" < s.ends_at
left join sold as b on b.member_id = f.member_id and b.phase = f.phase and b.play = f.play and b.channel = f.channel
group by s.cell, grp
