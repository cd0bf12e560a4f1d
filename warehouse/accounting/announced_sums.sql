select phase, benefit, count(*), coalesce(sum(cents), 0)::bigint
from announced_uses
group by phase, benefit
