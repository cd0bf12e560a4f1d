-- What both get when a brought friend's first order succeeds, or the order with which his spend reaches the amount:
-- once for each friend, by the term that gives most; what is given back of that order takes it back.
/*if friends*/
create or replace temp table point_friends as
with bought as (
    select
        r.referrer_id,
        r.referred_id,
        r."at" as brought_at,
        o.order_id,
        o.paid_at,
        o."at",
        o.amount_cents,
        o.back_cents,
        sum(o.amount_cents - o.back_cents) over earlier as spend,
        row_number() over earlier as number
    from snap.stg_referrals as r
    inner join point_moments as o on o.member_id = r.referred_id and o.rule is null
    where r."at" < $as_of
    window earlier as (
        partition by r.referred_id
        order by o."at", o.order_id
        rows between unbounded preceding and current row
    )
),

reached as (
    select
        b.*,
        t.calendar,
        t.benefit,
        coalesce(t.points, points_of(b.amount_cents, $per_unit, 1, 'floor'))::decimal(18, 1) as points,
        case
            when b.back_cents >= b.amount_cents then coalesce(t.points, points_of(b.amount_cents, $per_unit, 1, 'floor'))
            when t.points is null
                then points_of(b.amount_cents, $per_unit, 1, 'floor')
                    - points_of(b.amount_cents - b.back_cents, $per_unit, 1, 'floor')
            else 0
        end::decimal(18, 1) as taken_back
    from bought as b
    inner join point_referrals as t
        on case when t.spend_cents > 0 then b.spend >= t.spend_cents else b.number = 1 end
        and b."at" >= b.brought_at
        and (t.starts is null or (b.paid_at >= t.starts and b.paid_at < t.ends))
    qualify row_number() over (
        partition by b.referred_id, t.spend_cents, t.calendar, t.benefit order by b.number
    ) = 1
),

best as (
    select *
    from reached
    qualify row_number() over (partition by referred_id order by points desc, calendar, benefit) = 1
),

both_of_them as (
    select referrer_id as member_id, * from best
    union all
    select referred_id, * from best
)

select
    b.member_id,
    b.referred_id,
    b.order_id,
    greatest(b."at", m.joined_at) as "at",
    b.points,
    b.taken_back,
    b.calendar,
    b.benefit
from both_of_them as b
inner join snap.stg_members as m using (member_id)
where m.joined_at < $as_of
    and ($waits or m.joined_at <= b.paid_at)
    and (m.left_at is null or m.left_at < m.joined_at or m.left_at > greatest(b."at", m.joined_at))
/*else*/
create or replace temp table point_friends (
    member_id varchar, referred_id varchar, order_id varchar, "at" timestamp, points decimal(18, 1),
    taken_back decimal(18, 1), calendar varchar, benefit varchar
)
/*end*/
