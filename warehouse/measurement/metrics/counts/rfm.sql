-- Members by RFM cell at the end of a window, and what they spent in the year before.
select cell, {group} as grp, [rfm] as part, count(*) as members, sum(spend_365d)::bigint as cents
from m_rfm
where moment = 'end'
group by cell, grp, rfm
