-- The name of a region without what only says that it is one: sources write 广东省 and 广东, 内蒙古自治区 and 内蒙古, and a
-- region that is called two ways would be drawn twice. Nothing but such a word stays what it is; empty is no region.
create or replace temp macro region_name(cell) as coalesce(
    nullif(
        regexp_replace(
            lower(trim(nfc_normalize(cell::varchar))),
            '((壮|回|藏|彝|朝鲜|土家|苗|侗|布依|白|傣|景颇|傈僳|哈尼|蒙古|羌)族|维吾尔|哈萨克|柯尔克孜)*自治[区州]$|特别行政区$|(省|市|地区)$| province$',
            ''
        ),
        ''
    ),
    nullif(trim(cell::varchar), '')
)
