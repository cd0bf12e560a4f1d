select
    phase,
    play,
    count(*) filter (change = 'added') as added,
    count(*) filter (change = 'removed') as removed,
    count(*) filter (change = 'changed') as changed,
    sum(cents)::bigint as cents,
    mode(reason order by reason) as reason
from changes
group by phase, play
order by phase, play
