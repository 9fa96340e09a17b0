"""Every kind of message is documented, renders in every language, and is counted when it is not sent."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from bot.domain.announcements import PostReason, PostState
from bot.domain.deliveries import DeliveryKind, DeliveryState, Occurrence, PostOccurrence, Subject
from bot.domain.enrolment.seats import Status
from bot.domain.language import LANGUAGES
from bot.domain.offerings.offering import agreed_time
from bot.domain.people.person import Defaults, Person, Profile
from bot.domain.plan.model import DrawRules, Reading, SignUpWindow
from bot.domain.prompts.preparation import Card, CardRef
from bot.domain.prompts.prompt import Moment
from bot.domain.reflections import Sharing
from bot.message_kinds import declare_message_kinds
from bot.services.announcements.publish import Wanted, publish, save_draft
from bot.services.announcements.rendering import PostRenderer
from bot.services.calendars.feed import CalendarLinks
from bot.services.completion.certificates import ask_for
from bot.services.deliveries.declaration import MessageKinds
from bot.services.deliveries.rendered import Edit, HomeView, OutgoingMessage
from bot.services.enrolment.confirm_draw import confirm
from bot.services.enrolment.draws import load_proposal
from bot.services.enrolment.join import enrol
from bot.services.enrolment.opening import wish
from bot.services.facilitation.rooms import send_rooms, share_out
from bot.services.offerings.facilitators import Actor
from bot.services.people.profiles import meet
from bot.services.plan.apply import apply_plan
from bot.services.prompts.library import read_library
from bot.services.prompts.series import keep_series
from bot.services.reflections.answers import write
from bot.services.reflections.vault import Vault
from bot.services.sending.rendering import render
from bot.views.payload import check_message, check_view
from storage import channels as channel_rows
from storage import deliveries as delivery_rows
from storage import letters as letter_rows
from storage import prompts as prompt_rows
from storage.announcements import find_post, mark_posted, mark_trouble
from storage.engine import Store
from storage.enrolment import EnrolmentRow, list_standing_enrolments
from storage.group import add_invitation
from storage.offerings.catalogue import SessionRow, list_sessions_of
from storage.offerings.notices import note_sent
from storage.offers import add_offer, end_offer
from storage.roles import add_coordinator
from storage.tables import (
    Delivery,
    Draw,
    Enrolment,
    Offering,
    OfferingSession,
    Programme,
    Prompt,
    Strand,
)
from storage.time_polls import add_poll
from storage.transaction import Tx
from storage.turns import keep_turn
from tests.conftest import ROOT
from tests.support.announcing import CODE as ANNOUNCED
from tests.support.announcing import FINNISH, SWEDISH
from tests.support.drawing import ROUNDS
from tests.support.feeds import fetch
from tests.support.message_table import table_of
from tests.support.reflecting import CODE, FIRST
from tests.support.running import NOTICE, Running
from tests.support.shipped_plan import BOOK, SHIPPED, with_offering, with_session
from tests.support.time_passing import helsinki

DEFAULTS = Defaults("fi", "Europe/Helsinki")
PROFILE = Profile("UAINO", "Aino", language="fi", timezone="Europe/Helsinki")
VAULT = Vault(b"k" * 32)
LIBRARY = read_library()


def declared(defaults: Defaults = DEFAULTS) -> MessageKinds:
    return declare_message_kinds(BOOK, defaults, CalendarLinks(), VAULT, NOTICE)


KINDS = declared()
TO_CHANNELS = {each.kind for each in KINDS if each.to_channel is not None}
SENT_NEVER = {
    DeliveryKind.SEAT_HOLD,
    DeliveryKind.OFFER_END,
    DeliveryKind.LINE_MOVES,
    DeliveryKind.TIME_POLL_END,
    DeliveryKind.REMOVAL_END,
    DeliveryKind.CLEARING,
}
"""What is due is the end of a time, or a deletion."""
PROMPTS = {DeliveryKind.PROMPT, DeliveryKind.PROMPT_AGAIN, DeliveryKind.PROMPT_REMINDER}
SENTENCE = {"fi": "Tervetuloa!", "sv": "Välkommen!"}
OPENS_LATER = "foresight-2"
EARLIER = helsinki(2019, 2, 11, 10)
MARCH = helsinki(2019, 3, 1, 10)
FOLLOWED_UP = {"issuer": None, "questions": None, "follow_up": True}
OVER = helsinki(2019, 6, 14, 10)


def test_every_kind_is_declared_once() -> None:
    assert sorted(each.kind for each in KINDS) == sorted(DeliveryKind)


def test_every_kind_is_in_the_table_of_the_docs_as_it_is_declared() -> None:
    assert table_of(KINDS) in (ROOT / "docs/messages.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [each for each in DeliveryKind if each not in SENT_NEVER])
def test_every_kind_renders_in_every_language(kind: DeliveryKind, planned_url: str) -> None:
    store = Store(planned_url)
    with store.transaction() as tx:
        for language in LANGUAGES:
            seated(tx, language)
        said = {language: text_in(tx, kind, language) for language in languages_of(kind)}
    store.close()
    assert len(set(said.values())) == len(said), said


async def test_what_is_not_sent_is_counted_with_its_kind_and_reason(kaiku: Running) -> None:
    reasons = dict.fromkeys(set(DeliveryKind) - TO_CHANNELS - {DeliveryKind.CLEARING}, "person_unknown")
    reasons |= {DeliveryKind.ANNOUNCEMENT: "gone", DeliveryKind.POST_EDIT: "gone"}
    reasons |= {DeliveryKind.ROUND: "withdrawn", DeliveryKind.CHANNEL_WELCOME: "let_go"}
    with kaiku.store.transaction() as tx:
        for n, kind in enumerate(each for each in DeliveryKind if each is not DeliveryKind.CLEARING):
            subject = str(Subject(CODE, prompt_id=999)) if kind is DeliveryKind.ROUND else CODE
            about = str(Occurrence(999, offer_id=999)) if kind is DeliveryKind.OFFER_END else "999"
            add(tx, kind, f"NOBODY{n}", subject, about, kaiku.clock.now() - timedelta(hours=1))
    await kaiku.settle()
    metrics = (await fetch(kaiku, "/metrics")).text
    for kind, reason in reasons.items():
        assert f'kaiku_sends_total{{kind="{kind}",outcome="skipped",reason="{reason}"}} 1.0' in metrics


def languages_of(kind: DeliveryKind) -> tuple[str, ...]:
    """Channels are told in Finnish and Swedish, one of them first; people in their own language."""
    return ("fi", "sv") if kind in TO_CHANNELS else LANGUAGES


def text_in(tx: Tx, kind: DeliveryKind, language: str) -> str:
    """What a delivery of this kind says, whose rows are made here, in a message that Slack takes."""
    recipient, subject, occurrence = rows_for(tx, kind, language)
    delivery = add(tx, kind, recipient, subject, occurrence, FIRST)
    # What can wait does not come within an hour of another message.
    others = (Delivery.c.recipient == recipient, Delivery.c.id != delivery, Delivery.c.state == "planned")
    tx.execute(update(Delivery).where(*others).values(state="cancelled"))
    rendered = render(tx, delivery, declared(Defaults(language, "Europe/Helsinki")), DEFAULTS, FIRST)
    if isinstance(rendered, HomeView):
        assert check_view(rendered.view) == []
        return str(rendered.view)
    assert isinstance(rendered, OutgoingMessage | Edit), rendered
    assert check_message(rendered.message) == []
    return rendered.message.text


def rows_for(tx: Tx, kind: DeliveryKind, language: str) -> tuple[str, str, str]:
    """Recipient, subject and occurrence of a delivery of this kind, with the rows that it is about."""
    if kind in {DeliveryKind.ANNOUNCEMENT, DeliveryKind.POST_EDIT, DeliveryKind.POST_TROUBLE}:
        return rows_for_post(tx, kind, language)
    person, enrolment = seated(tx, language)
    match kind:
        case DeliveryKind.DAY_BEFORE | DeliveryKind.HOUR_BEFORE:
            starts_at = _session_of(tx, enrolment, 1).starts_at
            occurrence = Occurrence(enrolment.id, starts_at=starts_at)
            return person.id, str(Subject(CODE, session=1)), str(occurrence)
        case DeliveryKind.LINK_BEFORE:
            return rows_for_a_link(tx, person, enrolment)
        case DeliveryKind.TIME_POLL:
            times = ["2019-04-25 12:30 16:00", "2019-04-26 12:30 16:00"]
            poll = add_poll(
                tx, enrolment.offering_id, 2, [_now_of(tx, enrolment, 2), *times], "UKOORD", FIRST
            )
            return person.id, str(Subject(CODE, session=2)), str(poll.id)
        case DeliveryKind.BRIEF | DeliveryKind.ATTENDANCE_DUE | DeliveryKind.ROOM:
            return rows_for_session(tx, kind, person, enrolment)
        case DeliveryKind.VENUE_ASKED | DeliveryKind.VENUE_ASKED_LAST:
            tx.execute(update(Offering).where(Offering.c.code == CODE).values(led_by=[person.id]))
            return person.id, str(Subject(CODE, session=4)), "2019-05-22"
        case DeliveryKind.CHANGE:
            apply_plan(tx, with_session(SHIPPED, CODE, 4, on=date(2019, 6, 13)), EARLIER)
            return person.id, CODE, str(Occurrence(enrolment.id, 2))
        case DeliveryKind.CHANGE_REMINDER | DeliveryKind.CHANGED_BY_OTHERS:
            return rows_for_a_change(tx, kind, person, enrolment)
        case DeliveryKind.EDIT | DeliveryKind.UNDELIVERED:
            other = add(tx, DeliveryKind.CONFIRMATION, person.id, CODE, str(enrolment.id), EARLIER)
            state = DeliveryState.SENT if kind is DeliveryKind.EDIT else DeliveryState.FAILED
            change(tx, other, state=state, channel="D1", ts="1.0", reason="account_inactive")
            return person.id, str(other), ""
        case DeliveryKind.OFFER | DeliveryKind.OFFER_LAPSED:
            return rows_for_an_offer(tx, kind, person, enrolment)
        case DeliveryKind.SEAT_LOST:
            change_enrolment(tx, enrolment, status=Status.REMOVED)
            return person.id, CODE, str(enrolment.id)
        case DeliveryKind.REMOVED | DeliveryKind.MOVED:
            status = Status.REMOVED if kind is DeliveryKind.REMOVED else Status.SEATED
            change_enrolment(tx, enrolment, status=status)
            return person.id, CODE, str(Occurrence(enrolment.id, act_id=1))
        case DeliveryKind.INVITATION:
            invited = add_invitation(tx, offering_id=enrolment.offering_id, person_id=person.id, now=FIRST)
            return person.id, CODE, str(invited)
        case DeliveryKind.ROUND:
            asked = prompt_of(tx, enrolment.offering_id)
            tx.execute(update(Prompt).where(Prompt.c.id == asked).values(channel=FINNISH))
            return FINNISH, str(Subject(CODE, prompt_id=asked)), language
        case (
            DeliveryKind.NOW_FACILITATES
            | DeliveryKind.NO_FACILITATOR
            | DeliveryKind.FACILITATORS_DAY
            | DeliveryKind.MONTH_VIEW
        ):
            return rows_for_role(tx, kind, person, enrolment)
        case DeliveryKind.SIGN_UP_OPEN:
            wish(tx, person, OPENS_LATER, EARLIER)
            return person.id, OPENS_LATER, ""
        case DeliveryKind.DRAW_PROPOSED | DeliveryKind.NOT_SELECTED | DeliveryKind.DRAW_CALLED_OFF:
            return rows_for_draw(tx, kind, person)
        case DeliveryKind.CHANNEL_WELCOME:
            values = {"state": "kept", "channel": "CRYHMA", "author": person.id, "made_at": EARLIER}
            if channel_rows.find_by_slack_id(tx, "CRYHMA") is None:
                channel_rows.add_channel(tx, offering_id=enrolment.offering_id, **values)
            return "CRYHMA", CODE, language
        case DeliveryKind.LETTER:
            return person.id, CODE, str(letter_of(tx, person, enrolment))
        case DeliveryKind.PRIVACY_CHANGE:
            return person.id, "", "1"
        case DeliveryKind.STARTED_WITHOUT | DeliveryKind.TURN_OPEN | DeliveryKind.MATERIALS:
            return rows_for_the_end(tx, kind, person, enrolment)
        case DeliveryKind.CERTIFICATE_ASKED:
            ask_for(tx, person, CODE, "Aino", person.language, CalendarLinks(), OVER)
            return person.id, CODE, ""
        case DeliveryKind.CLOSING_LETTER:
            asked = sent_prompt(tx, person, enrolment.offering_id)
            answers = ["kokous alkaa", "kuuntelen"]
            write(tx, VAULT, person, asked, answers, Sharing.PRIVATE, FIRST)
            return person.id, CODE, ""
        case DeliveryKind.USE_AFTER_3 | DeliveryKind.USE_AFTER_6:
            here = OfferingSession.c.offering_id == enrolment.offering_id
            tx.execute(update(OfferingSession).where(here).values(starts_at=MARCH, ends_at=MARCH))
            tx.execute(update(Programme).values(closing=FOLLOWED_UP))
            return person.id, CODE, ""
        case DeliveryKind.PREPARATION:
            tx.execute(update(Strand).values(prompts="coaching"))
            card = CardRef(Card.BEFORE_DISCUSSION, date(2019, 12, 12))
            prompt_rows.set_preparation(tx, person.id, prompt_rows.PreparationRow(discussion_on=card.on))
            return person.id, str(card), ""
        case DeliveryKind.PROMPT_REMINDER:
            asked = sent_prompt(tx, person, enrolment.offering_id)
            return person.id, str(Subject(CODE, prompt_id=asked)), ""
        case _ if kind in PROMPTS:
            return person.id, str(Subject(CODE, prompt_id=prompt_of(tx, enrolment.offering_id))), "1"
        case _:
            return person.id, CODE, str(enrolment.id)


def rows_for_an_offer(
    tx: Tx, kind: DeliveryKind, person: Person, enrolment: EnrolmentRow
) -> tuple[str, str, str]:
    is_over = kind is DeliveryKind.OFFER_LAPSED
    change_enrolment(tx, enrolment, status=Status.WAITING if is_over else Status.OFFERED)
    offer = add_offer(
        tx,
        offering_id=enrolment.offering_id,
        enrolment_id=enrolment.id,
        person_id=person.id,
        seat=1,
        told_at=FIRST,
        until=FIRST + timedelta(hours=5),
        now=FIRST,
    )
    if is_over:
        end_offer(tx, offer.id, "lapsed", FIRST)
    return person.id, CODE, str(Occurrence(enrolment.id, offer_id=offer.id))


def rows_for_draw(tx: Tx, kind: DeliveryKind, person: Person) -> tuple[str, str, str]:
    """Somebody of the same agency has the only seat, of which sign-up ended before it is told."""
    code, window = ROUNDS[0], SignUpWindow(EARLIER.date(), FIRST.date() - timedelta(days=1))
    changes = {"capacity": 1, "seats_per_agency": 1, "sign_up": window, "draw": DrawRules()}
    apply_plan(tx, with_offering(SHIPPED, code, facilitators=(person.id,), **changes), EARLIER)
    leader = replace(person, id="ULEADER")
    meet(tx, Profile(leader.id, "Leader", "fi", "Europe/Helsinki", is_guest=False), DEFAULTS, EARLIER)
    enrol(tx, leader, code, EARLIER)
    if kind is DeliveryKind.DRAW_PROPOSED:
        return person.id, code, ""
    enrol(tx, person, code, EARLIER)
    if kind is DeliveryKind.DRAW_CALLED_OFF:
        apply_plan(tx, with_offering(SHIPPED, code, cancelled=True, **changes), EARLIER)
        return person.id, code, "2"
    actor = Actor(person, frozenset({person.id}))
    for seed in range(100):
        tx.execute(update(Draw).values(seed=str(seed)))
        proposal = load_proposal(tx, code)
        if person.id in proposal.unplaced:
            break
    confirm(tx, actor, code, proposal.digest, FIRST)
    return person.id, code, ""


def rows_for_role(
    tx: Tx, kind: DeliveryKind, person: Person, enrolment: EnrolmentRow
) -> tuple[str, str, str]:
    """The reader facilitates the offering, or coordinates while its facilitator's account is closed."""
    if kind is DeliveryKind.MONTH_VIEW:
        add_coordinator(tx, person.id, EARLIER)
        return person.id, "", "2019-04"
    if kind is DeliveryKind.NO_FACILITATOR:
        gone = replace(PROFILE, user_id="UGONE", deactivated=True)
        meet(tx, gone, DEFAULTS, EARLIER)
        add_coordinator(tx, person.id, EARLIER)
    leader = "UGONE" if kind is DeliveryKind.NO_FACILITATOR else person.id
    tx.execute(update(Offering).where(Offering.c.id == enrolment.offering_id).values(led_by=[leader]))
    if kind is DeliveryKind.FACILITATORS_DAY:
        change_enrolment(tx, enrolment, enrolled_at=helsinki(2019, 4, 3, 15))
        return person.id, "", "2019-04-04"
    return person.id, CODE, "UGONE" if kind is DeliveryKind.NO_FACILITATOR else ""


def rows_for_the_end(
    tx: Tx, kind: DeliveryKind, person: Person, enrolment: EnrolmentRow
) -> tuple[str, str, str]:
    match kind:
        case DeliveryKind.STARTED_WITHOUT:
            change_enrolment(tx, enrolment, status=Status.WAITING, seated_at=None)
            return person.id, CODE, str(enrolment.id)
        case DeliveryKind.TURN_OPEN:
            other = "coaching-3"
            strand_id = tx.scalars(select(Offering.c.strand_id).where(Offering.c.code == other)).one()
            keep_turn(tx, person.id, strand_id, 1, FIRST)
            return person.id, other, ""
        case _:
            slides = (Reading({"fi": "Kalvot", "sv": "Bilder", "en": "Slides"}, "https://kaiku.example/1"),)
            apply_plan(tx, with_session(SHIPPED, CODE, 1, materials=slides), EARLIER)
            return person.id, str(Subject(CODE, session=1)), ""


def rows_for_session(
    tx: Tx, kind: DeliveryKind, person: Person, enrolment: EnrolmentRow
) -> tuple[str, str, str]:
    """The first session is over by the time that these are rendered, the second is ahead."""
    number = 1 if kind is DeliveryKind.ATTENDANCE_DUE else 2
    tx.execute(update(Offering).where(Offering.c.code == CODE).values(facilitators=[person.id], led_by=None))
    subject = str(Subject(CODE, session=number))
    if kind is DeliveryKind.ROOM:
        actor = Actor(person, frozenset({person.id}))
        share_out(tx, BOOK, actor, CODE, number, EARLIER, missing=(), size=4)
        told = send_rooms(tx, BOOK, actor, CODE, number, EARLIER)
        return person.id, subject, f"{told.rooms[0].mark}:0"
    session = _session_of(tx, enrolment, number)
    return person.id, subject, f"{session.starts_at:%Y%m%dT%H%MZ}"


def _session_of(tx: Tx, enrolment: EnrolmentRow, number: int) -> SessionRow:
    sessions = list_sessions_of(tx, enrolment.offering_id)
    return next(each for each in sessions if each.number == number)


def _now_of(tx: Tx, enrolment: EnrolmentRow, number: int) -> str:
    session = _session_of(tx, enrolment, number)
    return agreed_time(session.on_date, session.starts, session.ends)


def rows_for_a_link(tx: Tx, person: Person, enrolment: EnrolmentRow) -> tuple[str, str, str]:
    """Its first session is remote."""
    first = (OfferingSession.c.offering_id == enrolment.offering_id, OfferingSession.c.number == 1)
    remote = {"place": None, "link": "https://skype.example/1"}
    tx.execute(update(OfferingSession).where(*first).values(remote))
    occurrence = Occurrence(enrolment.id, starts_at=_session_of(tx, enrolment, 1).starts_at)
    return person.id, str(Subject(CODE, session=1)), str(occurrence)


def rows_for_a_change(
    tx: Tx, kind: DeliveryKind, person: Person, enrolment: EnrolmentRow
) -> tuple[str, str, str]:
    apply_plan(tx, with_session(SHIPPED, CODE, 4, on=date(2019, 6, 13)), EARLIER)
    if kind is DeliveryKind.CHANGE_REMINDER:
        note_sent(tx, enrolment.id, person.id, 2, [4], FIRST)
        return person.id, str(Subject(CODE, session=4)), str(Occurrence(enrolment.id, 2))
    led = {"facilitators": [person.id], "led_by": None}
    tx.execute(update(Offering).where(Offering.c.id == enrolment.offering_id).values(led))
    return person.id, CODE, "1"


def rows_for_post(tx: Tx, kind: DeliveryKind, language: str) -> tuple[str, str, str]:
    author, _ = seated(tx, language)
    actor = Actor(author, frozenset({author.id}))
    channel = SWEDISH if language == "sv" else FINNISH
    channel = channel if language in {"fi", "sv"} else "CYLEINEN"
    wanted = Wanted({channel: language if language != "en" else "fi"}, SENTENCE, (), None)
    draft = save_draft(tx, actor, ANNOUNCED, wanted, PostRenderer(DEFAULTS), FIRST)
    publish(tx, actor, draft.announcement.id, FIRST)
    post = find_post(tx, channel, ANNOUNCED, PostReason.ANNOUNCE)
    assert post is not None
    match kind:
        case DeliveryKind.ANNOUNCEMENT:
            return channel, ANNOUNCED, str(PostOccurrence(post.id))
        case DeliveryKind.POST_EDIT:
            mark_posted(tx, post.id, "1.0", FIRST, version=1, stands=None)
            return channel, ANNOUNCED, str(PostOccurrence(post.id))
        case _:
            mark_trouble(tx, post.id, PostState.GONE, "message_not_found")
            return author.id, str(post.id), ""


def seated(tx: Tx, language: str) -> tuple[Person, EnrolmentRow]:
    """Somebody who reads this language and has a seat."""
    profile = Profile(f"U{language.upper()}", "Aino", language=language, timezone="Europe/Helsinki")
    person = replace(meet(tx, profile, DEFAULTS, EARLIER), agency="vero", role="expert")
    enrol(tx, person, CODE, EARLIER)
    (enrolment,) = list_standing_enrolments(tx, person.id)
    return person, enrolment


def change_enrolment(tx: Tx, enrolment: EnrolmentRow, **values: Any) -> None:
    tx.execute(update(Enrolment).where(Enrolment.c.id == enrolment.id).values(**values))


def letter_of(tx: Tx, person: Person, enrolment: EnrolmentRow) -> int:
    values = {"author": person.id, "audience": "seated", "text": SENTENCE | {"en": "Welcome!"}}
    rest = {"in_office_hours": True, "state": "confirmed", "made_at": EARLIER}
    return letter_rows.add_letter(tx, offering_id=enrolment.offering_id, **values, **rest).id


def prompt_of(tx: Tx, offering_id: int) -> int:
    """The id of the first prompt of the offering's own series: an if-then plan."""
    keep_series(tx, LIBRARY, EARLIER)
    first = select(Prompt.c.id).where(Prompt.c.offering_id == offering_id, Prompt.c.moment == Moment.PLAN)
    return tx.scalars(first.order_by(Prompt.c.id)).first()


def sent_prompt(tx: Tx, person: Person, offering_id: int) -> int:
    asked = prompt_of(tx, offering_id)
    sent = add(tx, DeliveryKind.PROMPT, person.id, str(Subject(CODE, prompt_id=asked)), "", EARLIER)
    change(tx, sent, state=DeliveryState.SENT, sent_at=helsinki(2019, 4, 2, 10), channel="D1", ts="2.0")
    return asked


def add(tx: Tx, kind: DeliveryKind, recipient: str, subject: str, occurrence: str, due_at: datetime) -> int:
    delivery_rows.add_delivery(
        tx,
        kind=kind,
        recipient=recipient,
        subject=subject,
        occurrence=occurrence,
        due_at=due_at,
        now=due_at,
    )
    return tx.scalars(
        select(Delivery.c.id).where(
            Delivery.c.kind == kind,
            Delivery.c.recipient == recipient,
            Delivery.c.subject == subject,
            Delivery.c.occurrence == occurrence,
        )
    ).one()


def change(tx: Tx, delivery_id: int, **values: Any) -> None:
    tx.execute(update(Delivery).where(Delivery.c.id == delivery_id).values(**values))
