-- Messages of every channel and calendar before as_of.
select
    member_id,
    count(*) filter ("at" >= getvariable('from_7d')) as contacts_7d,
    count(*) filter ("at" >= getvariable('from_30d')) as contacts_30d,
    max("at") as last_contact_at
from contacts
where "at" < getvariable('as_of')
group by member_id
