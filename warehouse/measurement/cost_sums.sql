-- Costs by phase, play, benefit or channel, and tier: what was issued, and what became of it.
select
    kind,
    phase,
    play,
    name,
    tier,
    count(*) as times,
    count(distinct member_id) as members,
    sum(issued_cents)::bigint as issued_cents,
    sum(open_cents)::bigint as open_cents,
    sum(spent_cents)::bigint as spent_cents,
    sum(late_cents)::bigint as late_cents,
    sum(issued_cents - open_cents - spent_cents - late_cents)::bigint as returned_cents
from costs
group by kind, phase, play, name, tier
order by kind, phase, play, name, tier
