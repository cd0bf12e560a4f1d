-- The columns of `PastResult`, in its order.
create table results (
    calendar varchar,
    store varchar,
    phase varchar,
    play varchar,
    kind varchar,
    starts_at timestamp,
    ends_at timestamp,
    contacted bigint,
    buyers bigint,
    sales_cents bigint,
    granted bigint,
    redemptions bigint,
    worst_cents bigint,
    benefit_cents bigint,
    message_cents bigint,
    currency varchar default '' -- not in files of an earlier promocal
)
