-- Members nobody may contact; channel '' stands for every channel.
create table suppressions (
    member_id text not null,
    channel text not null,
    reason text not null,
    suppressed_at {moment} not null,
    primary key (member_id, channel)
);
