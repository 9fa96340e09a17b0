"""``kaiku plan export``, ``history`` and ``show``: the plan as a file, and every one that was in force."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.files import Replace, new_file
from bot.cli.output import AsJson, Language, fail_on_problem, print_json
from bot.cli.spoken import visible_lines
from bot.cli.store import InDemo, database_files, open_store

if TYPE_CHECKING:
    from bot.services.plan.versions import Version

Programme = Annotated[
    str | None,
    typer.Option("--programme", metavar="CODE", help="opt.programme"),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", dir_okay=False, help="opt.out_file"),
]


def export_plan_file(
    out: Out = None,
    replace: Replace = False,
    programme: Programme = None,
    language: Language = "",
    in_demo: InDemo = False,
) -> None:
    """Write the plan in force as a file: in the order and with the comments of the file that was applied
    last, as far as they still hold."""
    from bot.i18n import words_for
    from bot.services.plan.versions import export_plan
    from storage.plan import list_programmes

    words = words_for(language, "UTC")
    with open_store(in_demo=in_demo) as store, store.read_transaction() as tx:
        known = list_programmes(tx)
        if programme is None and len(known) > 1:
            fail_on_problem(words("plan.which_programme", codes=", ".join(known)))
        code = programme or next(iter(known), "")
        text = export_plan(tx, code)
    if text is None:
        fail_on_problem(words("plan.no_programme", code=code) if code else words("plan.no_plan"))
    write_or_print(text, out, replace=replace)
    if out is not None:
        typer.echo(words("plan.exported", file=out, programme=code), err=True)


def list_plan_versions(as_json: AsJson = False, language: Language = "", in_demo: InDemo = False) -> None:
    """List every plan that was in force, the newest first: when, from where, who."""
    from bot.i18n import words_for
    from bot.services.plan.versions import list_versions

    with open_store(in_demo=in_demo) as store, store.read_transaction() as tx:
        versions = list_versions(tx)
    if as_json:
        print_json([_as_json(each) for each in versions])
        return
    words = words_for(language, "Europe/Helsinki")
    if not versions:
        typer.echo(words("plan.no_versions"))
    for each in versions:
        here = words.here(each.made_at)
        line = words(
            "plan.version",
            number=each.number,
            programme=each.programme,
            day=words.plain_date(here.date()),
            time=words.clock_time(here.time()),
            origin=words(f"plan.from_{each.origin}"),
            who=each.made_by or "-",
            digest=each.digest[:12],
        )
        typer.echo(visible_lines(line))


def show_plan_version(
    version: Annotated[int, typer.Argument(metavar="VERSION", help="opt.plan_version")],
    out: Out = None,
    replace: Replace = False,
    language: Language = "",
    in_demo: InDemo = False,
) -> None:
    """Print a plan that was in force, as a file. Applying that file brings it back, and people hear of it."""
    from bot.i18n import words_for
    from bot.services.plan.versions import get_version

    with open_store(in_demo=in_demo) as store, store.read_transaction() as tx:
        found = get_version(tx, version)
    if found is None:
        fail_on_problem(words_for(language, "UTC")("plan.no_version", number=version))
    write_or_print(found.text, out, replace=replace)


def write_or_print(text: str, out: Path | None, *, replace: bool) -> None:
    """Write ``text`` into the file ``out``; without one, to the screen."""
    if out is None:
        typer.echo(text, nl=False)
        return
    with new_file(out, replace=replace, never=database_files()) as file:
        file.write_text(text, encoding="utf-8", newline="")


def _as_json(version: "Version") -> dict[str, object]:
    return {
        "version": version.number,
        "programme": version.programme,
        "at": version.made_at,
        "from": version.origin,
        "who": version.made_by,
        "digest": version.digest,
    }
