-- What of open benefits is still to be used: of those of the same benefit whose time is over and that were unused at the
-- same age in whole days, the share that was used later. Where none of it was that old, all benefits speak for it.
with
    held as (
        select
            c.cell,
            {group} as grp,
            f.benefit,
            list_sum(f.use_costs) as cost_cents,
            f.valid_until is not null and f.valid_until <= c.ends_at as over,
            f.used_at is not null and f.used_at < c.ends_at as used,
            floor((epoch(c.ends_at) - epoch(f."at")) / 86400)::bigint as age,
            floor((epoch(f.used_at) - epoch(f."at")) / 86400)::bigint as used_after
        from cells as c
        inner join m_grants as f on f.held and f."at" < c.ends_at
    ),

    ages as (select cell, grp, benefit, age, sum(cost_cents) as cents from held where not over and not used group by all),

    own as (
        select
            a.cell,
            a.grp,
            a.benefit,
            a.age,
            count(h.benefit) as unused,
            count(*) filter (h.used) as later
        from ages as a
        left join held as h
            on h.cell = a.cell and h.grp = a.grp and h.benefit = a.benefit and h.over
            and (not h.used or h.used_after > a.age)
        group by all
    ),

    every as (
        select
            a.cell,
            a.grp,
            a.age,
            count(h.benefit) as unused,
            count(*) filter (h.used) as later
        from (select distinct cell, grp, age from ages) as a
        left join held as h
            on h.cell = a.cell and h.grp = a.grp and h.over and (not h.used or h.used_after > a.age)
        group by all
    ),

    due as (
        select
            a.cell,
            a.grp,
            round(
                sum(
                    a.cents
                    * case
                        when o.unused > 0 then o.later / o.unused
                        when e.unused > 0 then e.later / e.unused
                        else 0
                    end
                )
            )::bigint as cents
        from ages as a
        inner join own as o on o.cell = a.cell and o.grp = a.grp and o.benefit = a.benefit and o.age = a.age
        inner join every as e on e.cell = a.cell and e.grp = a.grp and e.age = a.age
        group by a.cell, a.grp
    ),

    closed as (
        select cell, grp, count(*) filter (over) as over, count(*) filter (over and used) as used
        from held
        group by cell, grp
    )

select c.cell, c.grp, []::varchar[] as part, coalesce(d.cents, 0) as cents, c.over, c.used
from closed as c
left join due as d on d.cell = c.cell and d.grp = c.grp
