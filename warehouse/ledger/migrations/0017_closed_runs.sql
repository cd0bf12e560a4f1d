-- The counts of runs of which no message moves any more: a status that counts them anew reads every job there ever was.
create table closed_runs (
    run_id text not null primary key references runs (run_id),
    counts text not null,
    stopped text not null
);
-- What moves all the same, a late receipt, opens its run again, whoever writes it. The lock keeps a run from being
-- closed on counts that are changing.
{postgresql}create function reopen_run() returns trigger language plpgsql as $$ begin perform 1 from runs where run_id = old.run_id for update; delete from closed_runs where run_id = old.run_id; return null; end $$;
{postgresql}create trigger jobs_reopen after update of status on jobs for each row when (old.status in ('sent', 'failed', 'cancelled') and new.status <> old.status) execute function reopen_run();
{sqlite}create trigger jobs_reopen after update of status on jobs when old.status in ('sent', 'failed', 'cancelled') and new.status <> old.status begin delete from closed_runs where run_id = old.run_id; end;
