-- The name of every person of several accounts: an account the members source knows before one it does
-- not, the CRM account itself before others, then the first by id.
create or replace temp table persons as
select account, person
from (
    select linked.account, decided.person, count(*) over (partition by decided.person) as accounts
    from linked
    inner join decided on decided.number = linked.number
)
where accounts > 1;

insert into snap.member_map
with
    crm as (
        select distinct persons.person, links."value" as account
        from links
        inner join persons on persons.account = links.account
        where links.kind = 'crm_id'
    ),

    known as (
        select persons.account
        from persons
        semi join snap.stg_members as members on members.member_id = persons.account
    ),

    judged as (
        select
            persons.account,
            persons.person,
            row(known.account is null, crm.account is null, persons.account) as turn
        from persons
        left join known on known.account = persons.account
        left join crm on crm.person = persons.person and crm.account = persons.account
    ),

    named as (select person, arg_min(account, turn) as member_id from judged group by person)

select judged.account as account_id, named.member_id
from judged
inner join named on named.person = judged.person
where judged.account <> named.member_id;
