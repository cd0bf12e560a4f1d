-- What waits for a person: why, on which decision, and until when. Open as long as messages of the play wait.
create table approval_requests (
    run_id text not null references runs (run_id),
    play text not null,
    calendar text not null,
    decision_sha text not null,
    why text not null,
    plan text,
    requested_at {moment} not null,
    until {moment} not null,
    primary key (run_id, play)
);
create index approval_requests_by_calendar on approval_requests (calendar, until);
-- Answers that came through a form: each counts once, however often its run starts again.
create table approval_answers (
    run_id text not null references runs (run_id),
    source text not null,
    refused text not null,
    at {moment} not null,
    primary key (run_id, source)
);
