-- Members who were erased: the digest of an id keeps him out of later snapshots, the pseudonym stands where he stood.
create table erasures (
    digest text not null primary key,
    pseudonym text not null,
    erased_at {moment} not null
);
