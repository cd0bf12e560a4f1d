-- The macros of macros.sql for Spark, where the same text would not give the same answer. Patterns
-- are raw strings of Java's flavour: \z is the end (there $ also matches before a last line break),
-- classes are spelled out (there \s has one blank more), quotes are \x22 and \x27.

create or replace temp macro tidy(cell) as
    nullif(
        regexp_extract(
            cell, r'(?s)^[ \t\n\r\x{a0}\x{3000}\x{feff}]*(.*?)[ \t\n\r\x{a0}\x{3000}\x{feff}]*\z', 1
        ),
        ''
    );

create or replace temp macro unguarded(cell) as
    regexp_extract(
        cell,
        r'(?s)^[ \t\n\f\r\x{a0}\x{3000}\x{feff}]*(?:=\x22)?\x27?(.*?)\x22?[ \t\n\f\r\x{a0}\x{3000}\x{feff}]*\z',
        1
    );

create or replace temp macro tidy_id(cell) as
    nullif(unguarded(cell), '');

create or replace temp macro tidy_value(cell) as
    nullif(
        case
            when regexp_like(cell, r'^(?:[0-9]|[1-9][-0-9:., ]*[0-9]|0[.][0-9]*)\z') then cell
            else
                regexp_replace(
                    unguarded(cell), r'^(?i:null|none|nan|nat|-|--|无|无退款申请|0000-00-00[^\n]*)\z', ''
                )
        end,
        ''
    );

-- Java would read the digits of every script, DuckDB reads 0 to 9, and 1_000 as a thousand.
create or replace temp macro plain_number(text) as
    regexp_extract(
        regexp_replace(text, r'(?<=[0-9])_(?=[0-9])', ''),
        r'^[\t-\r]*([-+]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][-+]?[0-9]+)?)[\t-\r]*\z',
        1
    );

create or replace temp macro as_cents(cell) as
    cast(try_cast(plain_number(translate(cell, ',，¥￥元 ', '')) as decimal(16, 2)) * 100 as bigint);

create or replace temp macro as_count(cell) as
    case
        when try_cast(plain_number(translate(cell, ',， ', '')) as decimal(18, 4)) % 1 = 0
            then cast(try_cast(plain_number(translate(cell, ',， ', '')) as decimal(18, 4)) as bigint)
    end;

create or replace temp macro dashed(cell) as
    nullif(
        regexp_extract(
            translate(regexp_replace(cell, r'^([0-9]{4})([0-9]{2})([0-9]{2})\z', '$1-$2-$3'), '/年月日', '---'),
            r'^[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}(?:(?:T| +)[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]+)?)?(?:Z| UTC|[-+](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)?)?\z',
            0
        ),
        ''
    );

-- What the clock on the wall shows; 24:00 is the next midnight.
create or replace temp macro wall_clock(dash) as
    case
        when regexp_like(dash, r'[ T]24:0?0(?::0?0(?:[.]0+)?)?(?:\z|[-+ZU ])')
            then
                try_cast(regexp_extract(dash, r'^[-0-9]+', 0) as timestamp_ntz) + interval 1 day
        else
            try_cast(
                regexp_replace(
                    regexp_extract(dash, r'^[-0-9]+(?:(?:T| +)[0-9:.]+)?', 0), r'T| +', ' '
                ) as timestamp_ntz
            )
    end;

-- From the clock on the wall of the source's zone to UTC. Java takes the first of an hour that comes
-- twice; the second is the one that, with the offset of a day later, still shows the same clock.
create or replace temp macro zone_to_utc(wall) as
    case
        when
            from_utc_timestamp(to_utc_timestamp(wall + interval 1 day, getvariable('timezone')) - interval 1 day, getvariable('timezone'))
            = cast(wall as timestamp_ltz)
            then cast(to_utc_timestamp(wall + interval 1 day, getvariable('timezone')) - interval 1 day as timestamp_ntz)
        else cast(to_utc_timestamp(wall, getvariable('timezone')) as timestamp_ntz)
    end;

create or replace temp macro moment_of(dash) as
    case
        when regexp_like(dash, r'(?:Z|UTC)\z') then wall_clock(dash)
        when regexp_like(dash, r':[0-9.]+[-+][0-9:]+\z')
            then
                wall_clock(dash)
                - make_dt_interval(
                    0,
                    cast(regexp_extract(dash, r'([-+][0-9]{2}):?[0-9]*\z', 1) as int),
                    cast(
                        concat(
                            regexp_extract(dash, r'([-+])[0-9]{2}:?[0-9]*\z', 1),
                            '0',
                            regexp_extract(dash, r'[-+][0-9]{2}:?([0-9]*)\z', 1)
                        ) as int
                    )
                )
        else zone_to_utc(wall_clock(dash))
    end;

create or replace temp macro as_moment(cell) as
    moment_of(dashed(cell));

create or replace temp macro as_day(cell) as
    try_cast(nullif(regexp_extract(dashed(cell), r'^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}', 0), '') as date);

create or replace temp macro undialable(address) as
    contains(address, '**')
    or contains(address, '＊＊')
    or contains(lower(address), 'xxxx')
    or regexp_like(address, r'^[+0-9 ]{7,}(-|转|,|#)[0-9]{1,6}\z');

create or replace temp macro like_a_number(address) as
    regexp_like(translate(address, ' -.()（）', ''), r'^[+]?[0-9]{5,15}\z');
