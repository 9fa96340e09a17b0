"""The command: prints the findings, as text or JSON, and sets the exit code."""

from typing import Annotated

import typer

from bot.cli.output import AsJson, Language, print_json
from bot.cli.spoken import visible_lines


def doctor(
    language: Language = "",
    as_json: AsJson = False,
    seconds: Annotated[float, typer.Option(min=1, help="opt.seconds")] = 10.0,
) -> None:
    """Check settings, database, Slack, backups, files and deliveries. Nothing is written. Exit code: 0 all
    fine, 3 warnings only, 1 something is broken."""
    from bot.cli.doctor.run import examine
    from bot.cli.doctor.surroundings import Surroundings
    from bot.cli.store import now
    from bot.config import Settings
    from bot.domain.doctor import EXIT_CODES, worst
    from bot.i18n import words_for
    from bot.views.doctor import lines_for, report_as_data

    settings, problems = Settings.look()
    report = examine(Surroundings(settings, problems, now(), seconds))
    words = words_for(language, "UTC")
    if as_json:
        print_json(report_as_data(report, words))
    else:
        for line in lines_for(report, words):
            typer.echo(visible_lines(line))
    raise typer.Exit(EXIT_CODES[worst(each for found in report.values() for each in found)])
