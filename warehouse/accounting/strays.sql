-- Redemptions since the first grant that belong to no grant: claimed elsewhere, passed on, or too late.
select u.benefit, count(*), coalesce(sum(least(t.costs[1], u.most_cents)), 0)::bigint
from uses as u
inner join told as t on t.benefit = u.benefit
anti join charged as c on c.benefit = u.benefit and c.id = u.id
where u.told_by = 'redemptions' and not u.void and u.moment >= (select min(granted_at) from given)
group by u.benefit
order by u.benefit
