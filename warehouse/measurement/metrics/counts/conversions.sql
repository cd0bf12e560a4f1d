-- Persons contacted, and of them those who paid an order after the first message, before the last phase of the window ended;
-- `took_part`: did anything beyond a visit then.
with
    reached as (
        select
            s.cell,
            {group} as grp,
            f.member_id,
            min(f."at") as first_at,
            max(w.ends_at) as ends_at
        from j_scopes as s
        inner join m_contacts as f on f.phase = s.phase and f."at" >= s.starts_at and f."at" < s.ends_at
        inner join phase_spans as w on w.phase = s.phase
        group by s.cell, grp, f.member_id
    ),

    ends as (select cell, grp, max(ends_at) as ends_at from reached group by cell, grp),

    found as (
        select
            r.cell,
            r.grp,
            r.member_id,
            coalesce(bool_or(o.kind = 'order'), false) as bought,
            count(o.member_id) > 0 as took_part
        from reached as r
        inner join ends as e on e.cell = r.cell and e.grp = r.grp
        left join m_active as o
            on o.member_id = r.member_id and not o.passive and o."at" >= r.first_at and o."at" < e.ends_at
        group by r.cell, r.grp, r.member_id
    )

select
    cell,
    grp,
    []::varchar[] as part,
    count(*) as contacted,
    count(*) filter (bought) as buyers,
    count(*) filter (took_part) as taking_part
from found
group by cell, grp
