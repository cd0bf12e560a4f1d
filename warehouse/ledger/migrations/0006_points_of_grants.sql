-- Points a grant asks of its member: spent as far as we know until the points source has caught up.
alter table grants add column points bigint not null default 0;
