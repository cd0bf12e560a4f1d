-- Persons as known at the moment of measuring. Who joined again after leaving is back; of the time before nothing is
-- known. `store` is the region, `channel` where they joined.
create or replace temp table m_members as
select
    member_id,
    case when joined_at < $as_of then joined_at end as joined_at,
    case
        when left_at < $as_of and not coalesce(joined_at > left_at and joined_at < $as_of, false) then left_at
    end as left_at,
    coalesce(province, '') as store,
    case when joined_at < $as_of then coalesce(join_source, '') end as channel,
    coalesce(pending, false) as pending,
    created_at
from snap.stg_members
where created_at is null or created_at < $as_of or joined_at < $as_of
