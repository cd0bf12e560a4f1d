-- What was kept apart, and why: values masked, accounts counted, up to 20 of them named.
insert into snap.identity_conflicts
with
    torn as (
        select 'strong' as conflict, decided.strong_conflict as component, linked.account
        from decided
        inner join linked on linked.number = decided.number
        where decided.strong_conflict >= 0
        union all
        select 'weak' as conflict, decided.weak_conflict as component, linked.account
        from decided
        inner join linked on linked.number = decided.number
        where decided.weak_conflict >= 0
    ),

    told as (
        select
            torn.conflict,
            torn.component,
            links.kind,
            array_to_string(list_slice(list_sort(list(distinct masked(links."value"))), 1, 5), ', ') as "value"
        from torn
        inner join links on links.account = torn.account
        where links.kind in ('crm_id', 'unionid')
        group by torn.conflict, torn.component, links.kind
        having count(distinct links."value") > 1
    ),

    members as (
        select conflict, component, count(*) as accounts, list_slice(list_sort(list(account)), 1, 20) as examples
        from torn
        group by conflict, component
    )

select told.conflict, told.kind, told."value", members.accounts, members.examples
from told
inner join members on members.conflict = told.conflict and members.component = told.component
union all
select
    'shared' as conflict,
    shared.kind,
    masked(shared."value") as "value",
    any_value(shared.accounts) as accounts,
    list_slice(list_sort(list(distinct links.account)), 1, 20) as examples
from shared
inner join links on links.kind = shared.kind and links."value" = shared."value"
where shared.common
group by shared.kind, shared."value";
