-- What the platform calls a benefit that was set up there; parts are the coupons of a pack, or tiers.
create table platform_ids (
    calendar text not null,
    benefit text not null,
    part text not null,
    platform_id text not null,
    set_at {moment} not null,
    primary key (calendar, benefit, part)
);
