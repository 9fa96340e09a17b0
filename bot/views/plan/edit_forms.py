"""Changing an offering in Slack: choose a session, say what it is to be, read what people will be told."""

from collections.abc import Mapping

from bot.domain.carried.offerings import SessionRef, VenueRef
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering, Session
from bot.domain.plan.edit_outcomes import Editable
from bot.domain.plan.edits import (
    MAX_LABEL,
    MAX_LINK,
    MAX_PLACE,
    MAX_REASON,
    WHOLE_OFFERING,
    PlanEdit,
    SessionEdit,
)
from bot.domain.plan.model import OfferingKind
from bot.domain.plan.rules import ALWAYS_REMOTE
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Option,
    View,
    actions,
    button,
    date_input,
    divider,
    escape,
    modal,
    naming,
    radio_input,
    section,
    several_input,
    text_input,
    time_input,
)
from bot.views.offerings.wording import session_line, title_of, when_of

HELD, CANCELLED = "held", "cancelled"
EVERYWHERE, DESPITE = "everywhere", "despite"


def chooser(found: Editable, names: Mapping[str, str], words: Words) -> View:
    """The sessions ahead, each with how many have acknowledged its last change, and the button to change
    it."""
    offering = found.offering
    blocks: list[Block] = [
        section(f"*{title_of(offering, words)}*  `{offering.code}`\n{words('edit.choose')}")
    ]
    for session in found.ahead:
        lines = [session_line(session, words, with_link=False), *venue_terms(session, words)]
        lines += _acknowledged(found, session, names, words)
        ref = str(SessionRef(offering.code, session.number))
        change = naming(button(words("edit.change"), ids.EDIT_SESSION, ref), when_of(session, words))
        blocks.append(section("\n".join(lines), change))
        beside = [_texts_button(offering, session, words)]
        if not (session.cancelled or offering.cancelled):
            beside.insert(0, _find_time_button(found, session, words))
            if session.venue is not None:
                venue = str(VenueRef(offering.code, session.number, session.free_until))
                beside.append(button(words("venue.give_up"), ids.OPEN_VENUE, venue))
        blocks.append(actions(*beside))
    if not found.ahead:
        blocks.append(section(words("edit.nothing_ahead")))
    else:
        key = "edit.restore_all" if offering.cancelled else "edit.cancel_all"
        whole = str(SessionRef(offering.code, WHOLE_OFFERING))
        blocks += [divider(), actions(button(words(key), ids.EDIT_SESSION, whole))]
    own = button(words("texts.edit_own"), ids.EDIT_TEXTS, str(SessionRef(offering.code, WHOLE_OFFERING)))
    rest = [own, button(words("copy.open"), ids.COPY_OFFERING, offering.code)]
    if offering.kind is not OfferingKind.REMOTE or not offering.sessions:
        rest.insert(0, button(words("edit.new_session"), ids.NEW_SESSION, offering.code))
    blocks += [actions(button(words("seats.open"), ids.EDIT_SEATS, offering.code)), actions(*rest)]
    return modal(words("edit.title"), blocks, close=words("form.close"))


def _texts_button(offering: Offering, session: Session, words: Words) -> Block:
    ref = str(SessionRef(offering.code, session.number))
    return naming(
        button(words("texts.edit"), ids.EDIT_TEXTS, ref), words("times.session", number=session.number)
    )


def _find_time_button(found: Editable, session: Session, words: Words) -> Block:
    key = "times.see_answers" if session.number in found.polled else "times.find"
    ref = str(SessionRef(found.offering.code, session.number))
    return naming(button(words(key), ids.FIND_TIME, ref), words("times.session", number=session.number))


def _acknowledged(found: Editable, session: Session, names: Mapping[str, str], words: Words) -> list[str]:
    about = found.acknowledged.get(session.number)
    if about is None:
        return []
    lines = [words("edit.acknowledged", n=about.done, told=about.told)]
    if about.is_time and about.missing:
        who = words.all_of([escape(names.get(each, each)) for each in about.missing])
        lines.append(words("edit.not_acknowledged", who=who))
    return lines


def venue_terms(session: Session, words: Words) -> list[str]:
    """What the session's venue costs, how many it holds, until when it can be cancelled."""
    venue = session.venue
    if venue is None:
        return []
    price = words.number(venue.price)
    said = [words("venue.price", price=price) if venue.price else words("venue.no_price")]
    if venue.capacity is not None:
        said.append(words("venue.holds", n=venue.capacity))
    if venue.free_until is not None:
        said.append(words("venue.free_until", day=words.day(venue.free_until)))
        if session.kept_until == venue.free_until:
            said.append(words("venue.kept"))
    return said


def session_form(offering: Offering, session: Session, words: Words, edit: PlanEdit | None = None) -> View:
    """The form of a session: as it is now, or as it was filled in before."""
    to = edit.session if edit is not None else None
    on, starts, ends = (to.on, to.starts, to.ends) if to else (session.on, session.starts, session.ends)
    cancelled = to.cancelled if to else session.cancelled
    blocks = [
        section(f"*{title_of(offering, words)}*\n{session_line(session, words, with_link=False)}"),
        date_input(ids.NEW_DAY, words("edit.day"), chosen=on.isoformat()),
        time_input(ids.NEW_STARTS, words("edit.starts"), chosen=f"{starts:%H:%M}"),
        time_input(ids.NEW_ENDS, words("edit.ends"), chosen=f"{ends:%H:%M}"),
        *_where_inputs(offering, session, words, edit),
        _held(words, cancelled=cancelled),
        _besides(session, words, edit),
        *reason_inputs(words, edit),
    ]
    about = PlanEdit(offering.code, session.number, offering.timetable_version)
    return edit_form(blocks, words, edit or about)


def new_session_form(offering: Offering, number: int, words: Words, edit: PlanEdit | None = None) -> View:
    """The form of a new session: time, and either place or link."""
    to = edit.session if edit is not None else None
    inputs = [
        date_input(ids.NEW_DAY, words("edit.day"), chosen=to.on.isoformat() if to else None),
        time_input(ids.NEW_STARTS, words("edit.starts"), chosen=f"{to.starts:%H:%M}" if to else None),
        time_input(ids.NEW_ENDS, words("edit.ends"), chosen=f"{to.ends:%H:%M}" if to else None),
        *where_inputs(words, to, is_live=offering.kind not in ALWAYS_REMOTE),
    ]
    meant = [DESPITE] if edit is not None and edit.despite else []
    besides = several_input(
        ids.BESIDES, words("edit.besides"), [Option(DESPITE, words("edit.despite"))], chosen=meant
    )
    about = PlanEdit(offering.code, number, offering.timetable_version)
    said = f"*{title_of(offering, words)}*\n{words('edit.new_session_note')}"
    return edit_form([section(said), *inputs, besides, *reason_inputs(words, edit)], words, edit or about)


def where_inputs(words: Words, to: SessionEdit | None = None, *, is_live: bool = True) -> list[Block]:
    """A place in both languages, or a link: a session with a link is remote. ``is_live``: it may be live."""
    places = place_inputs((to.place if to else None) or {}, words, optional=True) if is_live else []
    hint = words("new.link_hint" if is_live else "venue.link_hint")
    return [*places, *_link_inputs(to.link if to else None, to.label if to else None, hint, words)]


def _link_inputs(link: str | None, label: str | None, hint: str, words: Words) -> list[Block]:
    return [
        text_input(
            ids.NEW_LINK, words("edit.link"), max_length=MAX_LINK, value=link, hint=hint, optional=True
        ),
        text_input(
            ids.NEW_LABEL,
            words("edit.label"),
            max_length=MAX_LABEL,
            value=label,
            hint=words("edit.label_hint"),
            optional=True,
        ),
    ]


def offering_form(offering: Offering, words: Words, edit: PlanEdit | None = None) -> View:
    """The form to cancel an offering, or to undo that."""
    cancelled = edit.cancelled if edit is not None else not offering.cancelled
    blocks = [
        section(f"*{title_of(offering, words)}*\n{words('edit.all_note')}"),
        _held(words, cancelled=cancelled),
        *reason_inputs(words, edit),
    ]
    about = PlanEdit(offering.code, WHOLE_OFFERING, offering.timetable_version)
    return edit_form(blocks, words, edit or about)


def edit_form(blocks: list[Block], words: Words, about: PlanEdit, title: str = "edit.title") -> View:
    """A form that leads to the preview. It carries the parts of ``about`` that it has no fields for."""
    to = about.session
    act = None if to is None or to.act is None else SessionEdit(to.on, to.starts, to.ends, act=to.act)
    return modal(
        words(title),
        blocks,
        close=words("form.cancel"),
        submit=words("group.preview"),
        callback_id=ids.EDIT_FORM,
        private_metadata=str(PlanEdit(about.code, about.number, about.version, act, seats=about.seats)),
    )


def _where_inputs(offering: Offering, session: Session, words: Words, edit: PlanEdit | None) -> list[Block]:
    """Place and link: clearing one and filling in the other makes the session remote, or live."""
    to = edit.session if edit is not None else None
    if to is None or not (to.place or to.link):
        place, link, label = session.place or {}, session.link, session.link_label
    else:
        place, link, label = to.place or {}, to.link, to.label
    fits = link if link is not None and len(link) <= MAX_LINK else None
    is_live = offering.kind not in ALWAYS_REMOTE
    inputs = place_inputs(place, words, optional=True) if is_live else []
    hint = words("edit.link_hint" if is_live else "venue.link_hint")
    inputs += _link_inputs(fits, label, hint, words)
    if session.free_until is None:
        return inputs
    until = (to.venue.free_until if to and to.venue else None) or session.free_until
    label = words("venue.until_label")
    return [*inputs, date_input(ids.VENUE_UNTIL, label, chosen=until.isoformat())]


def place_inputs(place: Texts, words: Words, *, optional: bool = False) -> list[Block]:
    return [
        text_input(
            field,
            words(f"edit.place_{language}"),
            max_length=MAX_PLACE,
            value=place.get(language),
            optional=optional,
        )
        for language, field in ids.NEW_PLACE.items()
    ]


def _held(words: Words, *, cancelled: bool) -> Block:
    options = [Option(HELD, words("edit.held")), Option(CANCELLED, words("edit.cancelled"))]
    return radio_input(ids.HELD, words("edit.is_held"), options, chosen=CANCELLED if cancelled else HELD)


def _besides(session: Session, words: Words, edit: PlanEdit | None) -> Block:
    options = [Option(DESPITE, words("edit.despite"))]
    if session.is_remote:
        options.insert(0, Option(EVERYWHERE, words("edit.everywhere")))
    chosen = [DESPITE] if edit is not None and edit.despite else []
    if edit is not None and edit.session is not None and edit.session.everywhere:
        chosen.append(EVERYWHERE)
    return several_input(ids.BESIDES, words("edit.besides"), options, chosen=chosen)


def reason_inputs(words: Words, edit: PlanEdit | None) -> list[Block]:
    """The reason in the facilitator's own words."""
    said = edit.reason if edit is not None else {}
    return [
        text_input(
            field,
            words(f"edit.reason_{language}"),
            max_length=MAX_REASON,
            value=said.get(language),
            hint=words("edit.reason_hint") if language == "fi" else None,
            optional=True,
        )
        for language, field in ids.REASON.items()
    ]
