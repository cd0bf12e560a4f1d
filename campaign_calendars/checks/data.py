"""Explanations of what is found outside calendars: in sources, imports and records of redemptions.

The finding is done where the data is read; only the words are here, so that `promocal explain` knows
every code that is ever printed.
"""

from __future__ import annotations

from campaign_calendars.checks.registry import documented

documented(
    "S101",
    "error",
    """A source lacks a column the dataset needs.

    Columns are found by their header, in any order; `columns` of the source maps a canonical name to the
    header cell of your export.

    中文：数据源缺少数据集必需的列。
    按表头查找，与顺序无关；在该来源的 columns 中把标准列名对应到导出文件的表头。
    """,
)
documented(
    "S102",
    "error",
    """A source has two columns of the same name, and it cannot be told which one is meant.

    中文：数据源有同名的列，无法判断用哪一个。
    请只保留一个，或映射到其他列。
    """,
)
documented(
    "S103",
    "error",
    """`columns` of a source maps a name that is no column of the dataset.

    中文：来源的 columns 映射了数据集没有的列名。
    写法是 标准列名 = 表头。
    """,
)
documented(
    "S104",
    "warning",
    """An optional column is mapped to a header the source does not have; it is read as empty.

    中文：可选列映射到了来源没有的表头，按空值处理。
    请更正或删除该映射。
    """,
)
documented(
    "S105",
    "error",
    """A file has no header line.

    An export without rows still has its header; an empty file is a broken export.

    中文：文件没有表头。
    没有数据的导出也应有表头；空文件是导出失败。
    """,
)
documented(
    "S106",
    "error",
    """There is no source for a dataset that is needed.

    中文：所需的数据集没有数据源。
    请在 promocal.toml 中添加 [sources.名称]。
    """,
)
documented(
    "S107",
    "error",
    """A source cannot be read at all: no file, no server, a wrong password, an unknown format.

    中文：数据源完全无法读取：没有文件、连不上服务器、口令错误或格式未知。
    请按提示处理该来源。
    """,
)
documented(
    "S108",
    "warning",
    """A file holds characters that were lost before it was written.

    The replacement character or 锟斤拷 means that somebody decoded the text wrongly earlier; what was lost
    cannot be brought back here.

    中文：文件含有写出之前就已损坏的字符。
    替换字符或“锟斤拷”说明此前解码有误，只能从原系统重新导出。
    """,
)
documented(
    "S109",
    "warning",
    """A workbook has another sheet with the same header, which is not read.

    One sheet of a workbook is read, the one whose header fits best. Where two fit alike, as with a sheet
    for each month, half of the rows may be missing: say which one is meant, or put them together.

    中文：工作簿中另有表头相同的工作表，没有读取。
    每个工作簿只读一张表头最匹配的工作表；若有多张同样匹配（如每月一张），可能漏读，请指定或合并。
    """,
)
documented(
    "S110",
    "error",
    """More rows of a dataset break a rule than are tolerated: nothing was published.

    The snapshot in use stays the one before; the rows are in its table `quarantine`.

    中文：违反规则的行超过容忍比例：未发布新快照。
    沿用此前的快照；问题行在 quarantine 表中。
    """,
)
documented(
    "S601",
    "error",
    """The list of those nobody may contact has a wrong header; nothing was taken from it.

    It needs member_id, phone or phone_hash, under these or other usual names; channel and reason may be absent.

    Fails:
        name,reason
        m-1,asked to stop
    Passes:
        member_id,channel,reason
        m-1,sms,asked to stop

    中文：拒收名单的表头有误，未导入任何行。
    需要 member_id、phone 或 phone_hash 之一（或其常用中文名）；channel 可省略，表示所有渠道；reason 可省略。
    """,
)
documented(
    "S602",
    "error",
    """A row of the list of members nobody may contact cannot be taken; the other rows were.

    A member who refused does not wait for somebody else's typing error.

    Fails:
        member_id,channel,reason
        m-1,smss,asked to stop
    Passes:
        member_id,channel,reason
        m-1,sms,asked to stop

    中文：拒收名单中有一行无法导入；其余行已导入。
    已拒收的会员不应因他人的录入错误而等待。
    """,
)
documented(
    "S603",
    "warning",
    """A row of the list of refusals names nobody the current snapshot knows.

    It is kept: whoever joins with that id or number is not contacted. If the id was mistyped, correct it and
    import the list again.

    中文：拒收名单中有行不对应当前快照中的任何会员。
    已保留：今后以该会员号或号码加入者同样不会被联系。若为录入错误，请更正后重新导入。
    """,
)
documented(
    "S604",
    "warning",
    """The list of refusals has a column nothing is read from.

    Fails:
        member_id,shop,reason
        m-1,north,asked to stop
    Passes:
        member_id,reason
        m-1,asked to stop

    中文：拒收名单含有未读取的列。
    若其中有会员、号码或渠道，请改用可识别的列名。
    """,
)
documented(
    "S605",
    "warning",
    """An id in the list of refusals is written otherwise than the member has it, and fits exactly one.

    A spreadsheet takes zeros off an id that is all digits. One that fits several members is an error.

    中文：拒收名单中的会员号写法不同，但唯一对应一位会员。
    电子表格会去掉前导零；对应多位会员时为错误。
    """,
)
documented(
    "S610",
    "error",
    """A row of a sheet of platform ids cannot be taken; the other rows were.

    It names no benefit or part of the calendar, its id is another benefit's, or a spreadsheet took the id for a
    number and lost its digits. Nothing is guessed: a coupon sent under the id of another cannot be called back.

    中文：平台编号表中有一行无法导入；其余行已导入。
    该行的权益或分项不在日历中、编号已属于其他权益，或电子表格把编号当作数字而丢失位数。不作猜测：用错编号发出的券无法收回。
    """,
)
documented(
    "S611",
    "error",
    """A row of a filled sheet of positions or duties cannot be taken; the other rows were.

    It names no duty of the calendar, says neither that it is done nor when, names a moment to come or nobody who did
    it, is one of several rows of which others are not done, or comes after a duty that is not. An empty cell undoes
    nothing.

    中文：填写后的阵地表或任务表中有一行无法导入；其余行已导入。
    该行的事项不在日历中、未说明已完成或时间、时间尚未到来、未写明由谁完成、同一事项的其他行尚未完成，或其前置事项尚未完成。空白单元格
    不会撤销任何完成记录。
    """,
)
documented(
    "S606",
    "warning",
    """A quotation mark in the list of refusals is never closed.

    The lines were read one by one, so that none of them is lost in a cell of the first.

    Fails:
        member_id,channel,reason
        m-1,sms,"asked to stop
        m-2,sms,complained
    Passes:
        member_id,channel,reason
        m-1,sms,"asked to stop"
        m-2,sms,complained

    中文：拒收名单中有引号未闭合。
    已逐行读取，以免后续行被并入同一单元格。
    """,
)
documented(
    "S700",
    "error",
    """The platform's activity calendar is not JSON.

    Fails:
        [{"actName": "38 焕新周", "activityStart": 1771862400000
    Passes:
        [{"actName": "38 焕新周", "activityStart": 1771862400000, "activityEnd": 1773071999000}]

    中文：平台活动日历不是合法的 JSON。
    请重新完整保存平台返回的内容。
    """,
)
documented(
    "S701",
    "error",
    """No list of activities was found in the JSON.

    Fails:
        {"data": []}
    Passes:
        {"data": [{"actName": "38 焕新周", "activityStart": 1771862400000, "activityEnd": 1773071999000}]}

    中文：JSON 中没有找到活动列表。
    应为活动列表，或包含该列表的对象。
    """,
)
documented(
    "S702",
    "error",
    """An activity of the platform's calendar cannot be read: no name, or a moment that is none.

    Moments are epoch milliseconds.

    Fails:
        [{"actName": "38 焕新周", "activityStart": 1771862400, "activityEnd": 1773071999}]
    Passes:
        [{"actName": "38 焕新周", "activityStart": 1771862400000, "activityEnd": 1773071999000}]

    中文：平台活动日历中的一条活动无法读取：没有名称，或时间不合法。
    时间为毫秒时间戳。
    """,
)
documented(
    "D401",
    "warning",
    """A benefit was used by members it was never granted to.

    A code was passed on or leaked; the report counts such redemptions apart.

    中文：权益被未获得它的会员使用。
    券码可能被转让或泄露；报告中单独统计。
    """,
)
documented(
    "D402",
    "warning",
    """A benefit was used by members who hold it, at a moment when it could not be used.

    The validity on the platform differs from `valid`, or from the days, of the calendar.

    中文：持有权益的会员在不可使用的时间使用了它。
    平台上的有效期与日历中的 valid 或可用日不一致。
    """,
)
documented(
    "D417",
    "warning",
    """A benefit was used more often than it was granted.

    The platform's limit per member is above `per_member`, or a code was passed on.

    中文：权益的使用次数超过发放次数。
    平台上的每人限领高于 per_member，或券码被转让。
    """,
)
documented(
    "D418",
    "warning",
    """An early-bird price was had on a day that is none of its own.

    Only on its `days` it is outside the lowest price (A3). On another day it counts for `look_back`, as any price, and
    a planned price above it breaks the rule (C196), which is an error. Told by order lines of its `goods`.

    中文：早鸟价在非早鸟日被使用。
    只有在 days 内才不计入最低价（A3）；其他日子在 look_back 内照常计入，高于它的计划价不合规（C196，错误）。
    按其 goods 的订单行识别。
    """,
)
documented(
    "D403",
    "info",
    """So many accounts are so many persons, because their identifiers say so.

    Facts of all accounts count for the person; `promocal member identities` shows them by kind. Only
    links known before the snapshot's moment count.

    中文：按身份标识，若干账号合并为若干人。
    各账号的事实都计入同一人；promocal member identities 可按类型查看。只使用快照时刻之前已知的关联。
    """,
)
documented(
    "D404",
    "warning",
    """Linked accounts hold two crm_ids or two unionids, so they were kept apart.

    A person has one of each. Strong links (crm_id, unionid, open_uid) that contradict each other join only
    accounts of the very same crm_id; weak ones (phone, nick) join nothing in their whole group.

    中文：相互关联的账号含有两个 crm_id 或两个 unionid，未合并。
    一个人各只有一个。强标识（crm_id、unionid、open_uid）矛盾时只合并 crm_id 完全相同的账号；
    弱标识（手机、昵称）矛盾时整组不合并。
    """,
)
documented(
    "D405",
    "warning",
    """An identifier links more accounts than one person has, or stands for nobody, and joins nobody.

    A shop's counter phone, a shared nick; a placeholder such as `0` or `guest`, however few accounts have it.
    It contradicts nothing either. Mend the source, or leave it: nothing wrong is joined.

    中文：某个标识关联的账号过多，不用于合并。
    常见于门店公用手机、重复昵称或占位值（如 0）。可修正数据源；不处理也不会误合并。
    """,
)
documented(
    "D406",
    "warning",
    """Other users of the machine may read files with personal data.

    Everything below the state directory (`var`) is made for its owner alone: folders 700, files 600, whatever
    the umask. What was made before, or copied there, keeps its rights until somebody changes them.

    中文：本机其他用户可读取含个人信息的文件。
    状态目录（var）下的内容只对所有者开放：目录 700、文件 600，与 umask 无关。此前生成或复制进来的文件保持原有权限，
    需要手动收紧。
    """,
)
documented(
    "D407",
    "info",
    """Several members have one address: a household's telephone, a shop's counter phone.

    However the number is written, one message goes to it for each play and moment; the other members are
    excluded as `shared_address`. A refusal or a withdrawal given for it holds for everybody who has it,
    until that member consents later.

    中文：多名会员共用一个号码或地址，例如家庭电话、门店公用手机。
    无论号码怎么书写，每个玩法每个时刻只发一条，其余会员以 shared_address 排除。针对该号码的拒收或撤回对所有共用者有效，
    直到该会员之后重新同意。
    """,
)
documented(
    "D408",
    "warning",
    """An id of a buyer hardly is one person's: a word such as `0` or `guest`, or the buyer of a tenth of all orders.

    It would be the best customer of the shop. Its orders count in all figures of that member until the source
    leaves the id empty.

    中文：某个买家编号不像是某个人的：0、guest 一类的占位值，或占全部订单的十分之一。
    它会被当作店铺最好的顾客。在数据源留空之前，其订单都计入该会员。
    """,
)
