with
    links as (
        select kind, "value", count(*) as accounts
        from snap.stg_identities
        where "at" is null or "at" < $as_of
        group by kind, "value"
    )

select
    kind,
    kind in ('crm_id', 'unionid', 'open_uid') as strong,
    sum(accounts)::bigint as identifiers,
    count(*) as distinct_values,
    count(*) filter (accounts > 1) as shared
from links
group by kind
order by not strong, kind
