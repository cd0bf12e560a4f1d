-- For each candidate and channel of the play: the first gate that holds the message back, or null.
create or replace temp table gates as
with cap_hits as (
    select distinct c.member_id, r.channel
    from contacts as c
    inner join cap_rules as r on (r.counted is null or r.counted = c.channel)
    where c."at" > r.since and c."at" <= $at
    group by c.member_id, r.channel, r.rule, r.most
    having count(*) >= r.most
),
blocked as (select distinct member_id, channel from suppressions where channel is not null),
judged as (
    select
        k.member_id,
        o.position,
        o.channel,
        case
            when k.suppressed or b.member_id is not null then 'suppressed'
            when p.withdrawn then 'no_consent'
            when not coalesce(p.has_point, false) and (o.consent_required or not k.joined) then 'no_contact_point'
            when o.consent_required and not coalesce(p.consented, false) then 'no_consent'
            when o.quiet then 'quiet_hours'
            when h.member_id is not null or o.shut then 'cap'
        end as held
    from candidates as k
    cross join channel_options as o
    left join consent_at($at::timestamp, 'candidates') as p on p.member_id = k.member_id and p.channel = o.channel
    left join blocked as b on b.member_id = k.member_id and b.channel = o.channel
    left join cap_hits as h on h.member_id = k.member_id and h.channel = o.channel
),
-- One message to an address: of those who have it and may be reached, the first in turn to whom no earlier channel
-- of the play is open.
rivals as (
    select
        j.member_id,
        j.channel,
        row_number() over (
            partition by j.channel, a.address_key
            order by
                j.position > (select min(e.position) from judged as e where e.member_id = j.member_id and e.held is null),
                k.turn,
                j.member_id
        ) as place
    from judged as j
    inner join shared_addresses as a on a.member_id = j.member_id and a.channel = j.channel
    inner join candidates as k on k.member_id = j.member_id
    where j.held is null
        and k.control is null
        and not k.has_left
        and not k.under_age
        and not k.already_reached
)
select
    j.member_id,
    j.position,
    j.channel,
    case when r.place > 1 then 'shared_address' else j.held end as held
from judged as j
left join rivals as r on r.member_id = j.member_id and r.channel = j.channel
