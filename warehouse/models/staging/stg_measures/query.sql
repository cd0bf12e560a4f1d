-- Measures of the platform against the store: what is closed from which local day to which (A1#27).
with
    cells as (
        select
            _file,
            _row,
            lower(tidy(kind)) as kind,
            lower(tidy(channels)) as channels,
            tidy_value(starts_on) as starts_on,
            tidy_value(ends_on) as ends_on,
            tidy(reason) as reason
        from raw_measures
    ),

    typed as (
        select
            _file,
            _row,
            case
                when kind in ('messages', '限制发送站内信', '限制站内信', '站内信') then 'messages'
                when kind in ('chat', '限制旺旺', '限制使用旺旺', '旺旺') then 'chat'
                when kind in ('community', '限制社区功能', '限制社区', '社区') then 'community'
                when kind in ('hidden', '店铺屏蔽', '屏蔽店铺', '屏蔽') then 'hidden'
                when kind in ('closed', '关闭店铺', '关店', '查封账户', '查封', '限制登录') then 'closed'
                when kind in ('recruiting', '失去招募能力', '限制招募', '招募') then 'recruiting'
            end as kind,
            channels,
            as_day(starts_on) as starts_on,
            as_day(ends_on) as ends_on,
            reason,
            kind as written_kind,
            unread(starts_on, as_day(starts_on)) as _starts_on_unread,
            unread(ends_on, as_day(ends_on)) as _ends_on_unread
        from cells
    )

select
    typed.* exclude (written_kind, ends_on, _ends_on_unread),
    -- An end before its start is none: the measure holds until further notice.
    case when ends_on >= starts_on then ends_on end as ends_on,
    case when ends_on < starts_on then cast(ends_on as varchar) else _ends_on_unread end as _ends_on_unread,
    case when written_kind is not null and kind is null and channels is null then true end as _kind_unknown,
    case when kind is null and channels is not null then written_kind end as _kind_unread,
    case when written_kind is null and channels is null then true end as _closes_nothing,
    coalesce(kind, channels) || ' / ' || cast(starts_on as varchar) as _key,
    row_number() over (
        partition by kind, channels, starts_on
        order by ends_on desc nulls first, _file, _row
    ) as _copy
from typed
