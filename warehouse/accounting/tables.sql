create or replace temp table given (
    key varchar, calendar varchar, phase varchar, member_id varchar, benefit varchar, granted_at timestamp,
    valid_until timestamp, cost_cents bigint, own_costs bigint[], known_open bigint, known_spent bigint,
    known_used_at timestamp, known_assumed bool, known_release varchar, earned_by varchar, lost bool
);
create or replace temp table rules (
    benefit varchar, seen_in varchar, costs bigint[], comes_back bool, off_basket bool, rate bigint, since timestamp,
    amount_cents bigint, items bigint, points bigint, by_lines bool, goods varchar[], most_cents bigint, of_pieces bigint,
    share bigint, staged bool, paid_out_cents bigint, children bigint, kept bool
);
create or replace temp table issues (benefit varchar, until timestamp, on_success bool);
create or replace temp table earned (
    key varchar, order_id varchar, lost bool, issued_at timestamp, ends_at timestamp
);
create or replace temp table spans (benefit varchar, of_what varchar, starts_at timestamp, ends_at timestamp)
