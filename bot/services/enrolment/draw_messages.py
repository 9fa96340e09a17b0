"""Messages about a draw: a proposal waits for its facilitators; there was no seat for the person; a preferred
offering is cancelled.
"""

from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.people.agencies import AgencyBook
from bot.domain.sending.outcomes import Sent
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, Settled, ToPerson
from bot.services.deliveries.rendered import Deferred, OutgoingMessage, Rendered, Skipped
from bot.services.enrolment.draws import DrawGroup, find_group, note_proposed
from bot.services.offerings.catalogue import load_offering, standing_of
from bot.services.offerings.change_messages import tell_called_off
from bot.views import draws as view
from storage import draws as draw_rows
from storage import enrolment as enrolment_rows
from storage.transaction import Tx


def _group_of(tx: Tx, code: str) -> DrawGroup | None:
    try:
        return find_group(tx, code)
    except KaikuError:  # the plan has dropped the offering, or no longer draws its seats
        return None


def proposed(tx: Tx, due: ToPerson) -> Rendered:
    group = _group_of(tx, due.delivery.subject)
    if group is None or group.drawn_at is not None:
        return Skipped("not_to_be_drawn" if group is None else "drawn")
    if due.person.id not in group.facilitators:
        return Skipped("leads_no_longer")
    at = WORK_CALENDAR.next_working_moment(max(group.ends_at, due.now), due.person.timezone, SEAT_NEWS_HOURS)
    if at > due.now:
        return Deferred(at, "sign_up_open" if group.ends_at > due.now else "office_hours")
    people = {row.person_id for row in draw_rows.list_wishers(tx, group.ids)}
    if not people:
        return Skipped("nobody_takes_part")
    return OutgoingMessage(view.proposal_waits(group.offerings, len(people), due.words))


def _note_proposed(tx: Tx, settled: Settled) -> None:
    if isinstance(settled.outcome, Sent) and (group := _group_of(tx, settled.delivery.subject)) is not None:
        note_proposed(tx, group, settled.now)


def called_off(tx: Tx, due: ToPerson) -> Rendered:
    """To somebody with a preference for a cancelled offering; their other preferences stay."""
    offering = load_offering(tx, due.delivery.subject)
    wishes = [row.offering_id for row in draw_rows.list_preferences_of(tx, due.person.id)]
    if not offering.cancelled or offering.id not in wishes:
        return Skipped("takes_place" if not offering.cancelled else "wish_gone")
    return OutgoingMessage(tell_called_off(tx, offering, due.words, due.now))


def declare(book: AgencyBook) -> list[MessageKind]:
    """All three kinds."""

    def not_selected(tx: Tx, due: ToPerson) -> Rendered:
        group = _group_of(tx, due.delivery.subject)
        if group is None or group.drawn_at is None:
            return Skipped("not_drawn")
        mine = [
            (each, found)
            for each in group.offerings
            if (found := enrolment_rows.get_standing_enrolment(tx, each.id, due.person.id)) is not None
        ]
        if any(found.status != Status.WAITING for _, found in mine):
            return Skipped("seated_meanwhile")
        lines = [
            (offering, standing_of(tx, offering, found)) for offering, found in mine if not offering.cancelled
        ]
        if not lines:
            return Skipped("no_longer_enrolled")
        at = WORK_CALENDAR.next_working_moment(due.now, due.person.timezone, SEAT_NEWS_HOURS)
        if at > due.now:
            return Deferred(at, "office_hours")
        return OutgoingMessage(view.not_selected(lines, due.person, book, due.words))

    return [
        MessageKind(
            DeliveryKind.DRAW_PROPOSED,
            Method.POST,
            urgency=5,
            about="the first offering of a draw; once for each facilitator",
            helps_until="the draw is confirmed",
            to_person=proposed,
            after=_note_proposed,
            office_hours=True,
        ),
        MessageKind(
            DeliveryKind.NOT_SELECTED,
            Method.POST,
            urgency=3,
            about="the first offering of a draw; once for everybody without a seat",
            helps_until="always",
            to_person=not_selected,
            office_hours=True,
        ),
        MessageKind(
            DeliveryKind.DRAW_CALLED_OFF,
            Method.POST,
            urgency=4,
            about="a cancelled offering; one for everybody who would have liked a seat in a draw to come",
            helps_until="it would have begun",
            to_person=called_off,
            tells_facilitators=True,
        ),
    ]
