-- Members at the end of a window, at its start, and at some moment of it.
select
    f.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) filter (f.at_end) as at_end,
    count(*) filter (f.at_start) as at_start,
    count(*) filter (f.at_start and not f.at_end) as gone,
    count(*) as members
from m_held as f
group by f.cell, grp
