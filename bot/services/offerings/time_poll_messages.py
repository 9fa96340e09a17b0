"""The message of a poll on the time of a session, and the poll's end, which sends nothing."""

from bot.domain.deliveries import DeliveryKind
from bot.domain.offerings.time_poll import TimePoll
from bot.domain.sending.outcomes import Sent
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.deliveries.declaration import MessageKind, Method, Settled, ToPerson
from bot.services.deliveries.rendered import Deferred, Edit, OutgoingMessage, Rendered, Skipped
from bot.services.offerings import time_polls
from bot.views.blocks import Message
from bot.views.offerings import time_polls as view
from storage import deliveries as delivery_rows
from storage.transaction import Tx


def declare() -> list[MessageKind]:
    """The question, which is edited with each answer and when the poll is over; and the end."""
    return [
        MessageKind(
            DeliveryKind.TIME_POLL,
            Method.POST,
            urgency=6,
            about="a session; one for each poll on its time",
            helps_until="the poll is over",
            to_person=_question,
            edit=_as_it_stands,
            after=_plan_end,
            office_hours=True,
        ),
        MessageKind(
            DeliveryKind.TIME_POLL_END,
            Method.POST,
            urgency=7,
            about="the id of the delivery that asked; nothing is sent: what is due is the end of the poll",
            helps_until="always",
            to_person=_end,
            after=_close,
        ),
    ]


def _find(tx: Tx, occurrence: str) -> TimePoll | None:
    return time_polls.find_poll(tx, int(occurrence))


def _question(tx: Tx, due: ToPerson) -> Rendered:
    poll = _find(tx, due.delivery.occurrence)
    if poll is None or not poll.is_open(due.now):
        return Skipped("poll_over")
    if due.person.id not in poll.asked:
        return Skipped("no_longer_asked")
    at = WORK_CALENDAR.next_working_moment(due.now, due.person.timezone)
    if at > due.now:
        return Deferred(at, "office_hours")
    return OutgoingMessage(_text(poll, due))


def _text(poll: TimePoll, due: ToPerson) -> Message:
    if due.person.id not in poll.asked:
        return view.not_asked(poll, due.words)
    if not poll.is_open(due.now):
        return view.over(poll, due.words)
    return view.question(poll, due.person.id, due.words)


def _as_it_stands(tx: Tx, due: ToPerson) -> Rendered:
    poll = _find(tx, due.delivery.occurrence)
    if poll is None or due.delivery.channel is None or due.delivery.ts is None:
        return Skipped("poll_over")
    return Edit(due.delivery.channel, due.delivery.ts, _text(poll, due))


def _plan_end(tx: Tx, settled: Settled) -> None:
    """Plan the message's edit for when the poll is over: at once, if it ended while the message was sent."""
    poll = _find(tx, settled.delivery.occurrence)
    if poll is None or not isinstance(settled.outcome, Sent):
        return
    if not poll.is_open(settled.now):
        outbox.plan_edit(tx, settled.delivery.id, settled.delivery.recipient, settled.now)
    else:
        delivery_rows.add_delivery(
            tx,
            kind=DeliveryKind.TIME_POLL_END,
            recipient=settled.delivery.recipient,
            subject=str(settled.delivery.id),
            occurrence=settled.delivery.occurrence,
            due_at=poll.closes_at,
            now=settled.now,
        )


def _end(_tx: Tx, _due: ToPerson) -> Rendered:
    return Skipped("poll_over")


def _close(tx: Tx, settled: Settled) -> None:
    time_polls.reach_end(tx, int(settled.delivery.occurrence), settled.now)
