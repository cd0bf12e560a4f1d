-- Messages of the calendar in a stretch of it; those that a limit is about, and what their benefits reserve.
with sent as (
    select
        c.*,
        (len($phases::varchar[]) = 0 or list_contains($phases::varchar[], c.phase))
        and (len($plays::varchar[]) = 0 or list_contains($plays::varchar[], c.play))
        and (len($channels::varchar[]) = 0 or list_contains($channels::varchar[], c.channel))
        and ($any_benefit or coalesce(list_contains($benefits::varchar[], c.benefit), false))
        and (not $with_benefit or c.benefit is not null)
        and (len($tiers::varchar[]) = 0 or coalesce(list_contains($tiers::varchar[], f.tier), false)) as counting
    from contacts as c
    left join member_features as f on f.member_id = c.member_id
    where c.calendar = $calendar
        and ($phase is null or c.phase = $phase)
        and ($start::timestamp is null or c."at" >= $start::timestamp)
        and ($end::timestamp is null or c."at" < $end::timestamp)
)
select
    count(*),
    count(*) filter (counting),
    coalesce(sum(g.cost_cents) filter (counting), 0)::bigint
from sent as s
left join grants as g
    on g.member_id = s.member_id
    and g.calendar = s.calendar
    and g.phase = s.phase
    and g.play = s.play
    and g.benefit = s.benefit
    and g.granted_at = s."at"
