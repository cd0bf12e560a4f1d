-- What a plan that was applied said its phases and plays would bring, as JSON, so that it is held against what they did bring.
create table forecasts (
    checksum text not null references plans (checksum),
    phase text not null,
    play text not null,
    calendar text not null,
    store text not null,
    kept_at {moment} not null,
    body text not null,
    primary key (checksum, phase, play)
);
