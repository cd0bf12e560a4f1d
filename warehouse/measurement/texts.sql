-- Members of each text of a test, in the columns of arm_members: what they bought from their assignment until the phase ended,
-- and whether they clicked.
create or replace temp table text_members as
select
    '' as phase,
    r.text as arm,
    r.member_id,
    false as joined,
    count(p.member_id) as orders,
    coalesce(sum(p.net_cents), 0)::bigint as spend_cents,
    0::bigint as before_cents,
    0::bigint as cost_cents,
    true as contacted,
    exists (
        select 1
        from snap.stg_events as e
        where e.member_id = r.member_id
            and e.kind = $clicks
            and e."at" >= r.assigned_at
            and e."at" < least(r.ends_at, $as_of::timestamp)
    ) as clicked
from (select member_id, text, min(assigned_at) as assigned_at, min(ends_at) as ends_at from texts_read group by all) as r
left join paid as p on p.member_id = r.member_id and p.paid_at >= r.assigned_at and p.paid_at < r.ends_at
group by r.text, r.member_id, r.assigned_at, r.ends_at
