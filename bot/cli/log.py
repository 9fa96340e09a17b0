"""``kaiku log``: who did what to whom, and whether a line was changed or taken out."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import PROBLEMS, AsJson, Language, cells, fail_on_settings, print_json
from bot.cli.spoken import told, visible_lines
from bot.cli.store import InDemo, fail_on_problems_of_settings, open_store

if TYPE_CHECKING:
    from bot.domain.acts import Act, Checked, Place, Signer
    from bot.i18n import Words
    from storage.engine import Store

SINCE = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def print_log(  # noqa: PLR0917 - one an option
    person: Annotated[str | None, typer.Option(metavar="USER", help="opt.log_person")] = None,
    offering: Annotated[str | None, typer.Option(metavar="CODE", help="opt.log_offering")] = None,
    since: Annotated[datetime | None, typer.Option(help="opt.log_since", formats=SINCE)] = None,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="FILE", exists=True, dir_okay=False, help="opt.log_compare"),
    ] = None,
    head: Annotated[bool, typer.Option("--head", help="opt.log_head")] = False,
    sign: Annotated[bool, typer.Option("--sign", help="opt.log_sign")] = False,
    language: Language = "",
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Print who did what to whom, newest first, with names while they are known. Checks the whole log: exit
    code 1 if a line was changed or taken out."""
    from bot.i18n import words_for
    from bot.services.acts.chain import check_chain, head_of
    from bot.services.acts.listing import list_acts

    signer = signer_of_settings(in_demo=in_demo)
    since = since.replace(tzinfo=UTC) if since is not None else None
    known = _read_head(compare) if compare is not None else None
    with open_store(in_demo=in_demo) as store:
        if sign:
            _sign(store, signer)
        with store.read_transaction() as tx:
            if head:
                typer.echo(head_as_json(*head_of(tx)))
                return
            acts = list_acts(tx, person=person, offering=offering, since=since)
            checked = check_chain(tx, signer, known)
    words = words_for(language, "Europe/Helsinki")
    if as_json:
        print_json({"acts": acts, "chain": checked})
    else:
        _print_table(acts, words)
    for line in _verdict(checked, words):
        typer.echo(visible_lines(line), err=as_json or bool(checked.faults))
    if checked.faults:
        raise typer.Exit(PROBLEMS)


def signer_of_settings(*, in_demo: bool = False) -> "Signer":
    from bot.config import ConfigError, KeySettings
    from bot.domain.acts import Signer

    if in_demo:
        from bot.cli.store import DEMO_FOLDER
        from bot.demo import demo_secret

        return Signer(urlsafe_b64decode(demo_secret(DEMO_FOLDER)))
    try:
        settings = KeySettings.read()
    except ConfigError as error:
        fail_on_problems_of_settings(error)
    return Signer(settings.secret_key, settings.previous_secret_key)


def _sign(store: "Store", signer: "Signer") -> None:
    from bot.services.acts.chain import ChainBrokenError, sign_chain

    if not signer.can_sign:
        fail_on_settings(told("log.no_secret"))
    try:
        with store.transaction() as tx:
            sign_chain(tx, signer)
    except ChainBrokenError:
        typer.echo(told("log.not_signed"), err=True)


def head_as_json(place: "Place", signature: str) -> str:
    return json.dumps({"position": place.position, "digest": place.digest, "signature": signature})


def _read_head(file: Path) -> "tuple[Place, str]":
    from bot.domain.acts import Place

    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        found = found.get("log_head", found)
        return Place(int(found["position"]), str(found["digest"])), str(found["signature"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        fail_on_settings(told("log.no_head", file=file))


def _print_table(acts: "list[Act]", words: "Words") -> None:
    from rich.console import Console
    from rich.table import Table

    from bot.views.acts import act_of, who_of

    if not acts:
        typer.echo(words("log.empty"))
        return
    heads = ("when", "what", "by", "person", "about", "why")
    table = Table(*(words(f"log.column_{each}") for each in heads))
    for each in acts:
        here = words.here(each.at)
        about = each.offering or ""
        about += f" / {each.number}" if each.number is not None and about else ""
        why = "" if each.reason is None else words.pick(each.reason)
        person = who_of(each.person, words) if each.person is not None else ""
        when = f"{words.plain_date(here.date())} {words.clock_time(here.time())}"
        by = who_of(each.actor, words) if each.actor is not None else words(f"log.by_{each.done_by}")
        table.add_row(*cells(when, act_of(each, words), by, person, about, why))
    Console(width=None if Console().is_terminal else 200).print(table)


def _verdict(checked: "Checked", words: "Words") -> list[str]:
    lines = [words(f"log.fault_{each.kind}", position=each.position) for each in checked.faults]
    if not lines:
        lines.append(words.many("log.whole", checked.lines))
    if checked.anchor.before is not None:
        day = words.plain_date(words.here(checked.anchor.before).date())
        lines.append(words("log.anchor", day=day))
    if checked.unchained:
        lines.append(words.many("log.unchained", checked.unchained))
    if not checked.is_signed:
        lines.append(words("log.no_key"))
    return lines
