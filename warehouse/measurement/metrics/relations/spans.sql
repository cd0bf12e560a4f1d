-- From when until when somebody is a member, by the store's definition (A1): 1.0 from the first order, 2.0 from joining,
-- 3.0 joined and for 365 days after an order or an event; never after leaving. A span holds for moments later than its
-- beginning, up to its end. Spans of one person may overlap.
create or replace temp table m_spans as
/*if bought*/
select f.member_id, f.first_at as starts_at, coalesce(m.left_at, timestamp '9999-01-01') as ends_at
from m_firsts as f
inner join m_members as m on m.member_id = f.member_id
where m.left_at is null or m.left_at > f.first_at
/*end*/
/*if joined*/
select member_id, joined_at as starts_at, coalesce(left_at, timestamp '9999-01-01') as ends_at
from m_members
where joined_at is not null
/*end*/
/*if behaving*/
select
    m.member_id,
    greatest(m.joined_at, b."at") as starts_at,
    least(coalesce(m.left_at, timestamp '9999-01-01'), b."at" + interval 365 days) as ends_at
from m_members as m
inner join (
    select member_id, paid_at as "at" from m_paid where counts
    union all
    select member_id, "at" from snap.stg_events where "at" < $as_of
) as b on b.member_id = m.member_id
where m.joined_at is not null -- `greatest` passes over null
    and greatest(m.joined_at, b."at") < least(coalesce(m.left_at, timestamp '9999-01-01'), b."at" + interval 365 days)
/*end*/
