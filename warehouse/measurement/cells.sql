-- Sums of outcomes by kind of phase, benefit and tier. Everybody who got a benefit counts with one over the chance with which
-- he was to get it; against them stand all who were held out of the plays that offer it, whatever they would have had.
with outcomes as (select * from read_parquet($files, union_by_name = true)),
held as (
    select calendar, phase, play, tier, count(*) as members, count(*) filter (bought) as buyers
    from outcomes
    where arm = 'play_control'
    group by all
),
offered as (select distinct calendar, phase, play, phase_kind, benefit from outcomes),
beside as (
    select f.phase_kind, f.benefit, h.tier, sum(h.members)::bigint as members, sum(h.buyers)::bigint as buyers
    from offered as f
    inner join held as h on h.calendar = f.calendar and h.phase = f.phase and h.play = f.play
    group by all
),
sums as (
    select
        phase_kind,
        benefit,
        tier,
        any_value(face_cents order by calendar) as face_cents,
        count(*) filter (arm = 'treated' and not explored) as treated,
        count(*) filter (arm = 'treated' and not explored and bought) as buyers,
        count(*) filter (arm = 'play_control') as held,
        count(*) filter (arm = 'play_control' and bought) as held_buyers,
        count(*) filter (arm = 'treated' and explored and propensity > 0) as explored,
        coalesce(sum(1 / propensity) filter (arm = 'treated' and propensity > 0), 0) as weights,
        coalesce(sum(1 / propensity) filter (arm = 'treated' and propensity > 0 and bought), 0) as weighted_buyers,
        coalesce(sum(1 / propensity ** 2) filter (arm = 'treated' and propensity > 0), 0) as squares
    from outcomes
    group by phase_kind, benefit, tier
)
select s.*, coalesce(b.members, 0) as all_held, coalesce(b.buyers, 0) as all_held_buyers
from sums as s
left join beside as b
    on b.phase_kind = s.phase_kind
    and b.benefit is not distinct from s.benefit
    and b.tier is not distinct from s.tier
order by all
