"""Chinese of the help of the commands for writing calendars: new, check, explain, schema, lsp."""

from __future__ import annotations

AUTHORING: dict[str, str] = {
    "Start a project, in a terminal asking what no flag says, or add a calendar to one; --year moves the calendar.": (
        "新建项目（在终端中会逐项询问未写明的内容），或向项目添加日历；--year 把日历移到该年并说明因此的变化。"
    ),
    "Name of the shop, as members read it.": "店铺名称，会员看到的名称。",
    "Time zone of the shop, e.g. Asia/Shanghai.": "店铺所在时区，例如 Asia/Shanghai。",
    "What it sells; decides when a member counts as lost.": "主营类目；决定多久未购视为流失。",
    "Where members and orders come from; demo: generated, ready to plan.": (
        "会员与订单的来源；demo：生成演示数据，可立即做计划。"
    ),
    "Data sets besides members and orders, with commas between them.": "会员与订单之外的数据集，用逗号分隔。",
    "Environment variable with the address of the database.": "存放数据库地址的环境变量。",
    "Ask nothing: what no flag says is as usual.": "不询问：未写明的内容采用默认。",
    "Directory of the project; made when missing. Default with --year: here.": (
        "项目目录；不存在时新建。有 --year 时默认为当前目录。"
    ),
    "Calendar to start from: a file, or an id, the project's own before a shipped one; default: queens-day-2020.": (
        "作为起点的日历：文件，或 id（项目自己的优先，其次为自带的）；默认 queens-day-2020。"
    ),
    "Move the calendar to this year.": "把日历移到该年。",
    "Check calendars: every problem at once, with its place and remedy. Nothing is run.": (
        "检查日历：一次列出所有问题及其位置与改法。不执行任何操作。"
    ),
    "Calendar files, or ids.": "日历文件，或 id。",
    "Warnings count as errors.": "警告视同错误。",
    "Show remarks too, not only errors and warnings.": "除错误与警告外，也显示提示。",
    "Check again on every change, until Ctrl-C.": "每次改动后重新检查，直到 Ctrl-C。",
    "Explain a problem code, with a wrong and a right example.": "解释一个问题编号，并给出错误与正确的示例。",
    "Problem code, e.g. C112.": "问题编号，例如 C112。",
    "Print the JSON Schema, for completion and hover in an editor.": "输出 JSON Schema，供编辑器补全与悬停提示。",
    "calendar or store": "calendar（日历）或 store（店铺）",
    "What the sheet is to hold.": "表的内容：价格、清单、清单商品、目标或任务。",
    "Write it to a new file: .xlsx, or .csv.": "写入新文件：.xlsx 或 .csv。",
    "Fill in what this calendar has: a file, or an id.": "填入该日历已有的内容：文件，或 id。",
    "Say which columns a sheet named in a calendar has, or write one to fill in: empty, or with a calendar's rows.": (
        "说明日历可引用的表有哪些列，或生成一张待填写的表：空表，或带某日历的内容。"
    ),
    "Serve an editor over standard input and output: findings while you type, completion, hover, quick fixes.": (
        "通过标准输入输出为编辑器提供服务：边写边检查、补全、悬停说明、快速修复。"
    ),
}
