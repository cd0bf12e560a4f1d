-- Tiers people set by hand; a row ends when it is cleared, replaced or runs out.
create table tier_overrides (
    seq {sequence_key},
    member_id text not null,
    tier text not null,
    set_at {moment} not null,
    until {moment},
    reason text not null,
    by text not null
);
create index tier_overrides_member on tier_overrides (member_id);
