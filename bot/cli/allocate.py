"""``kaiku allocate``: draws seats from the seed and explains the outcome, or only tries a draw."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import AsJson, Language, cells, fail_on_problem, print_json
from bot.cli.spoken import say, told
from bot.cli.store import InDemo, now, open_store

if TYPE_CHECKING:
    from datetime import datetime

    from bot.services.enrolment.draws import Proposal
    from storage.transaction import Tx


def print_allocation(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="opt.codes")],
    explain: Annotated[bool, typer.Option("--explain", help="opt.explain")] = False,
    only_try: Annotated[bool, typer.Option("--try", help="opt.only_try")] = False,
    language: Language = "",
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Print who gets a seat and who waits. Without --try the draw is a proposal, stored once sign-up has
    ended; a facilitator confirms it in Slack. A confirmed draw is reproduced from its seed."""
    from bot.domain.errors import KaikuError
    from bot.i18n import words_for
    from bot.views.answers import refusal_text

    with open_store(in_demo=in_demo) as store:
        at = now(in_demo=in_demo)
        try:
            with store.read_transaction() if only_try else store.transaction() as tx:
                found = _proposals(tx, codes, at, writes=not only_try)
        except KaikuError as error:
            fail_on_problem(refusal_text(error, words_for(language, "UTC")))
    if as_json:
        print_json([_plain(each, language, explain=explain) for each in found])
    else:
        for each in found:
            _print_tables(each, language, explain=explain)
    if any(each.reproduced is False for each in found):
        fail_on_problem(told("allocate.not_reproduced"))


def _proposals(tx: "Tx", codes: list[str], at: "datetime", *, writes: bool) -> "list[Proposal]":
    """The proposals of the named offerings, each draw once."""
    from bot.domain.errors import KaikuError, Refusal
    from bot.services.enrolment import draws
    from bot.services.offerings.catalogue import current_code

    found: dict[int, Proposal] = {}
    for code in codes:
        proposal = draws.load_proposal(tx, current_code(tx, code, at))
        group = proposal.group
        if group.leader.id in found:
            continue
        if writes and group.drawn_at is None:
            if group.ends_at > at:
                raise KaikuError(Refusal.STILL_OPEN, offering=group.leader)
            draws.note_proposed(tx, group, at)
        found[group.leader.id] = proposal
    return list(found.values())


def _plain(proposal: "Proposal", language: str, *, explain: bool) -> dict[str, Any]:
    group = proposal.group
    state = "confirmed" if group.drawn_at is not None else "proposed"
    return {
        "seed": group.seed,
        "seed_fixed_at": group.fixed_at,
        "state": state,
        "confirmed_at": group.drawn_at,
        "result": proposal.digest,
        "reproduced": proposal.reproduced,
        "seats_each": group.seats_each,
        "offerings": [
            {
                "code": offering.code,
                "capacity": offering.limits.capacity,
                "seats_per_agency": offering.limits.per_agency,
                "people": _people(proposal, offering.id, language, explain=explain),
            }
            for offering in group.offerings
        ],
    }


def _people(proposal: "Proposal", offering_id: int, language: str, *, explain: bool) -> list[dict[str, Any]]:
    from bot.i18n import words_for
    from bot.views.draws import why_of

    offering = next(each for each in proposal.group.offerings if each.id == offering_id)
    words = words_for(language, offering.timezone)
    seated = [(name, "seated", None) for name in proposal.allocation.seated[offering_id]]
    waiting = [
        (each.person_id, "waiting", place)
        for place, each in enumerate(proposal.allocation.waiting[offering_id], start=1)
    ]
    rows = []
    for name, status, position in [*seated, *waiting]:
        applicant = proposal.applicants[name]
        row: dict[str, Any] = {
            "user_id": name,
            "name": proposal.people[name].name,
            "agency": applicant.agency,
            "role": applicant.role,
            "choice": proposal.choice_of(name, offering_id),
            "waited": applicant.waited,
            "status": status,
            "position": position,
        }
        if explain:
            row["why"] = why_of(proposal.allocation, applicant, offering, words)
        rows.append(row)
    return rows


def _print_tables(proposal: "Proposal", language: str, *, explain: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    group = proposal.group
    known = {None: "allocate.proposal", True: "allocate.as_confirmed", False: "allocate.not_as_confirmed"}
    seed = group.seed or told("allocate.no_seed")
    state = told(known[proposal.reproduced])
    say("allocate.head", seed=seed, code=group.leader.code, state=state, result=proposal.digest)
    console = Console()
    wide = Console(width=console.width if console.is_terminal else 200)
    for offering in group.offerings:
        heads = ("status", "place", "name", "user", "agency", "choice", *(["why"] if explain else []))
        table = Table(*(told(f"cli.column_{each}") for each in heads), title=cells(offering.code)[0])
        for row in _people(proposal, offering.id, language, explain=explain):
            shown = [told(f"roster.status_{row['status']}"), str(row["position"] or "")]
            shown += [row["name"], row["user_id"], row["agency"]]
            shown += [str(row["choice"]), *([row["why"]] if explain else [])]
            table.add_row(*cells(*shown))
        wide.print(table)
