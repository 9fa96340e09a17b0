"""Seats that are drawn: the published rule, ranking one's choices, the proposal and its confirmation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from bot.domain.carried.offerings import ProposalRef
from bot.domain.enrolment.allocation import Allocation, Applicant
from bot.domain.enrolment.draw_review import MAY_CONFIRM, DrawReview, DrawSummary
from bot.domain.enrolment.seats import WaitingReason
from bot.domain.language import LANGUAGES
from bot.domain.offerings.offering import Card, Offering, Standing
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    MAX_MODAL_BLOCKS,
    Block,
    Message,
    Option,
    View,
    actions,
    button,
    context,
    escape,
    header,
    menu,
    modal,
    naming,
    section,
    sections,
    select_input,
)
from bot.views.foreseen import Foreseen, Told, told_blocks
from bot.views.look import told
from bot.views.offerings.wording import reason_of, short_standing_of, title_of
from bot.views.people import agency_of
from bot.views.year import open_button

MOST_IN_LINE: Final = 30
"""Of a waiting list, so many are named in a form; ``kaiku allocate`` lists all."""
NO_CHOICE: Final = "-"
MOST_OPTIONS: Final = 100


def rule_of(offering: Offering, words: Words) -> str:
    """The published rule, in a few sentences, by the offering's own limits."""
    assert offering.draw is not None
    day = words.day(offering.closes_on) if offering.closes_on else ""
    rule = words.many("draw.rule", offering.limits.per_agency, day=day)
    return f"{rule} {words('draw.rule_roles')}" if offering.draw.balance_roles else rule


def choice_inputs(card: Card, words: Words, ranked: Sequence[str] = ()) -> list[Block]:
    """One list for each rank; only the first is required. No lists where an offering is drawn alone."""
    if len(card.drawn_with) < 2:
        return []
    chosen = ranked or card.preferred or (card.offering.code,)
    options = [Option(each.code, words.pick(each.title)) for each in card.drawn_with]
    inputs = []
    for rank, field in enumerate(ids.RANKED[: len(card.drawn_with)]):
        of = options if rank == 0 else [Option(NO_CHOICE, words("draw.no_choice")), *options]
        preset = chosen[rank] if rank < len(chosen) else NO_CHOICE
        inputs.append(select_input(field, words("draw.nth_choice", n=rank + 1), of, chosen=preset))
    return inputs


def take_back_form(offering: Offering, words: Words) -> View:
    """Asks for confirmation before a person leaves a draw."""
    act = words("offering.leave_draw")
    return modal(
        act,
        [section(f"*{title_of(offering, words)}*\n{words('leave.ask_draw')}")],
        close=words("form.cancel"),
        submit=act,
        callback_id=ids.LEAVE_FORM,
        private_metadata=offering.code,
    )


def taken_back(offering: Offering, words: Words) -> View:
    """The person has left the draw."""
    return modal(
        words("draw.title"),
        [section(f"*{title_of(offering, words)}*\n{words('left.draw')}"), context(words("left.next"))],
        close=words("form.close"),
        clear_on_close=True,
    )


def proposal_waits(offerings: Sequence[Offering], people: int, words: Words) -> Message:
    """To a facilitator: sign-up has ended, and nobody is told anything until the draw is confirmed."""
    titles = [f"*{title_of(each, words)}*" for each in offerings]
    facts = [*titles, words.many("draw.applicants", people), words("draw.waits_for_you")]
    return told(words("draw.sign_up_ended"), facts, buttons=[review_button(offerings[0], words)])


def review_button(offering: Offering, words: Words) -> Block:
    """Opens the proposal of an offering's draw; for facilitators, in any message or view."""
    return naming(button(words("draw.review"), ids.REVIEW_DRAW, offering.code), words.pick(offering.title))


def draw_row(offering: Offering, draw: DrawSummary, words: Words) -> Block:
    """A draw as one line of a desk, with the button for its proposal."""
    day = words.short_day(offering.closes_on) if offering.closes_on is not None else ""
    when = _moment(draw.drawn_at, words) if draw.drawn_at is not None else ""
    line = words.many(f"draw.desk_{draw.state}", draw.applicants, day=day, when=when)
    return section(line, review_button(offering, words))


def not_selected(
    lines: Sequence[tuple[Offering, Standing]], person: Person, book: AgencyBook, words: Words
) -> Message:
    """No seat this time: the person's place on each waiting list and why."""
    agency = agency_of(person, book, words)
    facts = [words("draw.why")]
    for offering, standing in lines:
        facts += [
            f"*{title_of(offering, words)}*",
            f"{short_standing_of(standing, words)} {reason_of(offering, standing, agency, words)}".rstrip(),
        ]
    buttons = [open_button(lines[0][0], words), button(words("list.show_all"), ids.SHOW_OFFERINGS)]
    offers = any(offering.offers.on for offering, _ in lines)
    small = words("next.waiting_for_offer" if offers else "next.waiting")
    return told(words("draw.not_selected"), facts, small=small, buttons=buttons)


def why_of(allocation: Allocation, applicant: Applicant, offering: Offering, words: Words) -> str:
    """Why somebody has a seat or waits for one, in the proposal and in ``kaiku allocate``."""
    choice = list(applicant.choices).index(offering.id) + 1
    if applicant.person_id in allocation.seated[offering.id]:
        return words("draw.why_seated", choice=choice)
    line = [each.person_id for each in allocation.waiting[offering.id]]
    place = line.index(applicant.person_id)
    if allocation.waiting[offering.id][place].reason is WaitingReason.AGENCY_FULL:
        seats = offering.limits.for_agency(applicant.agency)
        return words.many("draw.why_agency_full", seats, place=place + 1)
    return words("draw.why_group_full", place=place + 1)


def review(shown: DrawReview, called: Mapping[str, str], words: Words) -> View:
    """A proposal, explained: who gets a seat where, who waits, and why. ``called`` has the people's names for
    lists."""
    first = shown.offerings[0]
    when = _moment(shown.drawn_at, words) if shown.drawn_at is not None else ""
    day = words.day(first.closes_on) if first.closes_on else ""
    figures = words(
        "draw.review_figures",
        applicants=len(shown.applicants),
        seated=len(shown.seated),
        agencies=shown.count_agencies(shown.seated),
    )
    blocks: list[Block] = [
        section(words(f"draw.review_{shown.state}", when=when, day=day)),
        section(figures),
        context(rule_of(first, words)),
    ]
    for offering in shown.offerings:
        blocks += _of_offering(shown, offering, called, words)
    if len(blocks) > MAX_MODAL_BLOCKS - 2:
        blocks = [*blocks[: MAX_MODAL_BLOCKS - 3], context(words("draw.rest_by_command"))]
    blocks.append(context(words("draw.seed", seed=shown.seed)))
    ref = str(ProposalRef(first.code, shown.allocation.digest))
    title, close = words("draw.title"), words("form.close")
    if shown.state not in MAY_CONFIRM or not shown.applicants:
        return modal(title, blocks, close=close, private_metadata=ref)
    blocks.insert(1, actions(button(words("draw.messages"), ids.SHOW_DRAW_MESSAGES, ref)))
    return modal(
        title,
        blocks,
        close=close,
        submit=words("draw.confirm"),
        callback_id=ids.DRAW_FORM,
        private_metadata=ref,
    )


def _of_offering(
    shown: DrawReview, offering: Offering, called: Mapping[str, str], words: Words
) -> list[Block]:
    seated, waiting = shown.allocation.seated[offering.id], shown.allocation.waiting[offering.id]
    figures = words(
        "draw.offering_figures",
        seated=len(seated),
        capacity=offering.limits.capacity,
        agencies=shown.count_agencies(seated),
    )

    def lines(names: Sequence[str]) -> list[str]:
        whys = [why_of(shown.allocation, shown.applicants[name], offering, words) for name in names]
        return [
            words("draw.person", n=n, name=escape(called[name]), why=why)
            for n, (name, why) in enumerate(zip(names, whys, strict=True), start=1)
        ]

    blocks = [header(words.pick(offering.title)), *sections([figures, *lines(seated)])]
    if waiting:
        in_line = lines([each.person_id for each in waiting[:MOST_IN_LINE]])
        blocks += sections([f"*{words('draw.in_line')}*", *in_line])
    if len(waiting) > MOST_IN_LINE:
        blocks.append(context(words.many("list.more", len(waiting) - MOST_IN_LINE)))
    return blocks


def messages(
    shown: DrawReview,
    examples: Sequence[Foreseen],
    ref: ProposalRef,
    called: Mapping[str, str],
    languages: Mapping[str, str],
    words: Words,
) -> View:
    """What people will read once the outcome is confirmed: an example in each language for those with a seat
    and those without, or what one chosen reader gets. ``languages``: of those who take part."""
    seated = set(shown.seated)
    of = sorted(shown.applicants, key=lambda each: (each not in seated, called[each]))[:MOST_OPTIONS]
    options = [Option(str(replace(ref, reader=each)), called[each]) for each in of]
    blocks: list[Block] = [
        section(words("draw.messages_note")),
        actions(menu(ids.CHOOSE_DRAW_READER, words("draw.choose_reader"), options)),
    ]
    for each in sorted(examples, key=lambda each: LANGUAGES.index(each.language)):
        assert each.person is not None
        alike = [
            name
            for name in shown.applicants
            if languages[name] == each.language and (name in seated) == (each.person.id in seated)
        ]
        who = escape(called[each.person.id])
        key = "draw.told_seated" if each.person.id in seated else "draw.told_waiting"
        line = words("group.told_whom", who=who) if ref.reader else words(key, n=len(alike), who=who)
        blocks += told_blocks(Told(each.language, each.message), words, line)
    return modal(words("draw.messages_title"), blocks, close=words("form.cancel"))


def _moment(at: datetime, words: Words) -> str:
    here = words.here(at)
    return words("desk.moment", day=words.day(here.date()), time=words.clock_time(here.time()))
