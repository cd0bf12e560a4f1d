-- For what most of an occurrence's members are kept, as `phase/play@moment` or `thing@phase/play@moment`.
select regexp_extract(chain, 'kept_for_later:(.*?)(?: > |$)', 1) as taken_by, count(*) as members
from decisions
where calendar = $calendar and phase = $phase and play = $play and occurrence_at = $at and reason = 'kept_for_later'
group by taken_by
order by members desc, taken_by
limit 1
