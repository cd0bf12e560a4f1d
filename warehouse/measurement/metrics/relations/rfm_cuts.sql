-- Where the fifths of recency, frequency and spend of a year lie at the start and at the end of each window (A5).
create or replace temp table m_rfm_cuts as
select
    cell,
    'start' as moment,
    quantile_disc(recency_days, [0.2, 0.4, 0.6, 0.8]) as r,
    quantile_disc(orders_365d, [0.2, 0.4, 0.6, 0.8]) as f,
    quantile_disc(spend_365d, [0.2, 0.4, 0.6, 0.8]) as m
from m_starts
where orders_365d > 0
group by cell
union all
select
    cell,
    'end',
    quantile_disc(recency_days, [0.2, 0.4, 0.6, 0.8]),
    quantile_disc(orders_365d, [0.2, 0.4, 0.6, 0.8]),
    quantile_disc(spend_365d, [0.2, 0.4, 0.6, 0.8])
from m_ends
where orders_365d > 0
group by cell
