create or replace table snap.member_map (account_id varchar, member_id varchar);
create or replace table snap.identity_conflicts (
    conflict varchar, kind varchar, "value" varchar, accounts bigint, examples varchar[]
);
comment on table snap.member_map is 'one row per account whose person has another name: account_id counts as member_id';
comment on table snap.identity_conflicts is 'one row per component or identifier that joined nobody; values are masked';
