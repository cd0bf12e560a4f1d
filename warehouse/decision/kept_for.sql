-- For what the members of an occurrence are kept: `phase/play@moment` or `thing@phase/play@moment`.
select split_part(split_part(chain, 'kept_for_later:', 2), ' > ', 1) as kept_for, count(*) as members
from decisions
where calendar = $calendar and phase = $phase and play = $play and occurrence_at = $at and reason = 'kept_for_later'
group by kept_for
order by members desc, kept_for
