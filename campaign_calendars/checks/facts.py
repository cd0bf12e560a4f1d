"""Explanations of what is found in the facts that sources bring: their rules, doubts, drift and age.

The finding is done where the data is read; only the words are here, so that `promocal explain` knows
every code that is ever printed.
"""

from __future__ import annotations

from campaign_calendars.checks.registry import documented

documented(
    "S120",
    "error",
    """A column map of a source names a dataset, column or option that does not exist.

    中文：来源的列映射文件引用了不存在的数据集、列或选项。
    请按提示改正。
    """,
)
documented(
    "S111",
    "warning",
    """Rows of a dataset break a rule and were set aside, or are looked at with suspicion.

    Rows in = rows accepted + rows in the table `quarantine`, each with its reason.

    中文：数据集中有行违反规则，已隔离或需要留意。
    读入行数 = 接受行数 + quarantine 表中的行数，每行都有原因。
    """,
)
documented(
    "S112",
    "info",
    """A rule that only informs found something in a dataset.

    中文：仅作提示的规则在数据集中有所发现。
    无需处理，供了解数据。
    """,
)
documented(
    "S136",
    "warning",
    """Figures of a column can be read in two ways, and neither the settings nor another cell says which is right.

    1,250 is more than a thousand to one shop and a little more than one to another. It is read as the
    default says, and the finding shows what was written and what was read. An amount a thousand
    times the median of its column is named for the same reason: a comma may have been lost before it
    came here.

    中文：某列的数字有两种读法，设置与其他单元格都不能说明哪一种正确。
    1,250 对有的店铺是一千多，对有的只是一点多。按默认读取，并列出原文与读出的值。
    金额达到该列中位数一千倍的也会列出：小数点可能在导出之前就已丢失。
    """,
)
documented(
    "S137",
    "info",
    """Moments were read by a format that moves the clock or that no date proves; examples show how.

    With an offset in the cell (%z) the time zone of the source does not count. Where every day is
    twelve or less, a format that has day and month the wrong way round would fit as well.

    中文：时间按 format 读取，而该格式会换算时差，或没有日期可以印证；附有示例。
    单元格带时差（%z）时不使用数据源的时区；若所有日期的日都不大于 12，日月颠倒的格式同样适用。
    """,
)
documented(
    "S139",
    "warning",
    """The newest fact of a dataset is older than the store allows: an export was forgotten, or broke off.

    Members then look as if they had not bought or come back. Two days are allowed for orders and
    events (or `data_every`, if longer); `freshness` of the store states other limits, and with
    `on_stale: stop` a run decides nothing on such data.

    中文：某数据集的最新一条比店铺允许的更旧：可能忘记导出，或导出中断。
    会员会因此看起来没有购买或回访。订单与行为默认容许两天（data_every 更长时取 data_every）；
    可在店铺的 freshness 中另写期限，写明 on_stale: stop 时运行不作任何决策。
    """,
)
documented(
    "S140",
    "warning",
    """A play uses a group or an assistant, and no contact point says who is in it or bound to it.

    Joining the shop is not joining a group: such a channel reaches nobody, and the plan says so. A list of its
    members as `contact_points` says who is there; until there is one the store may state `assumed_reach`.

    中文：玩法使用群或专属客服，但没有触达方式说明谁在其中或已绑定。
    入会不等于入群：这样的渠道无人可达，计划会说明。请将成员名单接入 contact_points；在此之前店铺可写明 assumed_reach。
    """,
)
documented(
    "S141",
    "warning",
    """The reach of a group or an assistant is assumed: a share of the members, because no data says who is there.

    The members are drawn by a hash, the same in every run. Figures that rest on them are marked as assumed; the
    first row of the channel in `contact_points` ends the assumption.

    中文：群或专属客服的触达范围为假设：没有数据说明谁在其中，按会员的一定比例计。
    会员按哈希抽取，每次运行相同。据此得出的数字标为“假设”；contact_points 中该渠道有了第一行，假设即告终止。
    """,
)
documented(
    "S142",
    "warning",
    """A group has more members, by the data, than it is set up for.

    The list is old or holds people who have left, or the `capacity` of the group is wrong.

    中文：数据中的群成员多于该群的容量。
    名单可能过旧或包含已退群者，或群的 capacity 写错。
    """,
)
documented(
    "S130",
    "warning",
    """A dataset has far more or far fewer rows than in the last snapshots.

    Half an export and a doubled one look like this. The limit is `volume` in [warehouse.drift], a share of
    the median; with `on_volume = "stop"` such a snapshot is not published.

    中文：数据集的行数与近期快照相差过大。
    常见于导出不完整或重复导出。阈值为 [warehouse.drift] 的 volume；设 on_volume = "stop" 可阻止发布。
    """,
)
documented(
    "S131",
    "warning",
    """A column has many more or many fewer empty cells than in the last snapshot.

    A renamed header or a changed export setting empties a column. The limit is `nulls` in
    [warehouse.drift]; with `on_nulls = "stop"` such a snapshot is not published.

    中文：某列空值比例较上一快照变化过大。
    常见于表头改名或导出设置变化。阈值为 [warehouse.drift] 的 nulls；设 on_nulls = "stop" 可阻止发布。
    """,
)
documented(
    "S132",
    "warning",
    """The values of a column are spread otherwise than in the last snapshot.

    Measured by the population stability index; amounts in another unit look like this. The limit is
    `distribution` in [warehouse.drift]; with `on_distribution = "stop"` such a snapshot is not published.

    中文：某列取值分布较上一快照变化过大（群体稳定性指数 PSI）。
    常见于金额单位变化。阈值为 [warehouse.drift] 的 distribution；设 on_distribution = "stop" 可阻止发布。
    """,
)
documented(
    "S133",
    "warning",
    """A column that had values in the last snapshot is in no header of the source any more.

    A database dropped or renamed it, or an export is set up otherwise. It is read as empty, in a database
    for old rows too; files read before keep what they said. With `on_columns = "stop"` in
    [warehouse.drift] such a snapshot is not published.

    中文：上次快照中有值的列，来源中已不存在。
    常见于数据库删除或改名字段、导出设置变化；该列按空值处理。设 on_columns = "stop" 可阻止发布。
    """,
)
documented(
    "S134",
    "error",
    """A column map keeps or drops rows by a header that the source does not have, or has twice.

    Which rows belong to the data cannot be told then, so nothing is read.

    中文：列映射按某个表头筛选行，但来源没有这一列，或有多个同名列。
    此时无法判断哪些行属于数据，因此不读取任何内容。
    """,
)
documented(
    "S135",
    "error",
    """The lines of a source name several currencies, and their amounts would be added up as if they were one.

    Nothing is converted. A report of one currency, whichever it is, is read as it stands.

    中文：来源的行写有多种币种，其金额会被当作同一种相加。
    不做换算。只含一种币种的报表照常读取。
    """,
)
documented(
    "S138",
    "warning",
    """An amount is read from what looks like the price of one piece, while the pieces stand beside it.

    The amount of such a line is price times pieces (`times` in the map). Nothing has to be done where the column
    holds the price of the whole line.

    中文：金额取自疑似单价的列，而旁边有件数列。
    该行金额应为单价 × 件数（映射中的 times）。若该列已是整行金额，则无需处理。
    """,
)
