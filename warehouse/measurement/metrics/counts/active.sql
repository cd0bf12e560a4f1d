-- Members of a window who did something in it while they were members: in all, by more than a visit, by interacting.
-- A person stands in the tier and region of the window's end, so that a share never exceeds one.
with
    did as (
        select
            f.cell,
            {group} as grp,
            f.member_id,
            coalesce(bool_or(a.member_id is not null), false) as seen,
            coalesce(bool_or(not a.passive), false) as active,
            coalesce(bool_or(a.interacts), false) as interacts,
            coalesce(bool_or(a.kind = 'share'), false) as shares,
            count(*) filter (a.interacts) as interactions
        from cells as c
        inner join m_held as f on f.cell = c.cell
        left join m_active as a
            on a.member_id = f.member_id and a.by_member and a."at" >= c.starts_at and a."at" < c.ends_at
        group by f.cell, grp, f.member_id
    )

select
    cell,
    grp,
    []::varchar[] as part,
    count(*) as members,
    count(*) filter (seen) as seen,
    count(*) filter (active) as active,
    count(*) filter (interacts) as interacting,
    count(*) filter (shares) as sharing,
    sum(interactions)::bigint as interactions
from did
group by cell, grp
