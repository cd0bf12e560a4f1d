-- Reading what people and exports write (B1). Every macro gives null for what it cannot read, so
-- that a rule finds it and the quarantine names it; nothing is guessed. Queries apply them in two
-- steps, cells first and values from cells, because a macro repeats its argument wherever it uses it.

-- Cells that need no mending are recognised first, which is far cheaper than mending all of them.
-- The mending branch names its cell once: a repeated expression would be computed for every row.

-- Words of spreadsheets and databases for "nothing", and of reports for "all of it": never an id, a name,
-- a number or a day of anybody, in any dataset.
create or replace temp macro means_nothing(word) as
    regexp_full_match(
        word,
        '(?i)null|\\n|none|nan|nat|n/a|[<]na[>]|#(n/a|ref!|value!|name[?]|div/0!|null!|num!|spill!|calc!)|[-－—–]+|无|空|暂无|合计|小计|总计|累计|汇总|(grand |sub)?total'
    );

-- A cell without the blanks around it (no-break, ideographic and byte-order marks too); empty is null.
create or replace temp macro tidy_text(cell) as
    nullif(
        case
            when regexp_full_match(cell, '[0-9A-Za-z]*') then cell
            else trim(cell, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279))
        end,
        ''
    );

-- A text people read, or a word with a meaning; of a word that means nothing, nothing.
create or replace temp macro tidy(cell) as
    case when not means_nothing(tidy_text(cell)) then tidy_text(cell) end;

-- What stands behind the guards that keep a spreadsheet from reading a number: ="2016…" or '138….
create or replace temp macro unguarded(cell) as
    case
        when regexp_full_match(cell, '[-_0-9A-Za-z]*') then cell
        else
            regexp_extract(
                cell, '(?s)^[\s\x{a0}\x{3000}\x{feff}]*(?:=")?''?(.*?)"?[\s\x{a0}\x{3000}\x{feff}]*$', 1
            )
    end;

-- Ids stay text: 18 digits survive neither a float nor a spreadsheet.
create or replace temp macro tidy_id(cell) as
    case when not means_nothing(unguarded(cell)) then nullif(unguarded(cell), '') end;

-- A cell that should hold a number or a date, without the words exports write for nothing.
create or replace temp macro tidy_value(cell) as
    nullif(
        case
            when regexp_full_match(cell, '[0-9]|[1-9][-0-9:., ]*[0-9]|0[.][0-9]*') then cell
            when means_nothing(unguarded(cell)) then null
            else regexp_replace(unguarded(cell), '^(无退款申请|0000-00-00.*)$', '')
        end,
        ''
    );

-- From here on the argument is a tidy cell.

-- The digits of 1,234.50 | ¥12 | 12.5元 | 1 234, point and sign, without the marks between thousands. A mark
-- that stands elsewhere makes it unreadable: 19,99 is nineteen to one reader and two thousand to another.
create or replace temp macro digits_of(cell) as
    case
        when regexp_full_match(cell, '[0-9]+([.][0-9]*)?') then cell
        else
            nullif(
                translate(
                    regexp_extract(
                        translate(cell, '，¥￥元', ','),
                        '^ *[-+]? *(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[.][0-9])(?:[.]?[0-9]*)(?:[eE][-+]?[0-9]+)? *$'
                    ),
                    ', ',
                    ''
                ),
                ''
            )
    end;

-- An amount -> cents, half away from zero. A thousand million and more is no amount but an id in the wrong
-- column: no sum of ten million such rows may leave the range of a bigint. The second cast says so, for
-- with an exponent the first one does not look.
create or replace temp macro as_cents(cell) as
    (try_cast(try_cast(digits_of(cell) as decimal(18, 2)) as decimal(11, 2)) * 100)::bigint;

-- The same to the millionth of a yuan, for sums and products that are rounded once at their end.
create or replace temp macro exact_amount(cell) as
    case when as_cents(cell) is not null then try_cast(digits_of(cell) as decimal(18, 6)) end;

-- A refund that is more than the amount by a rounding, a fee or the postage: up to a tenth of the amount, or 20.00.
create or replace temp macro just_above(refund, amount) as
    refund > amount and amount >= 0 and (refund - amount <= 2000 or (refund - amount) * 10 <= amount);

-- Pieces or points, whole numbers below a thousand million.
create or replace temp macro as_count(cell) as
    case
        when try_cast(digits_of(cell) as decimal(18, 4)) % 1 = 0
            then try_cast(try_cast(digits_of(cell) as decimal(18, 4)) as decimal(9, 0))::bigint
    end;

-- 2026/3/8 10:00 | 2026年3月8日 10:00 | 20260308 -> dashes; of anything else nothing: not the zone names
-- (CST is Chicago to one reader and Shanghai to another), no years before 1000.
create or replace temp macro dashed(cell) as
    case
        when regexp_full_match(cell, '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?') then cell
        else
            nullif(
                regexp_extract(
                    translate(
                        regexp_replace(
                            regexp_replace(cell, '^([0-9]{4})([0-9]{2})([0-9]{2})$', '\1-\2-\3'),
                            '(:[0-9.]+) +([-+Z])',
                            '\1\2'
                        ),
                        '/年月日',
                        '---'
                    ),
                    '^[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}(?:(?:T| +)[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]+)?)?(?:Z| UTC|[-+](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)?)?$'
                ),
                ''
            )
    end;

-- A moment with an offset is taken at its word; one without is read in the session's time zone, which
-- the build sets to that of the source: an hour that was skipped is read as one hour later, of an hour
-- that comes twice the second one is meant. Result: naive UTC.
create or replace temp macro as_moment(cell) as
    timezone('UTC', try_cast(dashed(cell) as timestamptz));

-- A day made of a moment with an offset is the day in the source's zone: a birthday exported as
-- 1990-05-19T16:00:00Z is the 20th in Shanghai.
create or replace temp macro as_day(cell) as
    case
        when regexp_full_match(cell, '.*[0-9] ?(Z|UTC|[-+][0-9]{2}:?([0-9]{2})?)') and contains(cell, ':')
            then try_cast(dashed(cell) as timestamptz)::date
        else try_cast(nullif(regexp_extract(dashed(cell), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}'), '') as date)
    end;

-- The text of a cell that is there and could not be read.
create or replace temp macro unread(cell, value) as
    case when value is null then cell end;

-- States of an order as exports and platforms write them (B1). 交易成功 is the only success.
create or replace temp macro as_order_state(cell) as
    case
        when cell is null then null
        when lower(cell) in ('unpaid', 'paid', 'shipped', 'success', 'closed') then lower(cell)
        when cell in ('交易成功', '已完成', 'TRADE_FINISHED', 'TRADE_SUCCESS') then 'success'
        when
            starts_with(cell, '交易关闭')
            or cell in ('已取消', '已关闭', 'TRADE_CLOSED', 'TRADE_CLOSED_BY_TAOBAO', 'TRADE_CLOSE')
            then 'closed'
        when
            starts_with(cell, '等待买家付款')
            or cell in ('待付款', 'WAIT_BUYER_PAY', 'TRADE_NO_CREATE_PAY', 'PAY_PENDING')
            then 'unpaid'
        when
            starts_with(cell, '卖家已发货')
            or cell in ('已发货', 'WAIT_BUYER_CONFIRM_GOODS', 'TRADE_BUYER_SIGNED')
            then 'shipped'
        when
            starts_with(cell, '买家已付款')
            or cell in ('待发货', 'WAIT_SELLER_SEND_GOODS', 'SELLER_CONSIGNED_PART')
            then 'paid'
    end;

-- Stages of an order that is paid in two parts (B1): ours, the interface's step_trade_status, and words of reports.
create or replace temp macro as_order_stage(cell) as
    case
        when cell is null then null
        when lower(cell) in ('deposit_unpaid', 'deposit_paid', 'balance_paid') then lower(cell)
        when cell = 'FRONT_NOPAID_FINAL_NOPAID' then 'deposit_unpaid'
        when cell = 'FRONT_PAID_FINAL_NOPAID' then 'deposit_paid'
        when cell = 'FRONT_PAID_FINAL_PAID' then 'balance_paid'
        when contains(cell, '定金未付') or contains(cell, '未付定金') or contains(cell, '待付定金') then 'deposit_unpaid'
        when contains(cell, '尾款未付') or contains(cell, '未付尾款') or contains(cell, '待付尾款') then 'deposit_paid'
        when contains(cell, '尾款已付') or contains(cell, '已付尾款') then 'balance_paid'
        when contains(cell, '定金已付') or contains(cell, '已付定金') then 'deposit_paid'
    end;

-- A number as orders have it.
create or replace temp macro names_an_order(cell) as
    regexp_full_match(cell, '[0-9]{10,20}');

-- States of a refund (B1, the interface's words too). Only 退款成功 means that the money went back.
create or replace temp macro as_refund_state(cell) as
    case
        when cell is null then null
        when lower(cell) in ('requested', 'success', 'closed') then lower(cell)
        when cell in ('退款成功', '退款完成', '已退款', 'SUCCESS') then 'success'
        when starts_with(cell, '退款关闭') or cell in ('已关闭', '已取消', '已撤销', 'CLOSED') then 'closed'
        when
            starts_with(cell, '买家已经申请退款')
            or starts_with(cell, '卖家已经同意退款')
            or starts_with(cell, '买家已经退货')
            or starts_with(cell, '卖家拒绝退款')
            or cell in ('退款中', '待商家处理', '待商家收货', '待买家退货', '退款待处理')
            or cell in (
                'WAIT_SELLER_AGREE', 'WAIT_BUYER_RETURN_GOODS', 'WAIT_SELLER_CONFIRM_GOODS', 'SELLER_REFUSE_BUYER'
            )
            then 'requested'
    end;

-- Any other word (保密, unknown) is no gender that anybody could ask for.
create or replace temp macro as_gender(cell) as
    case
        when lower(cell) in ('female', 'f', 'woman', 'w') or cell in ('女', '女性', '女士') then 'female'
        when lower(cell) in ('male', 'm', 'man') or cell in ('男', '男性', '先生') then 'male'
    end;

-- Entries of a points ledger: what they are called, and the sign they have to have (A6).
create or replace temp macro as_points_kind(cell) as
    case
        when lower(cell) in ('earn', 'redeem', 'expire', 'adjust', 'refund', 'referral', 'play') then lower(cell)
        when cell in ('发放', '获得', '赠送', '消费获得') then 'earn'
        when cell in ('签到', '打卡', '评价', '晒单', '分享', '完善资料', '互动') then 'play'
        when cell in ('兑换', '使用', '消耗', '抵扣') then 'redeem'
        when cell in ('过期', '失效', '作废') then 'expire'
        when cell in ('调整', '手工调整') then 'adjust'
        when cell in ('扣回', '退款扣回', '退货扣回') then 'refund'
        when cell in ('推荐', '邀请', '老带新') then 'referral'
    end;

-- Whether a review was approved; only what was refused is no review.
create or replace temp macro as_approval(cell) as
    case
        when lower(cell) in ('yes', 'y', 'true', '1', 'approved', 'passed') or cell in ('是', '通过', '已通过', '审核通过', '已审核')
            then true
        when lower(cell) in ('no', 'n', 'false', '0', 'refused', 'rejected', 'pending')
            or cell in ('否', '不通过', '未通过', '审核不通过', '待审核')
            then false
    end;

-- A phone that nobody can dial: masked (138****8000), or a privacy number of the platform with its
-- extension. Numbers in orders are of that kind since platforms encrypt them (B1).
create or replace temp macro undialable(address) as
    contains(address, '**')
    or contains(address, '＊＊')
    or contains(lower(address), 'xxxx')
    or regexp_full_match(address, '[+0-9 ]{7,}(-|转|,|#)[0-9]{1,6}');

-- Channels whose address is a telephone number, as far as their name says so.
create or replace temp macro by_telephone(channel) as
    contains(channel, 'sms') or contains(channel, 'phone') or contains(channel, '短信') or contains(channel, '电话');

-- Written like a telephone number. Ids of the platform that stand in its place since numbers are
-- encrypted (OAID, open_uid) have letters or far more digits.
create or replace temp macro like_a_number(address) as
    regexp_full_match(translate(address, ' -.()（）', ''), '[+]?[0-9]{5,15}');

-- A telephone number that was a float once: 13900000101.0 is 13900000101. Other addresses stay as they are.
create or replace temp macro without_decimals(address) as
    case
        when regexp_full_match(address, '[+]?[0-9][- 0-9]{5,15}[0-9][.]0*') then regexp_extract(address, '^[^.]+')
        else address
    end;
