-- What was spent beside benefits and messages of ours: winning customers, clicks, gifts (A7).
with
    cells as (
        select
            _file,
            _row,
            tidy_id(kind) as kind,
            tidy(channel) as channel,
            tidy_value(amount) as amount,
            tidy_value("at") as "at",
            tidy_value(clicks) as clicks,
            tidy_id(cost_id) as cost_id
        from raw_costs
    ),

    typed as (
        select
            _file,
            _row,
            kind,
            case
                when lower(kind) in ('acquisition', '获客', '拉新', '招募', '拉新费用', '获客费用', '招募费用') then 'acquisition'
                when lower(kind) in ('advertising', 'ads', 'ad', '广告', '推广', '投放', '直通车', '万相台', '引力魔方', '推广费用', '广告费用') then 'advertising'
                when lower(kind) in ('gifts', 'gift', '礼品', '赠品', '积分礼品', '礼品费用') then 'gifts'
                when lower(kind) in ('messages', 'message', '短信', '触达', '短信费用') then 'messages'
                when kind is not null then 'other'
            end as counts_as,
            channel,
            as_cents(amount) as amount_cents,
            as_moment("at") as "at",
            as_count(clicks) as clicks,
            cost_id,
            unread(amount, as_cents(amount)) as _amount_unread,
            unread("at", as_moment("at")) as _at_unread,
            unread(clicks, as_count(clicks)) as _clicks_unread
        from cells
    )

select
    *,
    case when counts_as = 'other' and lower(kind) not in ('other', '其他', '其它') then kind end as _kind_unknown,
    kind || coalesce(' / ' || channel, '') || coalesce(' / ' || cast("at" as varchar), '') || coalesce(' / ' || cost_id, '') as _key,
    row_number() over (partition by kind, channel, "at", cost_id order by _file desc, _row desc) as _copy
from typed
