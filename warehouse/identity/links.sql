-- What links accounts, as known at as_of, and only where two accounts share it. Identifiers that more
-- accounts share than one person has (a shop's counter phone, a test value) link nobody.
create or replace temp table links as
select member_id as account, kind, "value", kind in ('crm_id', 'unionid', 'open_uid') as strong
from snap.stg_identities
where "at" is null or "at" < $as_of;

-- An account whose own id is what another account is known by: the CRM account itself, or the buyer
-- whom orders name by open_uid.
insert into links
with
    named as (select distinct kind, "value" from links where strong and "value" <> account),

    own as (
        select members.member_id as account, named.kind, members.member_id as "value"
        from snap.stg_members as members
        inner join named on named."value" = members.member_id
    )

select own.account, own.kind, own."value", true
from own
anti join links on links.account = own.account and links.kind = own.kind;

create or replace temp table shared as
select
    kind,
    "value",
    strong,
    accounts,
    accounts > case when strong then $most_strong else $most_weak end or stands_for_nobody("value") as common
from (
    select kind, "value", any_value(strong) as strong, count(*) as accounts
    from links
    group by kind, "value"
)
where accounts > 1;

create or replace temp table joining as
select kind, "value", strong, row_number() over () - 1 as number
from shared
where not common;

create or replace temp table linked as
select account, row_number() over () - 1 as number
from (select distinct account from links semi join joining using (kind, "value"));
