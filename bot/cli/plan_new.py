"""``kaiku plan new``: a new year's plan from this one, or from a template without dates."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.files import Replace
from bot.cli.output import PROBLEMS, Language, fail_on_problem, fail_on_settings
from bot.cli.plan_versions import Out, write_or_print
from bot.cli.spoken import told, visible_lines
from bot.cli.store import InDemo, agencies, open_store

From = Annotated[str, typer.Option("--from", metavar="FILE|CODE", help="opt.new_from")]
Year = Annotated[int, typer.Option("--year", min=2000, max=2100, help="opt.new_year")]


def write_new_plan(
    source: From,
    year: Year,
    out: Out = None,
    *,
    replace: Replace = False,
    language: Language = "",
    in_demo: InDemo = False,
) -> None:
    """Write a new year's plan: working days only, facilitators not in two places, rooms not doubled, sign-up
    counted back. Unmet wishes are printed by line."""
    from bot.domain.file_faults import FileFaultError
    from bot.i18n import words_for
    from bot.services.calendars.holidays import WORK_CALENDAR
    from bot.services.plan.templates import new_plan
    from bot.services.prompts.library import library_names
    from bot.views.file_faults import lines_for

    words = words_for(language, "UTC")
    text = _text_of(source, language, in_demo=in_demo)
    try:
        new = new_plan(text, year, agencies(), frozenset(library_names()), WORK_CALENDAR)
    except FileFaultError as error:
        for fault in lines_for(error, words):
            typer.echo(visible_lines(f"{source}: {fault}"))
        raise typer.Exit(PROBLEMS) from None
    write_or_print(new.text, out, replace=replace)
    for line, unmet in new.unmet:
        said = words(f"plan.unmet_{unmet.wish}", **unmet.params)
        where = words("plan.at_line", line=line, words=said)
        typer.echo(visible_lines(f"{out or source}: {where}"), err=True)


def _text_of(source: str, language: str, *, in_demo: bool) -> str:
    """The text of a file, or of a programme's plan in force."""
    from bot.i18n import words_for
    from bot.services.plan.file import read_file
    from bot.services.plan.versions import export_plan

    file = Path(source)
    if file.is_file():
        try:
            return read_file(file).decode("utf-8-sig")
        except OSError as error:
            fail_on_settings(told("cli.not_read", file=file, reason=error.strerror))
        except UnicodeDecodeError:
            fail_on_settings(told("cli.not_text", file=file))
    if "/" in source or source.endswith((".yml", ".yaml")):
        fail_on_settings(told("cli.no_file", file=file))
    with open_store(in_demo=in_demo) as store, store.read_transaction() as tx:
        text = export_plan(tx, source)
    if text is None:
        fail_on_problem(words_for(language, "UTC")("plan.no_programme", code=source))
    return text
