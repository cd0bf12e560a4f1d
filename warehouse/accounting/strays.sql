-- Uses that redemptions name and that belong to no grant and to no phase that announced it: claimed in public or passed on;
-- outside are those of members who hold the benefit, at a moment when it could not be used.
with strays as (
    select
        u.benefit,
        least(t.costs[1], u.most_cents) as cents,
        exists (
            from holders as h
            where h.benefit = u.benefit and h.id = u.id
                and not (h.in_time and (h.valid_until is null or h.moment < h.valid_until))
        ) as outside
    from uses as u
    inner join told as t on t.benefit = u.benefit
    anti join charged as c on c.benefit = u.benefit and c.id = u.id
    anti join announced_uses as a on a.benefit = u.benefit and a.id = u.id
    where u.told_by = 'redemptions' and not u.void and u.belongs_to = $calendar
)
select
    benefit,
    count(*),
    coalesce(sum(cents), 0)::bigint,
    count(*) filter (outside),
    coalesce(sum(cents) filter (outside), 0)::bigint
from strays
group by benefit
order by benefit
