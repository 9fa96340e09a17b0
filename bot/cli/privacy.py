"""``kaiku privacy``: the privacy notice, the record of processing, retention, the list of erasures."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.erasures import erasure_keys, erasures_app
from bot.cli.output import PROBLEMS, AsJson, Language, fail_on_settings, print_json
from bot.cli.spoken import CommandLine, say, told, visible_lines, words
from bot.cli.store import InDemo, now, open_store

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.acts import Signer
    from bot.domain.file_faults import FileFaultError
    from bot.domain.privacy import PrivacyNotice
    from bot.i18n import Words

NoticeFile = Annotated[Path | None, typer.Argument(metavar="FILE", help="opt.notice")]

privacy_app = CommandLine("cmd.privacy")
privacy_app.add_typer(erasures_app, name="erasures")


@privacy_app.spoken("check", "cmd.privacy_check")
def check_notice(file: NoticeFile = None, language: Language = "", as_json: AsJson = False) -> None:
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
        fail_on_settings(told("cli.not_read", file=path, reason=error.strerror))
    _print_gaps(notice, path, words, as_json=as_json)


@privacy_app.spoken("record", "cmd.privacy_record")
def print_record(file: NoticeFile = None, language: Language = "") -> None:
    """Print the record of processing activities (Article 30 of the GDPR) by FILE, as Markdown."""
    from bot.i18n import words_for
    from bot.views.privacy_record import record_lines

    words = words_for(language, "UTC")
    notice = _notice(file, words)
    typer.echo(visible_lines("\n".join(record_lines(notice, words))))


@privacy_app.spoken("retention", "cmd.privacy_retention")
def erase_what_is_over(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="opt.dry_run")] = False,
    as_json: AsJson = False,
    demo: InDemo = False,
) -> None:
    """Erase what has been kept for as long as the privacy notice says. A running Kaiku does it once a day."""
    import asyncio

    from bot.services.privacy.retention import keep_retention, list_expired

    notice = _notice(None, words())
    at = now(in_demo=demo)
    with open_store(in_demo=demo) as store:
        with store.read_transaction() as tx:
            found = list_expired(tx, notice, at)
        done = not dry_run and asyncio.run(
            keep_retention(store, notice, erasure_keys(), _signer(), _Standing(at), {})
        )
    if as_json:
        print_json({"done": done, "expired": found})
        return
    for each in found:
        typer.echo(f"{each.table}: {each.number} ({each.kind})")
    if not found:
        say("cli.nothing_expired")
    elif not dry_run:
        say("cli.expired_erased" if done else "cli.expired_not_now")


@privacy_app.spoken("locked", "cmd.privacy_locked")
def show_locked(as_json: AsJson = False, demo: InDemo = False) -> None:
    """Print what a rule keeps locked of people who erased their data, for the authority's accounting.
    Printing is noted in the log of acts."""
    from bot.services.privacy.locked import open_locked

    with open_store(in_demo=demo) as store, store.transaction() as tx:
        found = [
            {"kind": each.kind, "erased_at": each.erased_at, "until_at": each.until_at, **each.content}
            for each in open_locked(tx, now(in_demo=demo))
        ]
    if as_json:
        print_json(found)
        return
    for each in found:
        typer.echo(visible_lines(json.dumps(each, ensure_ascii=False, default=str)))
    if not found:
        say("cli.nothing_locked")


def _signer() -> "Signer":
    from bot.config import KeySettings
    from bot.domain.acts import Signer

    settings = KeySettings.read()
    return Signer(settings.secret_key, settings.previous_secret_key)


class _Standing:
    """A clock that stands still."""

    def __init__(self, at: "datetime") -> None:
        self._at = at

    def now(self) -> "datetime":
        return self._at


def _notice(file: Path | None, words: "Words") -> "PrivacyNotice":
    """The notice; with faults, print them and exit."""
    from bot.domain.file_faults import FileFaultError
    from bot.services.privacy.notice_file import NOTICE_FILE, read_notice

    path = NOTICE_FILE if file is None else file
    try:
        return read_notice(path)
    except FileFaultError as error:
        _print_faults(error, path, words, as_json=False)
        raise typer.Exit(PROBLEMS) from None
    except OSError as error:
        fail_on_settings(told("cli.not_read", file=path, reason=error.strerror))


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
