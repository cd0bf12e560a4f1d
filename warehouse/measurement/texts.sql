-- Members of each text of a test, and those who clicked or bought from their assignment until the phase ended.
select
    r.text,
    count(*) as members,
    count(*) filter (
        exists (
            select 1
            from snap.stg_events as e
            where e.member_id = r.member_id
                and e.kind = $clicks
                and e."at" >= r.assigned_at
                and e."at" < least(r.ends_at, $as_of::timestamp)
        )
    ) as clicked,
    count(*) filter (
        exists (
            select 1
            from paid as p
            where p.member_id = r.member_id and p.paid_at >= r.assigned_at and p.paid_at < r.ends_at
        )
    ) as buyers
from (select member_id, text, min(assigned_at) as assigned_at, min(ends_at) as ends_at from texts_read group by all) as r
group by r.text
order by r.text
