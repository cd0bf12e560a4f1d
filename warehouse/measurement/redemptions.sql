-- Every redemption of the calendar beside what was granted: the benefit, to this member, and the
-- windows of the phases it was granted in. verdict: fine, untargeted or outside.
with
    used as (
        select redemption_id, member_id, benefit, redeemed_at
        from {uses}
        where calendar = $calendar and redeemed_at < $until
    ),

    granted as (
        select distinct member_id, benefit, phase
        from {grants}
    ),

    compared as (
        select
            used.redemption_id,
            used.member_id,
            used.benefit,
            count(granted.phase) > 0 as targeted,
            coalesce(
                bool_or(used.redeemed_at >= windows.starts_at and used.redeemed_at < windows.ends_at), false
            ) as inside
        from used
        left join granted using (member_id, benefit)
        left join {windows} as windows on windows.phase = granted.phase
        group by all
    )

select
    benefit,
    case when targeted then 'outside' else 'untargeted' end as verdict,
    count(*) as redemptions,
    count(distinct member_id) as members,
    list_slice(list_sort(list(distinct member_id)), 1, 5) as examples,
    (select count(*) from used) as looked_at
from compared
where not (targeted and inside)
group by benefit, verdict
order by benefit, verdict
