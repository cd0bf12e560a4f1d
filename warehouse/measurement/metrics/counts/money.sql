-- What was reserved, by what became of it: waiting for a person or for its turn, open, spent, come back unused; with what
-- applies itself. Of one that was used the state is that, and what its uses cost less than was reserved came back: below
-- zero where they cost more. What is only planned is told apart and is no part of what is reserved.
with
    granted as (
        select
            f.phase,
            f.play,
            f."at",
            case
                when not f.held then 'waiting'
                when f.used_at is not null then 'spent'
                when f.valid_until <= $as_of then 'released'
                else 'open'
            end as state,
            1 as pieces,
            if(f.held and f.used_at is not null, f.spent_cents, f.cost_cents) as cents
        from m_grants as f
        union all
        select f.phase, f.play, f."at", 'open' as state, 0 as pieces, f.open_cents as cents
        from m_grants as f
        where f.held and f.used_at is not null and f.open_cents <> 0
        union all
        select f.phase, f.play, f."at", 'released' as state, 0 as pieces, f.cost_cents - f.spent_cents - f.open_cents as cents
        from m_grants as f
        where f.held and f.used_at is not null and f.cost_cents <> f.spent_cents + f.open_cents
        union all
        select phase, play, since as "at", state, pieces, cents
        from j_set_aside
    ),

    stood as (
        select s.cell, {group} as grp, f.state, f.pieces, f.cents
        from j_scopes as s
        inner join granted as f
            on f.phase = s.phase and (f."at" is null or f."at" >= s.starts_at and f."at" < s.ends_at)
    )

select cell, grp, [state] as part, sum(cents)::bigint as cents, sum(pieces)::bigint as pieces
from stood
group by cell, grp, state
union all
select cell, grp, []::varchar[] as part, sum(cents)::bigint as cents, sum(pieces)::bigint as pieces
from stood
where state <> 'planned'
group by cell, grp
