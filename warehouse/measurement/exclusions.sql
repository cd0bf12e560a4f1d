select phase, play, reason, count(*) as times
from decisions
where status = 'excluded'
group by phase, play, reason
order by phase, play, reason
