"""``kaiku timeline``: an offering's sessions, prompts and reminders in order of time; list and picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import asdict

from bot.cli.files import Replace, new_file
from bot.cli.output import AsJson, Language, fail_on_problem, print_json
from bot.cli.plan import read_plan_file, read_prompt_library
from bot.cli.spoken import visible_lines
from bot.cli.store import InDemo, database_files, now, open_store

if TYPE_CHECKING:
    from bot.domain.prompts.timeline import Entry
    from bot.domain.prompts.timeline_warnings import TimelineWarning
    from bot.i18n import Words
    from bot.services.prompts.timeline import OfferingTimeline


InPlan = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", exists=True, dir_okay=False, help="opt.in_plan"),
]


def print_timeline(
    code: Annotated[str, typer.Argument(metavar="CODE", help="opt.code")],
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="opt.png")] = None,
    language: Language = "",
    plan: InPlan = None,
    replace: Replace = False,
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Print the timeline of somebody who is only in this offering, and the warnings about it."""
    from bot.domain.errors import KaikuError
    from bot.i18n import words_for
    from bot.views.answers import refusal_text
    from bot.views.prompts.timeline import timeline_lines

    try:
        found = (
            _in_plan(plan, code, language, as_json=as_json) if plan else _in_database(code, in_demo=in_demo)
        )
    except KaikuError as error:
        fail_on_problem(refusal_text(error, words_for(language, "UTC")))
    words = words_for(language, found.offering.timezone)
    if as_json:
        print_json(_plain(found, words))
    else:
        for line in timeline_lines(found.offering, found.entries, found.warnings, words):
            typer.echo(visible_lines(line))
    if png is not None:
        _save_picture(found, png, words, replace=replace)


def _in_database(code: str, *, in_demo: bool) -> "OfferingTimeline":
    from bot.services.offerings.catalogue import current_code
    from bot.services.prompts.timeline import load_offering_timeline

    with open_store(in_demo=in_demo) as store, store.read_transaction() as tx:
        at = now(in_demo=in_demo)
        return load_offering_timeline(tx, current_code(tx, code, at), at)


def _in_plan(file: Path, code: str, language: str, *, as_json: bool) -> "OfferingTimeline":
    from bot.services.prompts.timeline import timeline_in_plan

    plan = read_plan_file(file, language, as_json=as_json)
    found = timeline_in_plan(plan, read_prompt_library(language), code)
    if found is None:
        from bot.domain.errors import KaikuError, Refusal
        from bot.domain.language import nearest

        codes = [each.code for each in plan.offerings if not each.cancelled]
        raise KaikuError(Refusal.UNKNOWN_OFFERING, code=code, nearest=nearest(code, codes), codes=codes)
    return found


def _save_picture(found: "OfferingTimeline", path: Path, words: "Words", *, replace: bool) -> None:
    from bot.views.prompts.timeline_marks import picture_of
    from bot.views.prompts.timeline_picture import draw

    picture = picture_of(found.offering, found.entries, found.calendar, found.seen_at, words)
    if picture is None:
        fail_on_problem(words("plan.nothing_to_draw"))
    with new_file(path, replace=replace, never=database_files()) as unfinished:
        unfinished.write_bytes(draw(picture))
    typer.echo(words("plan.picture_saved", file=path), err=True)


def _plain(found: "OfferingTimeline", words: "Words") -> dict[str, Any]:
    return {
        "offering": found.offering.code,
        "entries": [_plain_entry(entry, words) for entry in found.entries],
        "warnings": [_plain_warning(warning, words) for warning in found.warnings],
    }


def _plain_entry(entry: "Entry", words: "Words") -> dict[str, Any]:
    from bot.views.prompts.timeline import entry_text

    return {
        "kind": entry.kind,
        "state": entry.state,
        "on": entry.on,
        "at": entry.at,
        "session": entry.session,
        "coming": entry.coming,
        "moment": entry.prompt.moment if entry.prompt is not None else None,
        "wanted_on": entry.wanted_on,
        "reason": entry.reason,
        "words": entry_text(entry, words),
    }


def _plain_warning(warning: "TimelineWarning", words: "Words") -> dict[str, Any]:
    """A warning for JSON: its code, what it is about, and its sentence."""
    from bot.domain.prompts.timeline_warnings import PromptDropped, PromptMoved
    from bot.views.prompts.timeline import warning_text

    if isinstance(warning, PromptMoved | PromptDropped):
        about = {"entry": _plain_entry(warning.entry, words)}
    else:
        about = asdict(warning)
    return {"code": warning.code, **about, "words": warning_text(warning, words)}
