"""``kaiku privacy``: check the privacy notice."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import PROBLEMS, AsJson, Language, fail_on_settings, print_json, visible_lines

if TYPE_CHECKING:
    from bot.domain.file_faults import FileFaultError
    from bot.domain.privacy import PrivacyNotice
    from bot.i18n import Words

NoticeFile = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="A privacy notice; programmes/privacy.yml if left out.")
]

privacy_app = typer.Typer(help="Check the privacy notice.", no_args_is_help=True)


@privacy_app.callback()
def _group() -> None:
    """Check the privacy notice."""


@privacy_app.command("check")
def check_notice(file: NoticeFile = None, language: Language = "fi", as_json: AsJson = False) -> None:
    """Say everything that is wrong in FILE (line, field, what, how to mend it), and which placeholders still
    stand: they are no fault."""
    from bot.domain.file_faults import FileFaultError
    from bot.i18n import words_for
    from bot.services.privacy.notice_file import NOTICE_FILE, read_notice

    path = NOTICE_FILE if file is None else file
    words = words_for(language, "UTC")
    try:
        notice = read_notice(path)
    except FileFaultError as error:
        _print_faults(error, path, words, as_json=as_json)
        raise typer.Exit(PROBLEMS) from None
    except OSError as error:
        fail_on_settings(f"{path} can't be read: {error.strerror}")
    _print_gaps(notice, path, words, as_json=as_json)


def _print_faults(error: "FileFaultError", path: Path, words: "Words", *, as_json: bool) -> None:
    from bot.views.file_faults import lines_for, words_for_fault

    if as_json:
        said = ((fault, *words_for_fault(fault, words)) for fault in error.faults)
        faults = [
            {"line": fault.line, "field": fault.field, "wrong": wrong, "mend": mend}
            for fault, wrong, mend in said
        ]
        print_json({"faults": faults, "placeholders": []})
        return
    for line in lines_for(error, words):
        typer.echo(visible_lines(f"{path}: {line}"))
    typer.echo(words.many("notice_file.problems", len(error.faults)), err=True)


def _print_gaps(notice: "PrivacyNotice", path: Path, words: "Words", *, as_json: bool) -> None:
    if as_json:
        print_json({"faults": [], "placeholders": notice.gaps})
        return
    day = words.plain_date(notice.valid_from)
    typer.echo(words("notice_file.in_order", file=path, version=notice.version, day=day))
    for gap in notice.gaps:
        said = words("notice_file.gap", field=gap.field)
        typer.echo(visible_lines(f"{path}: {words('plan.at_line', line=gap.line, words=said)}"))
    if notice.gaps:
        typer.echo(words.many("notice_file.gaps", len(notice.gaps)))
