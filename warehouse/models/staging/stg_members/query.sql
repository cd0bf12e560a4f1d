-- Everybody the store knows, buyer or not; joined_at and left_at say when they were members.
with
    cells as (
        select
            _file,
            _row,
            tidy_id(member_id) as member_id,
            tidy(name) as name,
            without_decimals(tidy_id(phone)) as phone,
            tidy(city) as city,
            tidy(province) as province,
            tidy_value(gender) as gender,
            tidy_value(birth_on) as birth_on,
            tidy_value(created_at) as created_at,
            tidy_value(joined_at) as joined_at,
            tidy(join_source) as join_source,
            tidy_value(left_at) as left_at,
            lower(tidy(pending)) as pending
        from raw_members
    ),

    words as (
        select
            *,
            case
                when pending in ('yes', 'y', 'true', '1', 'pending', 'not activated', 'inactive', '是', '待激活', '未激活')
                    then true
                when pending in ('no', 'n', 'false', '0', 'activated', 'active', '否', '已激活', '激活', '正常')
                    then false
            end as is_pending
        from cells
    ),

    typed as (
        select
            _file,
            _row,
            member_id,
            name,
            phone,
            city,
            province,
            as_gender(gender) as gender,
            as_day(birth_on) as birth_on,
            as_moment(created_at) as created_at,
            as_moment(joined_at) as joined_at,
            join_source,
            as_moment(left_at) as left_at,
            is_pending as pending,
            unread(pending, is_pending) as _pending_unread,
            unread(birth_on, as_day(birth_on)) as _birth_on_unread,
            unread(created_at, as_moment(created_at)) as _created_at_unread,
            unread(joined_at, as_moment(joined_at)) as _joined_at_unread,
            unread(left_at, as_moment(left_at)) as _left_at_unread
        from words
    )

select
    *,
    member_id as _key,
    -- A row that says the member left stays first, even if it cannot be read: leaving must not be lost (A1).
    -- Then one that knows of joining: it is of a later export than one that does not.
    row_number() over (
        partition by member_id
        order by _left_at_unread is null, left_at desc nulls last, joined_at is null, _file, _row
    ) as _copy,
    greatest(created_at, joined_at, left_at) as _latest_at
from typed
