-- Persons as known at the moment of measuring. Who joined again after leaving is back; of the time before nothing is
-- known. `store` is the region. `channel` is where they joined; where the source does not say, the place they last
-- touched within the 7 days before.
create or replace temp table m_members as
with
    known as (
        select
            member_id,
            case when joined_at < $as_of then joined_at end as joined_at,
            case
                when left_at < $as_of and not coalesce(joined_at > left_at and joined_at < $as_of, false) then left_at
            end as left_at,
            coalesce(province, '') as store,
            case when joined_at < $as_of then join_source end as join_source,
            coalesce(pending, false) as pending,
            created_at
        from snap.stg_members
        where created_at is null or created_at < $as_of or joined_at < $as_of
    )

select
    m.* exclude (join_source),
    /*if places*/
    coalesce(m.join_source, case when e."at" >= m.joined_at - interval 7 days then e.position end, '') as channel
    /*else*/
    coalesce(m.join_source, '') as channel
    /*end*/
from known as m
/*if places*/
asof left join (
    select member_id, "at", position from snap.stg_events where position is not null and "at" < $as_of
) as e on e.member_id = m.member_id and m.joined_at >= e."at"
/*end*/
