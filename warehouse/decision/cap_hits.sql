-- Whose caps are full on which channel, where something was sent after the moment.
-- A cap looks at both sides of the moment: a run that is late must not stand too close to what was sent after it.
create or replace temp table cap_hits as
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
)
/*if spans*/
,
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
)
/*end*/
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
    /*if spans*/
    union all
    select member_id, channel from spans
    /*end*/
)
