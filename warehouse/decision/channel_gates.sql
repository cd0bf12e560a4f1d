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
        r.package,
        c."at"
    from contacts as c
    inner join cap_rules as r on (r.counted is null or r.counted = c.channel)
    where r.per is not null and c."at" > $at::timestamp - r.per and c."at" < $at::timestamp + r.per
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
-- Caps of the local day, the phase, the campaign.
spans as (
    select c.member_id, r.channel
    from contacts as c
    inner join cap_rules as r on (r.counted is null or r.counted = c.channel)
    where r.per is null
        and c.calendar = coalesce(r.calendar, c.calendar)
        and c.phase = coalesce(r.phase, c.phase)
        and (r.since is null or (c."at" >= r.since and c."at" < r.until))
    group by c.member_id, r.channel, r.rule, r.most, r.package
    having case when r.package then not bool_or(c."at" = $at) and count(distinct c."at") >= r.most else count(*) >= r.most end
),
cap_hits as (
    select distinct member_id, channel
    from (
        select member_id, channel
        from near
        where "at" <= $at::timestamp
        group by member_id, channel, rule, most, package
        -- One more message of a moment that has one already makes no new package.
        having case when package then not bool_or("at" = $at) and count(distinct "at") >= most else count(*) >= most end
        union all
        select n.member_id, n.channel
        from windows as w
        inner join near as n on n.member_id = w.member_id and n.channel = w.channel and n.rule = w.rule
        where n."at" <= w.ends and n."at" > w.ends - w.per
        group by n.member_id, n.channel, n.rule, n.most, n.package, w.ends
        having
            case
                when n.package then not bool_or(n."at" = $at) and count(distinct n."at") >= n.most
                else count(*) >= n.most
            end
        union all
        select member_id, channel from spans
    )
),
blocked as (select distinct member_id, channel from suppressions where channel is not null),
-- A channel with agents: the member's own; of a member who has none, the first, so that the reason is told once.
owners as (select distinct member_id, channel from member_agents),
ways as (
    select
        k.member_id,
        k.suppressed,
        k.joined,
        o.*,
        o.agent is not null and m.member_id is null as of_others
    from candidates as k
    cross join channel_options as o
    left join member_agents as m on m.member_id = k.member_id and m.channel = o.channel and m.agent = o.agent
    left join owners as w on w.member_id = k.member_id and w.channel = o.channel
    where o.agent is null or m.member_id is not null or (o.first_agent and w.member_id is null)
),
judged as (
    select
        k.member_id,
        k.position,
        k.channel,
        k.agent,
        case
            when k.suppressed or b.member_id is not null then 'suppressed'
            when p.withdrawn then 'no_consent'
            when k.of_others
                or (not coalesce(p.has_point, false) and (k.consent_required or not k.joined)) then 'no_contact_point'
            when k.consent_required and not coalesce(p.consented, false) then 'no_consent'
            when k.quiet then 'quiet_hours'
            when h.member_id is not null or k.shut then 'cap'
        end as held
    from ways as k
    left join consent_at($at::timestamp, 'candidates') as p on p.member_id = k.member_id and p.channel = k.channel
    left join blocked as b on b.member_id = k.member_id and b.channel = k.channel
    left join cap_hits as h on h.member_id = k.member_id and h.channel = k.channel
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
                k.order_hash,
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
        and k.member_id not in (select h.member_id from rule_hits as h)
)
select
    j.member_id,
    j.position,
    j.channel || coalesce('/' || j.agent, '') as channel,
    j.agent,
    case when r.place > 1 then 'shared_address' else j.held end as held
from judged as j
left join rivals as r on r.member_id = j.member_id and r.channel = j.channel
