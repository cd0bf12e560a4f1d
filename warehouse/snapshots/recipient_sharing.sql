-- Who else has the address a message goes to.
select own.member_id, list_sort(list(distinct other.member_id))
from shared_addresses as own
inner join shared_addresses as other on other.channel = own.channel and other.address_key = own.address_key
where
    own.channel = $channel
    and own.member_id in (select unnest($members::varchar[]))
    and other.member_id <> own.member_id
group by own.member_id
