-- Leaving the programme withdraws all consent (A1#13).
-- All tables are reduced to the members asked for before anything is grouped: a dispatch asks for
-- a few hundred of a million at a time, for all its channels together.
with
    asked as (select distinct channel, member_id from to_look_up),
    told as (select * from consent_at($at::timestamp, 'asked') where list_contains($channels::varchar[], channel))
select asked.channel, m.member_id, t.address, m.name, coalesce(t.withdrawn, false), coalesce(t.has_point, false),
    coalesce(m.left_at <= $at and not coalesce(m.joined_at > m.left_at and m.joined_at <= $at, false), false)
from snap.stg_members as m
inner join asked on asked.member_id = m.member_id
left join told as t on t.member_id = asked.member_id and t.channel = asked.channel
