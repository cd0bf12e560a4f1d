-- The macros of macros.sql for Spark, where the same text would not give the same answer. Patterns
-- are raw strings of Java's flavour: \z is the end (there $ also matches before a last line break),
-- classes are spelled out (there \s has one blank more), quotes are \x22 and \x27.

create or replace temp macro means_nothing(word) as
    regexp_like(
        word,
        r'^(?i:null|\\n|none|nan|nat|n/a|<na>|#(?:n/a|ref!|value!|name[?]|div/0!|null!|num!|spill!|calc!)|[-－—–]+|无|空|暂无|合计|小计|总计|累计|汇总|(?:grand |sub)?total)\z'
    );

create or replace temp macro tidy_text(cell) as
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

create or replace temp macro tidy_value(cell) as
    nullif(
        case
            when regexp_like(cell, r'^(?:[0-9]|[1-9][-0-9:., ]*[0-9]|0[.][0-9]*)\z') then cell
            when means_nothing(unguarded(cell)) then null
            else regexp_replace(unguarded(cell), r'^(?:无退款申请|0000-00-00[^\n]*)\z', '')
        end,
        ''
    );

create or replace temp macro digits_of(cell) as
    nullif(
        translate(
            regexp_extract(
                translate(cell, '，¥￥元', ','),
                r'^ *[-+]? *(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[.][0-9])(?:[.]?[0-9]*)(?:[eE][-+]?[0-9]+)? *\z',
                0
            ),
            ', ',
            ''
        ),
        ''
    );

create or replace temp macro as_cents(cell) as
    cast(try_cast(digits_of(cell) as decimal(11, 2)) * 100 as bigint);

create or replace temp macro exact_amount(cell) as
    case when as_cents(cell) is not null then try_cast(digits_of(cell) as decimal(18, 6)) end;

create or replace temp macro as_count(cell) as
    case
        when try_cast(digits_of(cell) as decimal(18, 4)) % 1 = 0
            then cast(try_cast(digits_of(cell) as decimal(9, 0)) as bigint)
    end;

create or replace temp macro dashed(cell) as
    nullif(
        regexp_extract(
            translate(
                regexp_replace(
                    regexp_replace(cell, r'^([0-9]{4})([0-9]{2})([0-9]{2})\z', '$1-$2-$3'),
                    r'(:[0-9.]+) +([-+Z])',
                    '$1$2'
                ),
                '/年月日',
                '---'
            ),
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
    case
        when regexp_like(cell, r'^.*[0-9] ?(?:Z|UTC|[-+][0-9]{2}:?(?:[0-9]{2})?)\z') and contains(cell, ':')
            then cast(from_utc_timestamp(moment_of(dashed(cell)), getvariable('timezone')) as date)
        else try_cast(nullif(regexp_extract(dashed(cell), r'^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}', 0), '') as date)
    end;

create or replace temp macro names_an_order(cell) as
    regexp_like(cell, r'^[0-9]{10,20}\z');

create or replace temp macro undialable(address) as
    contains(address, '**')
    or contains(address, '＊＊')
    or contains(lower(address), 'xxxx')
    or regexp_like(address, r'^[+0-9 ]{7,}(-|转|,|#)[0-9]{1,6}\z');

create or replace temp macro like_a_number(address) as
    regexp_like(translate(address, ' -.()（）', ''), r'^[+]?[0-9]{5,15}\z');

create or replace temp macro without_decimals(address) as
    case
        when regexp_like(address, r'^[+]?[0-9][- 0-9]{5,15}[0-9][.]0*\z') then regexp_extract(address, r'^[^.]+', 0)
        else address
    end;
