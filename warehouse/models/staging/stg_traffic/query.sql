-- What the board of the platform says of a day and a place: how many came, and how often (A7). Nobody by name.
with
    cells as (
        select
            _file,
            _row,
            tidy_id(position) as position,
            tidy_value("day") as "day",
            lower(tidy(audience)) as audience,
            tidy_value(visitors) as visitors,
            tidy_value(page_views) as page_views,
            tidy_value(sessions) as sessions,
            tidy_value(exposures) as exposures,
            tidy_value(one_session) as one_session,
            tidy_value(followers) as followers
        from raw_traffic
    ),

    typed as (
        select
            _file,
            _row,
            position,
            lower(position) in ('store', '全店', '全站', '店铺') as whole_store,
            as_day("day") as "day",
            case
                when audience is null or audience in ('all', '全部', '所有访客', '全部访客') then 'all'
                when audience in ('member', 'members', '会员', '会员访客') then 'member'
                when audience in ('non_member', 'non-member', 'nonmember', 'non_members', '非会员', '非会员访客') then 'non_member'
                else audience
            end as audience,
            as_count(visitors) as visitors,
            as_count(page_views) as page_views,
            as_count(sessions) as sessions,
            as_count(exposures) as exposures,
            as_count(one_session) as one_session,
            as_count(followers) as followers,
            unread("day", as_day("day")) as _day_unread,
            coalesce(
                unread(visitors, as_count(visitors)),
                unread(page_views, as_count(page_views)),
                unread(sessions, as_count(sessions)),
                unread(exposures, as_count(exposures)),
                unread(one_session, as_count(one_session)),
                unread(followers, as_count(followers))
            ) as _figure_unread
        from cells
    )

select
    *,
    least(visitors, page_views, sessions, exposures, one_session, followers) as _least,
    position || ' / ' || coalesce(cast("day" as varchar), '') || ' / ' || audience as _key,
    -- A day that is exported again is known better.
    row_number() over (partition by position, "day", audience order by _file desc, _row desc) as _copy
from typed
