create or replace temp table cap_rules (
    rule int, channel varchar, counted varchar, per interval, most bigint, package bool,
    calendar varchar, phase varchar, since timestamp, until timestamp
)
