-- The name of a region without what only says that it is one: sources write 广东省, 广东 and Guangdong, and a region that is called
-- two ways would be drawn twice. Nothing but such a word stays what it is.

-- Blanks of all kinds stand for one; those around a name are no part of it.
create or replace temp macro region_cell(cell) as
    trim(regexp_replace(lower(nfc_normalize(cell::varchar)), '[\s\x{a0}\x{3000}\x{feff}]+', ' ', 'g'));

create or replace temp macro region_short(cell) as regexp_replace(
    region_cell(cell),
    ' *(((壮|回|藏|彝|朝鲜|土家|苗|侗|布依|白|傣|景颇|傈僳|哈尼|蒙古|羌)族|维吾尔族?|哈萨克族?|柯尔克孜族?)*自治[区州]|特别行政区|省|市|地区)$'
    || '|( (zhuang|hui|uygur|uyghur))? autonomous region$| (province|sheng|shi|municipality|sar)$',
    ''
);

-- Provinces by the names that foreign systems give them.
create or replace temp macro region_native(name) as coalesce(
    map {
        'anhui': '安徽', 'beijing': '北京', 'chongqing': '重庆', 'fujian': '福建', 'gansu': '甘肃', 'guangdong': '广东',
        'guangxi': '广西', 'guizhou': '贵州', 'hainan': '海南', 'hebei': '河北', 'heilongjiang': '黑龙江', 'henan': '河南',
        'hubei': '湖北', 'hunan': '湖南', 'inner mongolia': '内蒙古', 'neimenggu': '内蒙古', 'nei mongol': '内蒙古',
        'jiangsu': '江苏', 'jiangxi': '江西', 'jilin': '吉林', 'liaoning': '辽宁', 'ningxia': '宁夏', 'qinghai': '青海',
        'shaanxi': '陕西', 'shandong': '山东', 'shanghai': '上海', 'shanxi': '山西', 'sichuan': '四川', 'tianjin': '天津',
        'tibet': '西藏', 'xizang': '西藏', 'xinjiang': '新疆', 'yunnan': '云南', 'zhejiang': '浙江', 'hong kong': '香港',
        'hongkong': '香港', 'macau': '澳门', 'macao': '澳门', 'taiwan': '台湾', '内蒙': '内蒙古', '台灣': '台湾', '臺灣': '台湾'
    }[name],
    name
);

-- Null: empty, or a word for not knowing it, which is no place that chance could draw.
create or replace temp macro region_name(cell) as case
    when not regexp_full_match(
        region_short(cell),
        '|null|nil|none|nan|nat|n/?a|unknown|undefined|others?|(未知|不详|不明|未填写?|未设置|保密|其他|其它)(省份|城市|区域)?|无|空|暂无|[-－—–_/.?？*]+'
    ) then region_native(region_short(cell))
    when region_cell(cell) in ('省', '市', '地区') then region_cell(cell)
end
