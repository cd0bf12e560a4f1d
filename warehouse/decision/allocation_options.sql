create or replace temp table allocation_options (
    option int, channel int, benefit int, reason varchar, kept_for varchar
)
