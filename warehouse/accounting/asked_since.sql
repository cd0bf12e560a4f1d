-- From when on orders may matter to what they tell of: from the first grant, from the first day of what is announced, or the
-- weeks before it where these are asked for, and from where a sum begins. Of who holds what is announced as well, since he
-- joined.
with asking as (
    select t.benefit, t.since
    from told as t
    where t.told_by in ('orders', 'order_sums', 'refunds')
        or t.seen_in in ('orders', 'order_sums')
        or t.benefit in (select i.benefit from issues as i)
),
given_here as (
    select g.member_id, g.benefit, g.granted_at from given as g semi join asking as a on a.benefit = g.benefit
    where g.calendar = $calendar
),
beginnings as (
    select granted_at as since from given_here
    union all
    select m.joined_at
    from given_here as g
    semi join online as w on w.benefit = g.benefit
    inner join snap.stg_members as m on m.member_id = g.member_id
    union all
    select least(w.starts_at, $at) - case when p.benefit is null then interval 0 hour else $basis::interval end
    from online as w
    semi join asking as a on a.benefit = w.benefit
    left join past_asked as p on p.phase = w.phase and p.benefit = w.benefit
    union all
    select since from asking
)
select min(since) from beginnings
