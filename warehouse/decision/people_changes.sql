-- Who gets something else in the later of two plans, and why nothing, where it is nothing.
create or replace temp table changes as
with
    before as (
        select * from read_parquet($before) where status = 'chosen'
    ),

    after as (
        select * from read_parquet($after)
    ),

    got as (
        select * from after where status = 'chosen'
    )

select
    coalesce(a.phase, b.phase) as phase,
    coalesce(a.play, b.play) as play,
    coalesce(a.occurrence_at, b.occurrence_at) as occurrence_at,
    coalesce(a.member_id, b.member_id) as member_id,
    case when b.member_id is null then 'added' when a.member_id is null then 'removed' else 'changed' end as change,
    case when a.member_id is null then coalesce(w.reason, w.status, 'not in the audience') end as reason,
    coalesce(a.cost_cents, 0) - coalesce(b.cost_cents, 0) as cents
from got as a
full join before as b
    on b.phase = a.phase and b.play = a.play and b.occurrence_at = a.occurrence_at and b.member_id = a.member_id
left join after as w
    on a.member_id is null
    and w.phase = b.phase and w.play = b.play and w.occurrence_at = b.occurrence_at and w.member_id = b.member_id
where a.member_id is null
    or b.member_id is null
    or a.channel is distinct from b.channel
    or a.benefit is distinct from b.benefit
