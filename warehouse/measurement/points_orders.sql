-- Every successful order of a person and every play that may earn, with the tier of that moment and what it earns.
-- The tier is the one reached by the orders before, net of what has come back; an order counts for the next (A6). Who
-- had not joined when he paid has no tier and no day: his points wait until he joins, or are lost.
create or replace temp table point_moments as
with trades as (
    select
        order_id,
        member_id,
        paid_at,
        succeeded_at as "at",
        amount_cents,
        given_back($as_of, refunded_at, refunded_cents, part_refunded_at, part_refunded_cents) as back_cents,
        case when refunded_at < $as_of then refunded_at else part_refunded_at end as back_at
    from snap.stg_orders
    where member_id is not null and succeeded_at < $as_of
        /*if some*/ and member_id in (select member_id from point_asked) /*end*/
),

moments as (
    select *, null::integer as rule, null::varchar as event_id from trades
    union all by name
    select
        e.member_id, e."at" as paid_at, e."at", 0 as amount_cents, 0 as back_cents, r.rule, e.event_id,
        e.order_id
    from snap.stg_events as e
    inner join point_earning as r
        on e.kind = r.event and e."at" >= r.starts and e."at" < r.ends and coalesce(e.approved, true)
    where e."at" >= $plays_from and e."at" < least($plays_until, $as_of)
),

-- Who has no order has reached nothing.
/*if some*/
buyers as (
    select distinct member_id from trades
),
/*end*/

reached as (
    select
        *,
        coalesce(sum(amount_cents - back_cents) filter (rule is null and back_cents < amount_cents) over before, 0) as spend,
        count(*) filter (rule is null and back_cents < amount_cents) over before as orders
    from moments /*if some*/ semi join buyers using (member_id) /*end*/
    window before as (
        partition by member_id
        order by "at"
        range between to_microseconds($window_us) preceding and interval 1 microsecond preceding
    )
    /*if some*/
    union all by name
    select *, 0 as spend, 0 as orders from moments anti join buyers using (member_id)
    /*end*/
),

ranked as (
    select
        r.* exclude (spend, orders),
        m.joined_at,
        m.left_at,
        case when m.joined_at <= r.paid_at then /*rank*/ else 0 end as rank
    from reached as r
    inner join snap.stg_members as m using (member_id)
)

select
    r.* exclude (joined_at, left_at),
    coalesce(r.joined_at <= r.paid_at and (r.left_at is null or r.left_at < r.joined_at or r.left_at > r.paid_at), false) as is_member,
    c.credited_at,
    coalesce(
        c.credited_at < $as_of
        and (r.joined_at <= r.paid_at or $waits)
        and (r.left_at is null or r.left_at < r.joined_at or r.left_at > c.credited_at),
        false
    ) as is_credited,
    f.factor,
    case when m.multiplier is null or r.joined_at is null or r.joined_at > r.paid_at then $one else m.multiplier end
        as multiplier
from ranked as r
-- The larger of two moments is that of the known one where the other is empty: of who never joined there is none.
cross join lateral (
    select case when r.joined_at is not null then greatest(r."at", r.joined_at) end as credited_at
) as c
inner join point_factors as f on f.rank = r.rank
asof left join point_steps as m on m.rank = r.rank and m."at" <= r.paid_at
