-- What was spent in a window beside benefits and messages, by what it was for.
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    coalesce(sum(f.amount_cents) filter (f.counts_as = 'acquisition'), 0)::bigint as acquisition_cents,
    coalesce(sum(f.amount_cents) filter (f.counts_as = 'gifts'), 0)::bigint as gift_cents,
    coalesce(sum(f.amount_cents) filter (f.clicks is not null), 0)::bigint as click_cents,
    coalesce(sum(f.clicks), 0)::bigint as clicks
from cells as c
inner join (select *, coalesce(channel, '') as place from snap.stg_costs) as f
    on f."at" >= c.starts_at and f."at" < c.ends_at and f."at" < $as_of
group by c.cell, grp
