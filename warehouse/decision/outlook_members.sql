-- One row per member whom anything to come may reach: audiences, benefits and channels as bits, and what was done to
-- the member that still counts at a moment to come (`root`: rule and the first slot at which it counts no more).
create or replace temp table looked as
select
    member_id,
    bool_or(joined) as joined,
    bool_or(held) as held,
    min(order_hash) as order_hash,
    bit_or(terms) as terms,
    bit_or(segments) as segments,
    arg_min(basket, look) as basket
    /*looked masks*/
from looks
group by member_id;

create or replace temp table ahead as
with blocked as (select distinct member_id, channel from suppressions where channel is not null),
-- A contact point that is there, and where a channel assumes one of everybody who has joined. Apart, because nearly
-- everybody is told by the first, and the second has a row for every member.
ways as (
    select l.member_id, c.position, c.channel, c.agent
    from looked as l
    inner join consents as p on p.member_id = l.member_id
    inner join ahead_channels as c on c.channel = p.channel
    left join bonds as d on d.member_id = l.member_id and d.channel = c.channel
    where p.has_point
        and not coalesce(p.withdrawn, false)
        and (p.consented or not c.consent_required)
        and (not c.talks or coalesce(d.talked, false))
    union all
    select l.member_id, c.position, c.channel, c.agent
    from looked as l
    cross join (select * from ahead_channels where on_join or implied_bp > 0) as c
    left join consents as p on p.member_id = l.member_id and p.channel = c.channel
    left join bonds as d on d.member_id = l.member_id and d.channel = c.channel
    where l.joined
        and not coalesce(p.withdrawn, false)
        and (coalesce(p.consented, false) or not c.consent_required)
        and ((c.on_join and d.member_id is null) or implied(c.channel, l.member_id, c.implied_bp))
),
reach as (
    select w.member_id, bit_or(1::bigint << w.position) as channels
    from ways as w
    left join blocked as b on b.member_id = w.member_id and b.channel = w.channel
    left join member_agents as m on m.member_id = w.member_id and m.channel = w.channel and m.agent = w.agent
    where b.member_id is null and (w.agent is null or m.member_id is not null)
    group by w.member_id
),
-- Occurrences of a play that reached the member too shortly before or after them, or once for all.
closed as (
    select
        c.member_id
        /*closed masks*/
    from contacts as c
    inner join ahead_slots as s on s.phase = c.phase and s.play = c.play and s.calendar = c.calendar
    where ((s.channel is null or s.channel = c.channel)
        and (s.again is null or (c."at" > s."at" - s.again and c."at" < s."at" + s.again)))
        or (c."at" > s."at" - s.gap and c."at" < s."at" + s.gap)
    group by c.member_id
),
granted as (
    select g.member_id, b.position, b.rule, b.per_member, count(*) as times
    from grants as g
    inner join ahead_benefits as b on b.benefit = g.benefit
    where g.calendar = $calendar
    group by g.member_id, b.position, b.rule, b.per_member
),
full_benefits as (
    select member_id, bit_or(1::bigint << position) as terms
    from (
        select member_id, position from granted where times >= per_member
        union
        select h.member_id, b.position from had_birthday_gift as h cross join ahead_benefits as b where b.yearly
    )
    group by member_id
),
done as (
    select member_id, channel, calendar, phase, play, "at", true as sent from contacts
    union all
    select member_id, channel, calendar, phase, play, "at", false as sent from ghosts
),
matched as (
    select c.member_id, r.rule, r.per, r.most, r.package, c."at"
    from done as c
    inner join ahead_limits as r
        on (r.channel is null or r.channel = c.channel)
        and (r.calendar is null or r.calendar = c.calendar)
        and (r.phase is null or r.phase = c.phase)
        and (r.play is null or r.play = c.play)
        and (r.since is null or (c."at" >= r.since and c."at" < r.until))
        and (c.sent or not r.sent)
    where r.per is null or c."at" > $at::timestamp - r.per
),
-- What one moment sent counts once for a limit of packages.
counted as (
    select * from matched where not package
    union all
    select distinct * from matched where package
),
past as (
    select
        member_id,
        rule,
        len(list_filter($moments::timestamp[], lambda m: m < "at" + per)) as released,
        case when package and "at" = $moments[1]::timestamp then '!' else '' end as mark
    from counted
    where per is not null
    union all
    select member_id, rule, -least(count(*), max(most)) as released, '' as mark
    from counted
    where per is null
    group by member_id, rule
    union all
    select member_id, rule, -times as released, '' as mark from granted where times < per_member and rule is not null
    union all
    select g.member_id, m.rule, -sum(g.cost_cents)::bigint as released, '' as mark
    from grants as g
    inner join ahead_money as m on m.phase is null or m.phase = g.phase
    where g.calendar = $calendar
    group by g.member_id, m.rule
    having sum(g.cost_cents) > 0
    union all
    -- Benefits that are not given beside others, as long as they can be used.
    select
        g.member_id,
        h.rule,
        max(len(list_filter($moments::timestamp[], lambda m: g.usable_until is null or m < g.usable_until))) as released,
        '' as mark
    from grants as g
    inner join ahead_held as h on h.benefit = g.benefit
    where g.calendar = $calendar and (g.usable_until is null or g.usable_until > $moments[1]::timestamp)
    group by g.member_id, h.rule
),
roots as (
    select member_id, string_agg(rule || '@' || released || mark, ',' order by rule, released, mark) as root
    from past
    group by member_id
)
select
    l.member_id,
    l.held,
    l.order_hash,
    l.terms & ~coalesce(f.terms, 0) as terms,
    l.segments,
    l.basket,
    r.channels,
    coalesce(o.root, '') as root
    /*open masks*/
from looked as l
inner join reach as r on r.member_id = l.member_id
left join closed as c on c.member_id = l.member_id
left join full_benefits as f on f.member_id = l.member_id
left join roots as o on o.member_id = l.member_id
