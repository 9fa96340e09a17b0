"""The messages at the end: a session's materials, the closing message, and requests to facilitators."""

from msgspec import Struct

from bot.domain.completion import Ending, FollowUp, Occasion, materials_of
from bot.domain.deliveries import DeliveryKind, Subject
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Defaults, Person
from bot.domain.reflections import Reflection
from bot.services.calendars.feed import CalendarLinks
from bot.services.completion import certificates
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import Edit, OutgoingMessage, Rendered, Skipped
from bot.services.offerings.catalogue import load_all_offerings, load_offering
from bot.services.reflections import answers
from bot.services.reflections.prompt_messages import PromptRenderer
from bot.services.reflections.vault import Vault
from bot.views.blocks import Message
from bot.views.completion import closing as view
from bot.views.completion.use import asked_at, questions_of
from storage import completion as completion_rows
from storage import enrolment as enrolment_rows
from storage.transaction import Tx

MOST_NEXT = 3


class EndingRenderer(Struct, frozen=True):
    """Renders from the current data. Without a vault the closing message does not quote the person's
    words.
    """

    vault: Vault | None
    defaults: Defaults
    links: CalendarLinks

    def render(self, tx: Tx, due: ToPerson) -> Rendered:
        """The closing message, or a session's materials; outside the person's quiet times."""
        offering = load_offering(tx, Subject.parse(due.delivery.subject).code)
        enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, due.person.id)
        if enrolment is None or enrolment.status != Status.SEATED:
            return Skipped("no_longer_seated")
        if offering.cancelled:
            return Skipped("offering_cancelled")
        quiet = PromptRenderer(self.vault, self.defaults).waits(tx, due.delivery, due.person, due.now)
        if quiet is not None:
            return quiet
        if due.delivery.kind == DeliveryKind.MATERIALS:
            return self._materials(offering, due)
        return OutgoingMessage(view.closing(self._ending(tx, offering, due.person, due), due.words))

    def edit(self, tx: Tx, due: ToPerson) -> Rendered:
        """The closing message as it is now: a question was answered, or the quoted words were changed or
        deleted.
        """
        original = due.delivery
        assert original.channel is not None
        assert original.ts is not None
        offering = load_offering(tx, original.subject)
        ending = self._ending(tx, offering, due.person, due)
        return Edit(original.channel, original.ts, view.closing(ending, due.words))

    def follow_up(self, tx: Tx, due: ToPerson) -> Rendered:
        """The questions some months later, outside the person's quiet times."""
        offering = load_offering(tx, Subject.parse(due.delivery.subject).code)
        enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, due.person.id)
        if enrolment is None or enrolment.status != Status.SEATED:
            return Skipped("no_longer_seated")
        if not offering.closing.follow_up or offering.cancelled:
            return Skipped("not_asked")
        if not _may_ask(tx, due.person, offering, due):
            return Skipped("did_not_take_part")
        quiet = PromptRenderer(self.vault, self.defaults).waits(tx, due.delivery, due.person, due.now)
        if quiet is not None:
            return quiet
        return OutgoingMessage(self._follow_up(tx, offering, due))

    def edit_follow_up(self, tx: Tx, due: ToPerson) -> Rendered:
        """The later questions as they are now, after an answer."""
        original = due.delivery
        assert original.channel is not None
        assert original.ts is not None
        offering = load_offering(tx, original.subject)
        return Edit(original.channel, original.ts, self._follow_up(tx, offering, due))

    def _follow_up(self, tx: Tx, offering: Offering, due: ToPerson) -> Message:
        occasion = next(each for each in Occasion if each.kind == due.delivery.kind)
        chosen = completion_rows.list_use_answers_of(tx, offering.id, due.person.id)
        asked = [(each, chosen.get(each.key)) for each in asked_at(offering, occasion)]
        return view.follow_up(FollowUp(offering, occasion, asked), due.words)

    def _materials(self, offering: Offering, due: ToPerson) -> Rendered:
        number = Subject.parse(due.delivery.subject).session
        session = next((each for each in offering.standing_sessions if each.number == number), None)
        if session is None or session.ends_at > due.now:
            return Skipped("session_cancelled")
        if not session.materials:
            return Skipped("no_materials")
        return OutgoingMessage(view.materials(offering, session, due.words))

    def _ending(self, tx: Tx, offering: Offering, person: Person, due: ToPerson) -> Ending:
        chosen = completion_rows.list_use_answers_of(tx, offering.id, person.id)
        took_part = _may_ask(tx, person, offering, due)
        asked = questions_of(offering) if took_part else ()
        return Ending(
            offering,
            materials_of(offering),
            self._own_words(tx, person, offering),
            [(each, chosen.get(each.key)) for each in asked],
            _next_offerings(tx, offering, person, due),
            took_part,
        )

    def _own_words(self, tx: Tx, person: Person, offering: Offering) -> list[Reflection]:
        """What the person wrote in one offering, oldest first."""
        if self.vault is None:
            return []
        found = answers.list_own(tx, self.vault, person)
        return [each for each, about in reversed(found) if about and about.id == offering.id]

    def certificate_asked(self, tx: Tx, due: ToPerson) -> Rendered:
        """To a facilitator: somebody waits for a certificate."""
        code = due.delivery.subject
        asked = [
            each
            for each in certificates.list_asked(tx, code)
            if not each.is_confirmed or not self.links.are_shown
        ]
        if not asked:
            return Skipped("nobody_waits")
        names = [each.name for each in asked]
        is_by_hand = not self.links.are_shown
        unmarked = [session for each in asked for session, is_marked in each.sessions if not is_marked]
        message = view.certificate_asked(
            asked[0].offering,
            names,
            due.words,
            by_hand=is_by_hand,
            unmarked=min(unmarked, key=lambda each: each.starts_at, default=None),
        )
        return OutgoingMessage(message)


def _may_ask(tx: Tx, person: Person, offering: Offering, due: ToPerson) -> bool:
    try:
        certificates.load_certifiable(tx, person, offering.code, due.now)
    except KaikuError:
        return False
    return True


def _next_offerings(tx: Tx, offering: Offering, person: Person, due: ToPerson) -> list[Offering]:
    """The offerings of the strand that begin next, without those that the person has joined."""
    mine = {row.offering_id for row in enrolment_rows.list_standing_enrolments(tx, person.id)}
    coming = [
        each
        for each in load_all_offerings(tx)
        if each.strand_id == offering.strand_id
        and each.id not in mine
        and not each.cancelled
        and each.starts_at is not None
        and each.starts_at > due.now
    ]
    return sorted(coming, key=lambda each: each.starts_at or due.now)[:MOST_NEXT]


def declare(vault: Vault | None, defaults: Defaults, links: CalendarLinks) -> list[MessageKind]:
    renderer = EndingRenderer(vault, defaults, links)
    return [
        MessageKind(
            DeliveryKind.CLOSING_LETTER,
            Method.POST,
            urgency=3,
            about="an offering; everybody who had a seat gets one",
            helps_until="a month",
            to_person=renderer.render,
            edit=renderer.edit,
            at_most_once=True,
            office_hours=True,
            undisturbing=True,
        ),
        *(
            MessageKind(
                occasion.kind,
                Method.POST,
                urgency=6,
                about=f"an offering whose plan asks for it, {occasion.months} months after its end",
                helps_until="a month",
                to_person=renderer.follow_up,
                edit=renderer.edit_follow_up,
                at_most_once=True,
                office_hours=True,
                undisturbing=True,
            )
            for occasion in (Occasion.AFTER_3, Occasion.AFTER_6)
        ),
        MessageKind(
            DeliveryKind.MATERIALS,
            Method.POST,
            urgency=6,
            about="a session; once, where no question takes its materials along",
            helps_until="two weeks",
            to_person=renderer.render,
            at_most_once=True,
            office_hours=True,
            undisturbing=True,
        ),
        MessageKind(
            DeliveryKind.CERTIFICATE_ASKED,
            Method.POST,
            urgency=6,
            about="an offering; once, or once for each certificate that is handed over by hand",
            helps_until="always",
            to_person=renderer.certificate_asked,
        ),
    ]
