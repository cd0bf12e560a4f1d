-- Leaving the programme withdraws all consent (A1#13).
-- All tables are reduced to the members asked for before anything is grouped: a dispatch asks for
-- a few hundred of a million at a time.
with
    asked as (select distinct unnest($members::varchar[]) as member_id),
    told as (select * from consent_at($at::timestamp, 'asked') where channel = $channel)
select m.member_id, t.address, m.name, coalesce(t.withdrawn, false), coalesce(t.has_point, false),
    coalesce(m.left_at <= $at and not coalesce(m.joined_at > m.left_at and m.joined_at <= $at, false), false)
from snap.stg_members as m
left join told as t using (member_id)
where m.member_id in (select member_id from asked)
