-- What became of every grant: until when it may be used, what of it is still owed, what its use cost, why it came back.
alter table grants add column valid_until {moment};
alter table grants add column open_cents bigint not null default 0;
alter table grants add column spent_cents bigint not null default 0;
alter table grants add column used_at {moment};
alter table grants add column assumed boolean not null default false;
alter table grants add column release text;
update grants set open_cents = cost_cents where released_at is null;
update grants set release = 'stopped' where released_at is not null;
drop index grants_use;
create index grants_use on grants (calendar, pool, benefit, granted_at, position, open_cents, spent_cents) where released_at is null;
-- On which data a calendar's grants were last looked at.
create table books (
    calendar text not null primary key,
    known_at {moment} not null,
    basis text not null,
    strays text not null
);
