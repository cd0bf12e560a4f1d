-- Redemptions of the calendar that belong to no grant, by why: the member was never granted the benefit, holds it but
-- not then, or has used it up. One that names this calendar and a benefit it does not have was granted to nobody.
with
    judged as (
        select
            u.id,
            u.member_id,
            u.benefit,
            case
                when c.id is not null then null
                when not exists (from holders as h where h.benefit = u.benefit and h.id = u.id) then 'untargeted'
                when exists (from fits as f where f.benefit = u.benefit and f.id = u.id) then 'again'
                else 'outside'
            end as verdict
        from uses as u
        left join charged as c on c.benefit = u.benefit and c.id = u.id
        where u.told_by = 'redemptions' and not u.void and u.belongs_to = $calendar
        union all
        select n.redemption_id, n.member_id, n.benefit, 'untargeted'
        from known_redemptions as n
        where n.calendar = $calendar
            and n.redeemed_at < $until
            and n.benefit not in (select r.benefit from rules as r)
            and not list_contains($everybodys, n.benefit)
    )

select
    benefit,
    verdict,
    count(*) as redemptions,
    count(distinct member_id) as members,
    list_slice(list_sort(list(distinct member_id)), 1, 5) as examples,
    (select count(*) from judged) as looked_at
from judged
where verdict is not null
group by benefit, verdict
order by benefit, verdict
