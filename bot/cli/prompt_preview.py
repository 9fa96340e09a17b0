"""``kaiku plan preview``: the prompts that a plan would send to imaginary people, before it is published."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import AsJson, Language, cells, print_json
from bot.cli.plan import PlanFile, read_plan_file, read_prompt_library
from bot.cli.spoken import visible_lines

if TYPE_CHECKING:
    from bot.domain.prompts.plan_preview import PlanPromptPreview, PreviewRow
    from bot.i18n import Words

People = Annotated[
    int | None,
    typer.Option(min=1, max=100_000, help="opt.preview_people"),
]


def preview_plan_file(
    file: PlanFile, people: People = None, language: Language = "", as_json: AsJson = False
) -> None:
    """Print which prompts the plan in FILE would send when: to one person in each offering, or to --people in
    all."""
    from bot.i18n import words_for
    from bot.services.prompts.preview import preview_prompts
    from bot.views.plan.prompt_preview import summary, without_prompts

    plan = read_plan_file(file, language, as_json=as_json)
    preview = preview_prompts(plan, read_prompt_library(language), people)
    words = words_for(language, plan.timezone)
    if as_json:
        print_json([_plain_row(row, words) for row in preview.rows])
        return
    if preview.rows:
        _print_table(preview, words)
    if preview.without_prompts:
        typer.echo(visible_lines(without_prompts(preview, words)))
    for line in summary(preview, words):
        typer.echo(line)


def _print_table(preview: "PlanPromptPreview", words: "Words") -> None:
    from rich.console import Console
    from rich.table import Table

    from bot.views.plan.prompt_preview import cells_of, headings

    table = Table(*headings(words))
    for row in preview.rows:
        table.add_row(*cells(*cells_of(row, words)))
    console = Console()
    # Without a terminal there is no width to fit into, so nothing is cut off.
    Console(width=console.width if console.is_terminal else 200).print(table)


def _plain_row(row: "PreviewRow", words: "Words") -> dict[str, Any]:
    from bot.views.plan.prompt_preview import why

    return {
        "person": f"person {row.person}",
        "offering": row.offering,
        "moment": row.moment.value,
        "after_session": row.after_session,
        "before_session": row.before_session,
        "due_at": row.due_at,
        "remind_at": row.remind_at,
        "wanted_on": row.wanted_on,
        "moved": row.moved,
        "dropped": row.dropped,
        "why": why(row, words) or None,
    }
