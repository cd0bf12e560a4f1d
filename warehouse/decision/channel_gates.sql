-- For each candidate: the first gate that holds the message back on each channel of the play (`held_n`, null: none), the
-- channel on which he came furthest, which names the reason, and the channels that are open, as bits.
create or replace temp table channel_gates as
with blocked as (select distinct member_id, channel from suppressions where channel is not null),
/*if agents*/
-- A channel with agents: the member's own; of a member who has none, the first, so that the reason is told once.
owners as (select distinct member_id, channel from member_agents),
/*end*/
ways as (
    select
        k.member_id,
        k.suppressed,
        k.joined,
        o.*,
        /*if agents*/ o.agent is not null and m.member_id is null /*else*/ false /*end*/ as of_others
    from candidates as k
    cross join channel_options as o
    /*if agents*/
    left join member_agents as m on m.member_id = k.member_id and m.channel = o.channel and m.agent = o.agent
    left join owners as w on w.member_id = k.member_id and w.channel = o.channel
    where o.agent is null or m.member_id is not null or (o.first_agent and w.member_id is null)
    /*end*/
),
judged as (
    select
        k.member_id,
        k.position,
        k.channel,
        k.agent,
        (case
            when k.suppressed or b.member_id is not null then 'suppressed'
            when p.withdrawn then 'no_consent'
            when k.of_others or k.ended then 'no_contact_point'
            when not (coalesce(p.has_point, false) /*if bonds*/ and (not k.talks or coalesce(d.talked, false)) /*end*/)
                /*if bonds*/ and not (k.on_join and k.joined and d.member_id is null) /*end*/
                and not (k.joined and implied(k.channel, k.member_id, k.implied_bp))
                then 'no_contact_point'
            when k.consent_required and not coalesce(p.consented, false) then 'no_consent'
            when k.restricted then 'restricted'
            when k.quiet then 'quiet_hours'
            when /*if caps*/ h.member_id is not null or /*end*/ k.shut then 'cap'
        end)::reason as held
    from ways as k
    left join /*if told*/ consents /*else*/ consent_at($at::timestamp, 'candidates') /*end*/ as p on p.member_id = k.member_id and p.channel = k.channel
    left join blocked as b on b.member_id = k.member_id and b.channel = k.channel
    /*if bonds*/ left join bonds as d on d.member_id = k.member_id and d.channel = k.channel /*end*/
    /*if caps*/ left join cap_hits as h on h.member_id = k.member_id and h.channel = k.channel /*end*/
)
/*if shared*/
,
-- One message to an address: of those who have it and may be reached, the first in turn to whom no earlier channel
-- of the play is open. Several assistants of a channel, and several addresses on it, are one member still.
first_open as (select member_id, min(position) as position from judged where held is null group by member_id),
ranked as (
    select
        j.member_id,
        j.channel,
        row_number() over (
            partition by j.channel, a.address_key
            order by min(j.position) > min(e.position), k.order_hash, j.member_id
        ) as place
    from judged as j
    inner join first_open as e on e.member_id = j.member_id
    inner join shared_addresses as a on a.member_id = j.member_id and a.channel = j.channel
    inner join candidates as k on k.member_id = j.member_id
    where j.held is null
        and k.control is null
        and not k.has_left
        and not k.under_age
        and not k.already_reached
        /*if rules*/ and k.member_id not in (select h.member_id from rule_hits as h) /*end*/
    group by j.member_id, j.channel, a.address_key, k.order_hash
),
rivals as (select member_id, channel, max(place) as place from ranked group by member_id, channel)
/*end*/
select
    member_id,
    max(held) as furthest,
    bool_or(held is null) as open,
    bool_or(held is null or held > $last_before_arms::reason) as reachable,
    bit_or(1::bigint << position) filter (where held is null) as channels,
    /*if agents*/
    string_agg(channel || '/' || agent, ',' order by position) filter (where held is null and agent is not null)
    /*else*/
    null::varchar
    /*end*/
    as agents
    /*held*/
from (
    select
        j.member_id,
        j.position,
        j.channel,
        j.agent,
        /*if shared*/ case when r.place > 1 then 'shared_address'::reason else j.held end /*else*/ j.held /*end*/ as held
    from judged as j
    /*if shared*/ left join rivals as r on r.member_id = j.member_id and r.channel = j.channel /*end*/
)
group by member_id
