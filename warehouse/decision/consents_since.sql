-- The same at a later moment: of whoever said something in between, and of those who share an address with them.
create or replace temp table spoke as
with since as (
    select distinct member_id from words_ahead
    where "at" >= getvariable('consents_until') and "at" <= $at::timestamp
)

select member_id from since
union
select others.member_id
from shared_addresses as own
inner join shared_addresses as others on others.channel = own.channel and others.address_key = own.address_key
where own.member_id in (select member_id from since);

delete from consents where member_id in (select member_id from spoke);

insert into consents
select member_id, channel, has_point, consented, withdrawn
from consent_at($at::timestamp, 'spoke');

drop table spoke
