"""What a run shows in the Prefect UI: who was reached, who was not and why, what it costs. Counts only."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from campaign_calendars.deciding.certificate import Certificate
from campaign_calendars.deciding.runs import PhaseDecision
from campaign_calendars.deciding.words import allocated_in_words, amount_of, headline_of, name_of, worth_of
from warehouse.shelf.manifest import DatasetCounts

if TYPE_CHECKING:
    from flows.steps import ProjectRun

Row = dict[str, object]


def publish(decision: PhaseDecision) -> None:
    """Table artifacts: audience, exclusions, benefits, and the plan; their history is kept under one key each."""
    from prefect.artifacts import create_table_artifact

    stem = f"{decision.calendar}-{decision.phase}".replace("_", "-")
    run = f"Run `{decision.run_id}`, decision `{decision.decision_sha[:12]}`"
    tables = [
        ("audience", "Who is reached", audience_rows(decision)),
        ("exclusions", "Who is not, and the deciding reason", exclusion_rows(decision)),
        ("benefits", "Benefits and their cost", benefit_rows(decision)),
        ("channels", "Load of the channels", channel_rows(decision)),
    ]
    if decision.certificate is not None:
        tables.append(("plan", headline_of(decision.certificate)[0], certificate_rows(decision.certificate)))
    for play in decision.plays:
        if play.allocation is not None:
            told = allocated_in_words(play.allocation)[0]
            tables.append((f"allocation-{play.play}".replace("_", "-"), told, certificate_rows(play.allocation)))
    for name, title, rows in tables:
        create_table_artifact(table=rows, key=f"{stem}-{name}", description=f"**{title}.** {run}")


def publish_places(key: ProjectRun, plan: str | None) -> None:
    """Where the run can be read in full: its plan, its report, why somebody was chosen or not."""
    from prefect.artifacts import create_markdown_artifact

    stem = f"{key.calendar}-{key.phase}".replace("_", "-")
    create_markdown_artifact(
        markdown=places_of(key, plan), key=f"{stem}-places", description=f"**Where to look.** Run `{key.run_id}`"
    )


def places_of(key: ProjectRun, plan: str | None) -> str:
    """Commands on the machine of the project, one a line; `plan` is the checksum that was applied."""
    where = shlex.quote(key.project_dir_here)
    planned = f"plan `{plan}`" if plan else "no plan was applied"
    rows = (
        (f"the plan as a page to read ({planned})", f"promocal plan {key.calendar} -o plan.html -C {where}"),
        ("the report, live while the campaign lasts", f"promocal report {key.calendar} -C {where}"),
        ("messages of this run by state and reason", f"promocal outbox list --run {key.run_id} -C {where}"),
        ("why a member was chosen, or not", f"promocal why {key.run_id} MEMBER -C {where}"),
    )
    return "| what | command |\n|---|---|\n" + "\n".join(f"| {what} | `{command}` |" for what, command in rows)


def publish_question(run: str, stem: str, question: str) -> None:
    """What a person had to judge stays readable after the form is gone."""
    from prefect.artifacts import create_markdown_artifact

    key = f"{stem}-approval".replace("_", "-")
    create_markdown_artifact(markdown=question, key=key, description=f"**What waits for an answer.** Run `{run}`")


def audience_rows(decision: PhaseDecision) -> list[Row]:
    """One row a play; in audience = chosen + held out + excluded."""
    return [
        {
            "play": play.play,
            "in audience": play.candidates,
            "chosen": play.chosen,
            "held out": sum(play.held_out.values()),
            "excluded": sum(play.excluded.values()),
            "channels": ", ".join(f"{channel} {count}" for channel, count in sorted(play.channels.items())),
        }
        for play in decision.plays
    ]


def exclusion_rows(decision: PhaseDecision) -> list[Row]:
    """One row a play and deciding reason, most members first."""
    rows: list[Row] = []
    for play in decision.plays:
        reasons = sorted(play.excluded.items(), key=lambda item: (-item[1], item[0]))
        rows += [{"play": play.play, "reason": reason, "members": count} for reason, count in reasons]
    return rows


def benefit_rows(decision: PhaseDecision) -> list[Row]:
    """One row a play and benefit; cost in currency units, as reserved."""
    return [
        {
            "play": play.play,
            "benefit": benefit,
            "granted": counts.granted,
            "cost": f"{counts.cost_cents / 100:,.2f}",
        }
        for play in decision.plays
        for benefit, counts in sorted(play.benefits.items())
    ]


def channel_rows(decision: PhaseDecision) -> list[Row]:
    """One row a channel: its messages, by how many plays, and for how many of them the store only assumes a reach."""
    messages: Counter[str] = Counter()
    assumed: Counter[str] = Counter()
    for play in decision.plays:
        messages.update(play.channels)
        assumed.update(play.assumed)
    return [
        {
            "channel": channel,
            "messages": count,
            "plays": sum(channel in play.channels for play in decision.plays),
            "reach assumed": assumed[channel],
        }
        for channel, count in messages.most_common()
    ]


def certificate_rows(certificate: Certificate) -> list[Row]:
    """One row for all that is shared: use, what there is or is asked, what more of it would add."""
    return [
        {
            "what": name_of(row.name)[0],
            "planned": amount_of(row, row.used),
            "there is, or asked": amount_of(row, row.capacity),
            "what more would add, or what it costs": worth_of(row, certificate.objective)[0],
        }
        for row in certificate.rows
    ]


def in_words(counts: Mapping[str, int]) -> str:
    """`3 sent, 1 failed`: the figures that are not zero."""
    figures = [(name, value) for name, value in counts.items() if value]
    return ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in figures) or "nothing"


def rows_in_words(datasets: Mapping[str, DatasetCounts]) -> str:
    """`orders 120 (3 quarantined), members 40`."""
    return ", ".join(
        f"{name} {counts.accepted:,}" + (f" ({counts.quarantined:,} quarantined)" if counts.quarantined else "")
        for name, counts in datasets.items()
    )
