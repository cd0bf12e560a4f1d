-- What the rules have beside what was recorded, and each difference (rules less recorded) by its reason. Entries of
-- orders are compared order by order; where a member's entries name no order, all of his together.
create or replace temp table point_differences as
with recorded as (
    select * from snap.stg_points where "at" < $as_of
),

lumped as (
    select distinct member_id from recorded where kind in ('earn', 'refund') and order_id is null
),

units as (
    select
        o.member_id,
        case when l.member_id is null then o.order_id end as order_id,
        sum(case when is_credited then kept else 0 end) as ours,
        sum(case when is_credited then earned else 0 end) as unrefunded,
        sum(case when is_credited then without_day else 0 end) as without_day,
        sum(case when is_credited then without_tier else 0 end) as without_tier,
        sum(case when is_credited then plain else 0 end) as plain,
        sum(case when is_credited and is_member then kept else 0 end) as of_members
    from point_orders as o
    left join lumped as l using (member_id)
    group by all
),

told as (
    select
        r.member_id,
        case when l.member_id is null then r.order_id end as order_id,
        sum(r.points)::decimal(18, 1) as theirs
    from recorded as r
    left join lumped as l using (member_id)
    where r.kind in ('earn', 'refund')
    group by all
),

orders as (
    select
        coalesce(u.member_id, t.member_id) as member_id,
        coalesce(u.order_id, t.order_id) as order_id,
        coalesce(u.ours, 0) - coalesce(t.theirs, 0) as points,
        case
            when t.theirs is null and u.of_members = 0 then 'before_joining'
            when t.theirs is null then 'not_recorded'
            when u.ours is null or (u.ours = 0 and u.unrefunded = 0) then 'no_order'
            when t.theirs = u.unrefunded then 'refund'
            when t.theirs = u.of_members then 'before_joining'
            when t.theirs = u.without_day then 'double_day'
            when t.theirs = u.without_tier then 'tier'
            when t.theirs = u.plain then 'double_day_and_tier'
            else 'amount'
        end as reason
    from units as u
    full join told as t
        on t.member_id = u.member_id and t.order_id is not distinct from u.order_id
),

lumps as (
    select member_id, 'play' as what, points from point_plays
    union all
    select member_id, 'play', -points from recorded where kind = 'play'
    union all
    select member_id, 'referral', points - taken_back from point_friends
    union all
    select member_id, 'referral', -points from recorded where kind = 'referral'
),

cash as (
    select
        c.member_id,
        c.order_id,
        'cash_above_share' as reason,
        c.points - c.allowed as points
    from point_cash as c
    union all
    select
        c.member_id,
        c.order_id,
        'cash_not_given_back',
        case when c.back_at is null then 0 else c.allowed end - coalesce(a.points, 0)
    from point_cash as c
    left join (
        select member_id, order_id, sum(points) as points from recorded where kind = 'adjust' group by all
    ) as a on a.member_id = c.member_id and a.order_id = c.order_id
),

void as (
    select member_id, side, points from point_void
    union all
    -- The source may write off what is void, or leave it to whoever reads: the larger of the two is what it says.
    select member_id, 'written', -sum(points)::decimal(18, 1) from recorded where kind = 'expire' group by member_id
),

voids as (
    select
        member_id,
        coalesce(max(points) filter (side = 'rules'), 0) as by_rules,
        coalesce(max(points) filter (side = 'due'), 0) as due,
        coalesce(max(points) filter (side in ('told', 'written')), 0) as told
    from void
    group by member_id
),

found as (
    select member_id, order_id, reason, points from orders
    union all
    select
        member_id,
        null,
        what || case when sum(points) > 0 then '_not_recorded' else '_not_due' end,
        sum(points)
    from lumps
    group by member_id, what
    union all
    select member_id, order_id, reason, points from cash
    union all
    select member_id, null, 'expiry', told - due from voids
    union all
    select member_id, null, 'expiry_follows', due - by_rules from voids
    union all
    select member_id, null, 'balance_only', -sum(points)
    from recorded
    where kind = 'adjust' and not $tells_entries
    group by member_id
)

select member_id, order_id, reason, points from found where points <> 0
