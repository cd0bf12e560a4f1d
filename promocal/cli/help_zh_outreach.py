"""Chinese of the help of what is done to messages: outbox, halt, pause, resume, cancel, erase."""

from __future__ import annotations

OUTREACH: dict[str, str] = {
    # outbox
    "The messages of the outbox: look, write down, send again, stop, settle.": (
        "发件箱中的消息：查看、导出、重发、停止、落定。"
    ),
    "Only this run.": "只看这次运行。",
    "Only this calendar.": "只看这个日历。",
    "Only this channel.": "只看这个渠道。",
    "pending, sending, sent, failed, unknown, cancelled, to_do or awaiting_approval.": (
        "pending、sending、sent、failed、unknown、cancelled、to_do 或 awaiting_approval。"
    ),
    "Only where this is part of the reason.": "只看原因中含有这段文字的。",
    "Only this member.": "只看这位会员。",
    "Only messages planned for this moment or later.": "只看计划在此时或之后的消息。",
    "Only this message: its id, or the beginning of it.": "只看这条消息：其 id 或 id 的开头。",
    "Show ids of members as they are.": "会员 id 不脱敏。",
    "How many messages to list.": "逐条列出的消息数。",
    "CSV or JSON file.": "CSV 或 JSON 文件。",
    "What became of them: sent or failed.": "结果：sent 或 failed。",
    "Count messages by run, play, channel, state and reason; with --limit list the first of them.": (
        "按运行、玩法、渠道、状态与原因统计消息；加 --limit 逐条列出前几条。"
    ),
    "Write the chosen messages into a file: states, reasons, moments; members masked, never a text.": (
        "把所选消息写入文件：状态、原因、时间；会员已脱敏，不含消息内容。"
    ),
    "Send again what is unknown, and at once what was put off; those that did arrive arrive twice.": (
        "重新发送结果未知的消息，立即发送被推迟的消息；其实已送达的会收到两次。"
    ),
    "Stop the chosen messages that have not left; their benefits are free again.": (
        "停止所选消息中尚未发出的；其权益随之释放。"
    ),
    "Say what became of the chosen messages in state unknown: all of them in one go, or none.": (
        "说明所选的结果未知消息的结果：一次全部落定，或全部不变。"
    ),
    "Ask the providers that can be asked what became of messages that are unknown or wait for staff.": (
        "向可查询的服务商核实结果未知或等待员工确认的消息，并记下确定的结果。"
    ),
    # halt, pause, resume, cancel
    "all, store, calendar, channel, run or play; leave out to see what is halted.": (
        "all、store、calendar、channel、run 或 play；不写则显示已叫停的内容。"
    ),
    "Show halts of runs that are over, too: they keep nothing back any more.": (
        "也显示已结束的运行的叫停：它们不再扣住任何消息。"
    ),
    "all, store, calendar, channel, run or play.": "all、store、calendar、channel、run 或 play。",
    "Its id; RUN@CHANNEL for one channel of a run, CALENDAR/PLAY for a play.": (
        "其 id；某次运行的一个渠道写作 运行@渠道，玩法写作 日历/玩法。"
    ),
    "Who does it; kept in the audit log.": "由谁操作，记入审计日志。",
    "Calendar id.": "日历 id。",
    "Play id.": "玩法 id。",
    "Stop sending within seconds: everything, a store, a calendar, a channel or a run. Nothing is lost.": (
        "数秒内停止发送：全部、店铺、日历、渠道或某次运行；不丢失任何消息。"
    ),
    "Keep the messages of one play back, in all its phases, until it is resumed or they expire.": (
        "暂不发送某玩法的消息（所有阶段），直到恢复或消息过期。"
    ),
    "Let what was halted or paused go on; what waits leaves with the next look at its run.": (
        "恢复已叫停或暂停的内容；等待的消息在下次检查该运行时发出。"
    ),
    "Stop for good what of a run has not left, and say what left and what did not. Safe to repeat.": (
        "彻底停止某次运行中尚未发出的消息，并说明哪些已发出、哪些没有。可重复执行。"
    ),
    # member erase, export
    "Erase a member everywhere, at once and for good, also while runs send; later exports do not bring him back.": (
        "立即、彻底地在所有位置删除一位会员，运行发送期间也可执行；之后的导出不会再将其带回。"
    ),
    "All that is kept of one member, as JSON, for them to have: data, messages, benefits, refusals.": (
        "导出所保存的某位会员的全部内容（JSON），供其本人查阅：数据、消息、权益、拒收。"
    ),
    "JSON file; default: standard output.": "JSON 文件；默认输出到标准输出。",
    # approve
    "Look at what waits for a person; approve it, a part of it, or reject it. The run that waited goes on.": (
        "查看等待人工审批的内容；全部批准、部分批准或驳回。等待中的运行随后继续。"
    ),
    "Run id; leave out to see what waits for approval.": "运行 id；不写则列出等待审批的内容。",
    "Who answers; leave out to see what there is to judge.": "由谁答复；不写则查看审批内容。",
    "About this play only; may be repeated.": "只针对该玩法；可重复写。",
    "At most so many messages, by lot; the rest is cancelled.": "最多放行多少条消息（按抽签）；其余取消。",
    "Cancel what waits instead; its benefits are free.": "改为取消等待的消息；其权益释放。",
    "Only if it is this decision: its checksum, as it is shown.": "仅当决策为该校验码时生效（见所示校验码）。",
    # apply, serve, watch
    "Look after the runs of a server that was started apart from serve: what was missed, died or is away.": (
        "看护不由 serve 启动的服务器上的运行：错过的、中断的，以及服务器或工作进程不在线。"
    ),
    "Write a prefect.yaml for Prefect's own prefect deploy instead.": (
        "改为写出 prefect.yaml，供 Prefect 自带的 prefect deploy 使用。"
    ),
    "Pass a limit that the plan names; repeatable.": "越过计划中指出的某项限制；可重复。",
    "Also apply, unread, calendars that nobody applied as they are written.": (
        "未经阅读，也一并应用尚无人按当前内容应用的日历。"
    ),
    # automations
    "Make the Prefect server tell the staff as promocal.toml asks for; again only what differs.": (
        "让 Prefect 服务器按 promocal.toml 的要求通知人员；再次运行只写入有差异的部分。"
    ),
    "Delete those of promocal instead.": "改为删除 promocal 的自动通知。",
    # receipts
    "What providers report of messages after they took them.": "服务商在接收消息之后回报的结果。",
    "Only messages of this run.": "只看该次运行的消息。",
    "Count deliveries by channel, state and code, and the reports that fit no message.": (
        "按渠道、状态与代码统计送达情况，以及无法对应消息的回执。"
    ),
    "CSV file, workbook or JSON of delivery reports or replies.": "送达回执或上行回复的 CSV、表格或 JSON 文件。",
    "Channel of what names none; default: that of its kind.": "未写渠道者所属渠道；默认按其类型判断。",
    "Who brings the file; kept in the audit log.": "由谁导入，记入审计日志。",
    "Take a provider's file of reports and replies: settles unknown messages, keeps refusals at once.": (
        "导入服务商的回执与回复文件：落定未知消息，立即记录拒收。"
    ),
    "Take delivery reports and replies over HTTP, signed, until Ctrl-C.": (
        "通过 HTTP 接收带签名的送达回执与回复，直到 Ctrl-C。"
    ),
    "Port to listen on; 0 takes a free one.": "监听端口；0 表示自动选择。",
    "Calendar ids; default all of the project.": "日历 id；默认项目的全部日历。",
    "Address to listen on.": "监听地址。",
    "Port of the Prefect API and UI.": "Prefect API 与界面的端口。",
    "A generated store runs a whole calendar; members respond; ends with the report.": (
        "生成一家店铺，跑完整份日历；会员有回应；最后给出报告。"
    ),
    "A shipped calendar, or the path of one.": "自带日历的名称，或日历文件的路径。",
    "Directory, made anew.": "目录，将重新生成。",
    "Members of the generated store.": "所生成店铺的会员数。",
    "Seed of the store and of its members' behaviour.": "店铺与会员行为的种子。",
}
