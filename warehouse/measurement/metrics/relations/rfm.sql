-- The cell of every member who bought within a year: R, F and M from 1 to 5. `by_start`: the end of a window by the cuts of
-- its start, so that a move is one of the member and not of the others.
create or replace temp table m_rfm as
with
    stood as (
        select cell, 'start' as moment, 'start' as cut, member_id, recency_days, orders_365d, spend_365d from m_starts where joined
        union all
        select cell, 'end', 'end', member_id, recency_days, orders_365d, spend_365d from m_ends where joined
        union all
        select cell, 'by_start', 'start', member_id, recency_days, orders_365d, spend_365d from m_ends where joined
    )

select
    s.cell,
    s.moment,
    s.member_id,
    s.spend_365d,
    'R' || (5 - len(list_filter(c.r, lambda cut: s.recency_days > cut)))
    || 'F' || (1 + len(list_filter(c.f, lambda cut: s.orders_365d > cut)))
    || 'M' || (1 + len(list_filter(c.m, lambda cut: s.spend_365d > cut))) as rfm
from stood as s
inner join m_rfm_cuts as c on c.cell = s.cell and c.moment = s.cut
where s.orders_365d > 0
