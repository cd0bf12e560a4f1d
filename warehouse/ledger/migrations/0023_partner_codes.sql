-- Codes of partners that were handed out, by their digest: the codes themselves stay in the file they came in.
create table partner_codes (
    partner text not null,
    digest text not null,
    intent_key text not null references jobs (intent_key),
    taken_at {moment} not null,
    primary key (partner, digest),
    constraint partner_codes_one_per_intent unique (intent_key)
);
