create or replace table snap.quarantine (
    dataset varchar, source_file varchar, source_row bigint, key varchar, rule varchar, severity varchar,
    row_json varchar, subject varchar
);
create or replace table snap.duplicates (
    dataset varchar, source_file varchar, source_row bigint, key varchar, identical boolean, row_json varchar,
    subject varchar
);
create or replace table failing_rows (
    position integer, rule varchar, severity varchar, is_copy boolean, _file varchar, _row bigint
);
