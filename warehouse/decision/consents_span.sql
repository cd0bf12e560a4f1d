-- They hold from the last word before the moment up to the next one that the snapshot knows.
set variable consents_from = (
    select coalesce(max("at"), getvariable('consents_from'), timestamp '-infinity')
    from words_ahead where "at" <= $at::timestamp
);

set variable consents_until = (
    select coalesce(min("at"), timestamp 'infinity') from words_ahead where "at" > $at::timestamp
)
