-- Every cost of the calendar before the moment, one row a grant, use of what applies itself, or message, with where it
-- belongs. What is used after the calendar's end is late: its sales count nowhere, so neither does it; it is named apart.
create or replace temp table costs as
with of_plays as (
    select member_id, phase, benefit, granted_at, min(play) as play
    from grants
    group by member_id, phase, benefit, granted_at
),
tiers as (
    select member_id, arg_min(tier, occurrence_at) as tier from candidates where tier is not null group by member_id
),
given_away as (
    select
        'benefit' as kind,
        g.phase,
        coalesce(p.play, '') as play,
        g.benefit as name,
        g.member_id,
        g.cost_cents as issued_cents,
        s.open_cents,
        if(t.told_used_at < $ends_at, t.spent_cents, 0) as spent_cents,
        s.spent_cents as in_all_cents
    from given as g
    inner join spent as s on s.key = g.key
    inner join spent_in_time as t on t.key = g.key
    left join of_plays as p
        on p.member_id = g.member_id and p.phase = g.phase and p.benefit = g.benefit and p.granted_at = g.granted_at
    where g.calendar = $calendar
),
rows_of_all as (
    select kind, phase, play, name, member_id, issued_cents, open_cents, coalesce(spent_cents, 0) as spent_cents, in_all_cents
    from given_away
    union all
    select 'benefit', phase, '', benefit, member_id, cents, 0, if(moment < $ends_at, cents, 0), cents
    from announced_uses
    union all
    select 'message', c.phase, c.play, c.channel, c.member_id, c.cost_cents, 0, c.cost_cents, c.cost_cents
    from contacts as c
    where c.calendar = $calendar and c."at" < $as_of
)
select
    r.kind,
    r.phase,
    r.play,
    r.name,
    r.member_id,
    coalesce(t.tier, '') as tier,
    r.issued_cents,
    r.open_cents,
    r.spent_cents,
    r.in_all_cents - r.spent_cents as late_cents
from rows_of_all as r
left join tiers as t on t.member_id = r.member_id
