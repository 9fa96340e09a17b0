"""What follows when the plan no longer draws an offering's seats: preferences become sign-ups, in order of
time.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.enrolment.seats import InLine, Status, next_seated
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import seat_key
from bot.services.deliveries import outbox
from bot.services.enrolment.follow import follow_draw
from bot.services.offerings.catalogue import load_offerings
from storage import draws as draw_rows
from storage import enrolment as enrolment_rows
from storage.transaction import Tx


def draw_no_more(tx: Tx, offering_ids: Sequence[int], now: datetime) -> None:
    """Seat people with a preference for these offerings as far as there is room; the others wait. The
    offerings' locks are held.
    """
    draws = draw_rows.list_draws(tx, offering_ids)
    for offering_id, offering in load_offerings(tx, draws).items():
        drawn = draws[offering_id]
        if offering.draw is not None or offering.cancelled or drawn.drawn_at is not None:
            continue
        rows = {row.person_id: row for row in draw_rows.list_preferences_in(tx, [offering_id])}
        wishers = sorted(
            draw_rows.list_wishers(tx, [offering_id]),
            key=lambda row: (rows[row.person_id].wished_at, row.person_id),
        )
        line = [InLine(n, seat_key(row.agency or "", row.agency_name)) for n, row in enumerate(wishers)]
        held = enrolment_rows.count_held_by_agency(tx, offering_id)
        seated = set(next_seated(offering.limits, held, line))
        for row, place in zip(wishers, line, strict=True):
            _enrol(tx, offering, row.person_id, place, now, seated=place.enrolment_id in seated)
        for gone in rows.values():
            draw_rows.delete_preference(tx, gone, [offering_id])


def _enrol(tx: Tx, offering: Offering, person_id: str, place: InLine, now: datetime, *, seated: bool) -> None:
    enrolment = enrolment_rows.add_enrolment(
        tx,
        offering_id=offering.id,
        person_id=person_id,
        agency=place.agency,
        status=Status.SEATED if seated else Status.WAITING,
        version=offering.timetable_version,
        now=now,
    )
    if enrolment is None:  # they had signed up before seats were drawn
        return
    if seated:
        follow_draw(tx, offering, [(enrolment, now)], now)
    else:
        outbox.plan_confirmations(tx, offering.code, [(person_id, enrolment.id)], now)
