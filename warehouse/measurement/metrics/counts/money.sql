-- What was reserved, by what became of it: waiting for a person or for its turn, open, spent, come back unused.
with
    stood as (
        select
            s.cell,
            {group} as grp,
            case
                when not f.held then 'waiting'
                when f.used_at is not null then 'spent'
                when f.valid_until <= $as_of then 'released'
                else 'open'
            end as state,
            f.cost_cents
        from j_scopes as s
        inner join m_grants as f on f.phase = s.phase and f."at" >= s.starts_at and f."at" < s.ends_at
    )

select cell, grp, [state] as part, sum(cost_cents)::bigint as cents, count(*) as pieces
from stood
group by cell, grp, state
union all
select cell, grp, []::varchar[] as part, sum(cost_cents)::bigint as cents, count(*) as pieces
from stood
group by cell, grp
