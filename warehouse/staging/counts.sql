-- Rows of some datasets: accepted, quarantined and duplicate.
select
    a.dataset,
    a.rows as accepted,
    coalesce(q.rows, 0) as quarantined,
    coalesce(d.rows, 0) as duplicates
from (/*accepted*/) as a
left join (select dataset, count(*) as rows from snap.quarantine group by dataset) as q on q.dataset = a.dataset
left join (select dataset, count(*) as rows from snap.duplicates group by dataset) as d on d.dataset = a.dataset
