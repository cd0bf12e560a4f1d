-- Duties of people that are done: by whom and when. What is undone again leaves no row; the audit log tells both.
create table duty_ticks (
    calendar text not null,
    duty text not null,
    by text not null,
    done_at {moment} not null,
    primary key (calendar, duty)
);
