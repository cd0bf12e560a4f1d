create or replace temp table given (
    key varchar, member_id varchar, benefit varchar, granted_at timestamp, valid_until timestamp, cost_cents bigint,
    known_open bigint, known_spent bigint, known_used_at timestamp, known_assumed bool, known_release varchar
);
create or replace temp table rules (
    benefit varchar, seen_in varchar, costs bigint[], comes_back bool, off_basket bool,
    amount_cents bigint, items bigint, points bigint
)
