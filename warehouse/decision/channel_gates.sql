-- For each candidate and channel of the play: the first gate that holds the message back, or null.
-- A cap looks at both sides of the moment: a run that is late must not stand too close to what was sent after it.
create or replace temp table channel_gates as
with near as (
    select
        c.member_id,
        r.channel,
        r.rule,
        r.per,
        r.most,
        c."at"
    from contacts as c
    inner join cap_rules as r on (r.counted is null or r.counted = c.channel)
    where c."at" > $at::timestamp - r.per and c."at" < $at::timestamp + r.per
),
windows as (
    -- Windows that hold the moment end at it or, where something was sent later, at that.
    select distinct
        member_id,
        channel,
        rule,
        per,
        "at" as ends
    from near
    where "at" > $at::timestamp
),
cap_hits as (
    select distinct member_id, channel
    from (
        select member_id, channel
        from near
        where "at" <= $at::timestamp
        group by member_id, channel, rule, most
        having count(*) >= most
        union all
        select n.member_id, n.channel
        from windows as w
        inner join near as n on n.member_id = w.member_id and n.channel = w.channel and n.rule = w.rule
        where n."at" <= w.ends and n."at" > w.ends - w.per
        group by n.member_id, n.channel, n.rule, n.most, w.ends
        having count(*) >= n.most
    )
),
blocked as (select distinct member_id, channel from suppressions where channel is not null)
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
