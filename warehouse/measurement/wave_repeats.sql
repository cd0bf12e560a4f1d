-- Of each wave: who of the wave before it paid an order in it, too. A buyer counts once in a wave.
with bought as (
    select distinct w.number, p.member_id
    from wave_spans as w
    inner join paid as p on p.paid_at >= w.starts_at and p.paid_at < w.ends_at
    where p.member_id is not null
)
select
    w.wave,
    count(b.member_id) as buyers_before,
    count(a.member_id) as buyers_again
from wave_spans as w
left join bought as b on b.number = w.number - 1
left join bought as a on a.number = w.number and a.member_id = b.member_id
group by w.wave, w.number
order by w.number
