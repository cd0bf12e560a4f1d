-- Reading what people and exports write (B1). Every macro gives null for what it cannot read, so
-- that a rule finds it and the quarantine names it; nothing is guessed. Queries apply them in two
-- steps, cells first and values from cells, because a macro repeats its argument wherever it uses it.

-- Cells that need no mending are recognised first, which is far cheaper than mending all of them.
-- The mending branch names its cell once: a repeated expression would be computed for every row.

-- A cell without the blanks around it (no-break, ideographic and byte-order marks too); empty is null.
create or replace temp macro tidy(cell) as
    nullif(
        case
            when regexp_full_match(cell, '[0-9A-Za-z]*') then cell
            else trim(cell, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279))
        end,
        ''
    );

-- Ids stay text: 18 digits survive neither a float nor a spreadsheet, which is why exports
-- guard them as ="2016…" or '138….
create or replace temp macro tidy_id(cell) as
    nullif(
        case
            when regexp_full_match(cell, '[-_0-9A-Za-z]*') then cell
            else
                regexp_extract(
                    cell,
                    '(?s)^[\s\x{a0}\x{3000}\x{feff}]*(?:=")?''?(.*?)"?[\s\x{a0}\x{3000}\x{feff}]*$',
                    1
                )
        end,
        ''
    );

-- A cell that should hold a number or a date, without the words exports write for nothing.
create or replace temp macro tidy_value(cell) as
    nullif(
        case
            when regexp_full_match(cell, '[1-9][-0-9:., ]*|0([.][0-9]*)?') then cell
            else
                regexp_replace(
                    regexp_extract(
                        cell,
                        '(?s)^[\s\x{a0}\x{3000}\x{feff}]*(?:=")?''?(.*?)"?[\s\x{a0}\x{3000}\x{feff}]*$',
                        1
                    ),
                    '^((?i)null|none|nan|nat|-|--|无|无退款申请|0000-00-00.*)$',
                    ''
                )
        end,
        ''
    );

-- From here on the argument is a tidy cell.

-- 1,234.50 | ¥12 | 12.5元 -> cents, half away from zero.
create or replace temp macro as_cents(cell) as
    (try_cast(translate(cell, ',，¥￥元 ', '') as decimal(18, 2)) * 100)::bigint;

create or replace temp macro as_count(cell) as
    case
        when try_cast(translate(cell, ',， ', '') as decimal(18, 4)) % 1 = 0
            then try_cast(translate(cell, ',， ', '') as decimal(18, 4))::bigint
    end;

-- 2026/3/8 10:00 | 2026年3月8日 10:00 | 20260308 -> dashes; anything not starting with a year is no date.
create or replace temp macro dashed(cell) as
    case
        when regexp_full_match(cell, '[0-9]{4}-[-0-9:.+ TZ]*') then cell
        when regexp_matches(cell, '^[0-9]{4}[^0-9]|^[0-9]{8}$')
            then
                translate(
                    regexp_replace(cell, '^([0-9]{4})([0-9]{2})([0-9]{2})$', '\1-\2-\3'), '/年月日', '---'
                )
    end;

-- A moment with an offset is taken at its word; one without is read in the session's time zone,
-- which the build sets to that of the source. Result: naive UTC.
create or replace temp macro as_moment(cell) as
    timezone('UTC', try_cast(dashed(cell) as timestamptz));

create or replace temp macro as_day(cell) as
    try_cast(nullif(regexp_extract(dashed(cell), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}'), '') as date);

-- The text of a cell that is there and could not be read.
create or replace temp macro unread(cell, value) as
    case when value is null then cell end;
