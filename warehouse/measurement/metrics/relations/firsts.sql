-- The first order of every buyer, as far back as orders go.
create or replace temp table m_firsts as
select member_id, min(paid_at) as first_at
from m_paid
where counts and member_id is not null
group by member_id
