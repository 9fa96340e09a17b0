"""Seats that are drawn: the rule, ranking, the proposal, its confirmation, what each person is told."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from bot.domain.carried.offerings import ProposalRef
from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.allocation import Allocation, Applicant, Room, allocate
from bot.domain.enrolment.draw_review import DrawReview, DrawSummary, ReviewState
from bot.domain.enrolment.seats import SeatLimits, Status, WaitingReason
from bot.domain.enrolment.year import Year
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, Standing
from bot.domain.plan.model import DrawRules
from bot.i18n import Words
from bot.views import draws, enrolment, year
from bot.views.announcements import forms
from bot.views.answers import refusal_text
from bot.views.blocks import View
from bot.views.facilitation import desk
from bot.views.foreseen import Foreseen
from bot.views.offerings.catalogue import offering_list
from gallery.entry import Entry
from gallery.sample import AINO, BOOK, CALENDAR_URL, NEWCOMER, NOTICE, NOW, card, offering

IN_DRAW = Standing(0, Status.IN_DRAW, None, None, 4, choice=1, choices=2)
NAMES = ("Aino Virtanen", "Johan Sjöberg", "Pekka Salonen", "Kaisa Laine", "Olli Korhonen", "Heli Mäkinen")
AGENCIES = ("vero", "traficom", "tulli", "valtiokonttori", "vero", "vero")


def entries() -> Iterator[Entry]:
    yield from _wishing()
    yield from _proposals()
    yield from _outcomes()


def rounds(**rules: object) -> tuple[Offering, Offering]:
    """Two coaching rounds that are drawn together."""
    draw, closes = DrawRules(**rules), date(2019, 3, 15)  # type: ignore[arg-type]
    one, other = offering("coaching-1", draw=draw, closes_on=closes), offering("coaching-2", draw=draw)
    return one, replace(other, opens_on=one.opens_on, closes_on=closes)


def _wishing() -> Iterator[Entry]:
    one, other = rounds()
    open_card = card(one, undrawn=True, drawn_with=(one, other))
    ranked = replace(open_card, mine=IN_DRAW, preferred=("coaching-2", "coaching-1"))
    yield Entry(
        "Signing up where seats are drawn",
        lambda words: enrolment.join_form(open_card, AINO, BOOK, NOTICE, words),
    )
    yield Entry("Ranking anew", lambda words: enrolment.join_form(ranked, AINO, BOOK, NOTICE, words))
    alone = card(rounds(balance_roles=True)[0], undrawn=True, drawn_with=(one,))
    yield Entry(
        "Signing up to one that is drawn alone, with roles",
        lambda words: enrolment.join_form(alone, NEWCOMER, BOOK, NOTICE, words, asks=True),
    )
    yield Entry(
        "The wish is noted",
        lambda words: enrolment.joined(one, IN_DRAW, AINO, BOOK, words, already=False, now=NOW),
    )
    single = replace(IN_DRAW, choices=1)
    yield Entry(
        "The wish was noted before",
        lambda words: enrolment.standing_message(one, single, AINO, BOOK, words, now=NOW),
    )
    yield Entry("The list with what is drawn", lambda words: offering_list([open_card, ranked], words))
    mine = Year(now=NOW, mine=[ranked])
    yield Entry("Mine with a wish", lambda words: year.mine_message(mine, words))
    yield Entry("A wish in full", lambda words: year.opened(ranked, AINO, BOOK, NOW, words))
    yield Entry("Details of what is drawn", lambda words: forms.details(open_card, None, words))
    yield Entry("Taking a wish back", lambda words: draws.take_back_form(one, words))
    yield Entry("The wish is taken back", lambda words: draws.taken_back(one, words))
    for refusal in (
        Refusal.NOT_DRAWN,
        Refusal.STILL_OPEN,
        Refusal.SEATS_NOT_DRAWN,
        Refusal.DRAWN_TOGETHER,
    ):
        yield Entry(
            f"Refused: {refusal}",
            lambda words, refusal=refusal: refusal_text(KaikuError(refusal, offering=one), words),  # type: ignore[misc]
        )


def _drawn(people: int, seats: int) -> tuple[dict[str, Applicant], dict[str, str], Allocation]:
    one, other = rounds()
    applicants = [
        Applicant(f"U{n}", AGENCIES[n % len(AGENCIES)], "expert", (one.id, other.id)[: 1 + n % 2])
        for n in range(people)
    ]
    rooms = [Room(each.id, SeatLimits(seats, 1)) for each in (one, other)]
    called = {f"U{n}": f"{NAMES[n % len(NAMES)]}, {AGENCIES[n % len(AGENCIES)]}" for n in range(people)}
    return {each.person_id: each for each in applicants}, called, allocate(rooms, applicants, "9f2c")


def _proposals() -> Iterator[Entry]:
    one, other = rounds()
    yield Entry("A proposal waits", lambda words: draws.proposal_waits((one, other), 31, words))
    applicants, called, allocation = _drawn(6, 2)
    for state in ReviewState:
        drawn_at = NOW if state in {ReviewState.CONFIRMED, ReviewState.KNOWN} else None
        shown = DrawReview((one, other), allocation, applicants, "9f2c", state, drawn_at)
        yield Entry(
            f"The proposal, {state}",
            lambda words, shown=shown: draws.review(shown, called, words),  # type: ignore[misc]
        )
    for at in (ReviewState.EARLY, ReviewState.READY, ReviewState.KNOWN):
        summary = DrawSummary(31, NOW, NOW if at is ReviewState.KNOWN else None, at)
        yield Entry(
            f"The desk with a draw, {at}",
            lambda words, summary=summary: desk.desk(  # type: ignore[misc]
                one, [], [], [], words, seated=0, may_read=True, draw=summary
            ),
        )
    shown = DrawReview((one, other), allocation, applicants, "9f2c", ReviewState.CONFIRMED)
    got = Standing(1, Status.SEATED, None, None, 4, choice=1, choices=2)
    waits = [(one, Standing(2, Status.WAITING, 3, WaitingReason.GROUP_FULL, 4))]
    for reader in (None, "U0"):

        def messages(words: Words, reader: str | None = reader) -> View:
            said = {
                shown.seated[0]: enrolment.confirmation(one, got, AINO, BOOK, words, now=NOW),
                next(each for each in applicants if each not in shown.seated): draws.not_selected(
                    waits, AINO, BOOK, words
                ),
            }
            examples = [
                Foreseen(DeliveryKind.CONFIRMATION, "fi", replace(AINO, id=who), message)
                for who, message in said.items()
            ]
            ref = ProposalRef(one.code, "9f2c", reader)
            return draws.messages(shown, examples, ref, called, dict.fromkeys(applicants, "fi"), words)

        yield Entry(f"The messages of a proposal{', to one' if reader else ''}", messages)
    many, names, long = _drawn(80, 2)
    crowd = DrawReview((one, other), long, many, "9f2c", ReviewState.READY)
    yield Entry("A proposal with a long line", lambda words: draws.review(crowd, names, words))
    much = DrawReview((one, other) * 20, long, many, "9f2c", ReviewState.READY)
    yield Entry("A proposal that does not fit", lambda words: draws.review(much, names, words))


def _outcomes() -> Iterator[Entry]:
    one, other = rounds()
    for choice, choices in ((1, 2), (2, 2), (1, 1)):
        got = Standing(1, Status.SEATED, None, None, 4, choice=choice, choices=choices)
        yield Entry(
            f"A seat from a draw, choice {choice} of {choices}",
            lambda words, got=got: enrolment.confirmation(  # type: ignore[misc]
                one,
                got,
                AINO,
                BOOK,
                words,
                calendar_url=CALENDAR_URL,
                now=NOW,
            ),
        )
    in_vain = [
        (one, Standing(2, Status.WAITING, 3, WaitingReason.AGENCY_FULL, 4)),
        (other, Standing(3, Status.WAITING, 1, WaitingReason.GROUP_FULL, 4)),
    ]
    yield Entry("No seat in a draw", lambda words: draws.not_selected(in_vain, AINO, BOOK, words))
    has_one = Standing(4, Status.WAITING, 1, WaitingReason.HAS_ANOTHER, 4)
    yield Entry(
        "Waiting with a seat in the same draw",
        lambda words: enrolment.standing_message(other, has_one, AINO, BOOK, words, now=NOW),
    )
