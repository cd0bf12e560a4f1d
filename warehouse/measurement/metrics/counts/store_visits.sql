-- Visitors of the whole store on each local day by its board, and buyers of each of those days, added over the days: a
-- person counts once a day.
with
    days as (
        select "day", visitors, page_views, sessions, exposures, one_session, followers
        from snap.stg_traffic
        where whole_store and audience = 'all'
    ),

    told as (
        select c.cell, d.*
        from cells as c
        inner join days as d
            on timezone('UTC', timezone($zone, d."day"::timestamp)) >= c.starts_at
            and timezone('UTC', timezone($zone, d."day"::timestamp)) < c.ends_at
    ),

    bought as (
        select t.cell, t."day", count(distinct o.member_id) as buyers
        from told as t
        inner join m_orders as o on o.counts and o.local_at::date = t."day"
        group by t.cell, t."day"
    )

select
    t.cell,
    {group} as grp,
    []::varchar[] as part,
    coalesce(sum(t.visitors), 0)::bigint as visitors,
    coalesce(sum(t.page_views), 0)::bigint as page_views,
    coalesce(sum(t.exposures), 0)::bigint as exposures,
    coalesce(sum(t.one_session), 0)::bigint as one_session,
    coalesce(sum(t.visitors) filter (t.one_session is not null), 0)::bigint as session_visitors,
    coalesce(arg_max(t.followers, t."day"), 0)::bigint as followers,
    coalesce(sum(b.buyers), 0)::bigint as buyers
from told as t
left join bought as b on b.cell = t.cell and b."day" = t."day"
group by t.cell, grp
