select
    benefit,
    count(*) filter (side = 'a') as granted_a,
    count(*) filter (side = 'b') as granted_b,
    coalesce(sum(cents) filter (side = 'a'), 0)::bigint as benefit_cents_a,
    coalesce(sum(cents) filter (side = 'b'), 0)::bigint as benefit_cents_b
from side_grants
group by benefit
order by benefit
