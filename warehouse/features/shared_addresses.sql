-- Who else has the address: one row for each member and channel whose address some other member has as well, however
-- either of them writes it. Numbers are compared as numbers, e-mail without case, ids of platforms as they are.
with
    addresses as (
        select
            channel,
            member_id,
            case
                when regexp_full_match(address, '1[0-9]{{10}}') then address
                when contains(address, '@') then lower(trim(address))
                else coalesce(number_key(address), trim(address))
            end as address_key
        from {points}
        where address is not null
    )

select distinct channel, address_key, member_id
from addresses
qualify min(member_id) over (partition by channel, address_key) <> max(member_id) over (partition by channel, address_key)
