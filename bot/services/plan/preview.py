"""The preview of a change: it is made, its consequences are read, and it is rolled back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Defaults
from bot.domain.plan.changes import PlanDifference
from bot.domain.plan.consequences import must_be_told
from bot.domain.plan.edit_outcomes import Preview
from bot.domain.plan.edits import PlanEdit
from bot.domain.plan.model import Plan
from bot.i18n import words_for
from bot.services.deliveries.declaration import ToPerson
from bot.services.deliveries.recipients import find_person
from bot.services.deliveries.rendered import OutgoingMessage
from bot.services.enrolment.offer_messages import offer_message
from bot.services.offerings.catalogue import load_offering, standing_of, state_of
from bot.services.offerings.change_messages import (
    change_message,
    changed_by_others,
    list_asked_anew,
    tell_called_off,
)
from bot.services.offerings.facilitators import Actor
from bot.services.offerings.messages import Enrolled, load_enrolled
from bot.services.offerings.timetable import GATHERING
from bot.services.plan.apply import apply_plan
from bot.services.plan.edit import Checked, apply_edit
from bot.views.blocks import Message
from bot.views.enrolment import promotion
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import plan as plan_rows
from storage.deliveries import DeliveryRow
from storage.transaction import Tx

WISHED = (DeliveryKind.DRAW_CALLED_OFF, DeliveryKind.SIGN_UP_OPEN)
"""Messages about a cancellation to people who have only a wish or preference for the offering."""
OTHER_NEWS = (DeliveryKind.PROMOTION, DeliveryKind.OFFER, DeliveryKind.DRAW_CALLED_OFF)
OF_SESSIONS = (DeliveryKind.CHANGE, DeliveryKind.CHANGED_BY_OTHERS, *WISHED)
OF_SIGN_UP = (DeliveryKind.SIGN_UP_OPEN, DeliveryKind.TURN_OPEN, DeliveryKind.LINE_MOVES)
NEWS_WITHIN = timedelta(days=4)
"""Messages due later, such as next month's about an opening, are no consequence of this change. Longer than a
long weekend.
"""


def preview_edit(
    tx: Tx,
    actor: Actor,
    edit: PlanEdit,
    defaults: Defaults,
    now: datetime,
    *,
    public_url: str | None = None,
) -> tuple[Preview, Mapping[str, Message]]:
    """What the change would do, and what people would read, by language: it is made, its consequences are
    read, and it is rolled back. ``public_url`` stands for the address of each person's own calendar.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER, CHANGED_MEANWHILE, MUST_BE_TOLD.
    """
    dry_run = tx.begin_nested()
    try:
        known = {each.id for each in _list_about(tx, edit.code)}
        before, checked, difference = apply_edit(tx, actor, edit, now, quiet=False)
        # Unsent news of earlier changes is merged with this message, if this is one of the sessions.
        is_of_sessions = load_offering(tx, before.code).timetable_version != before.timetable_version
        merges = OF_SESSIONS if is_of_sessions else ()
        owed = _list_about(tx, edit.code)
        planned = [each for each in owed if each.id not in known or each.kind in merges]
        return _read(tx, planned, before, checked, difference, defaults, now, public_url=public_url)
    finally:
        dry_run.rollback()


def count_told(tx: Tx, plan: Plan, defaults: Defaults, now: datetime, *, quiet: bool = False) -> int:
    """How many people are messaged when a file's ``plan`` is applied: it is applied, and rolled back. A
    person with an unsent message gets all in that one; a change that was changed back is not told.
    """
    before = {each.id for each in _list_owed(tx, plan)}
    dry_run = tx.begin_nested()
    try:
        apply_plan(tx, plan, now, quiet=quiet)
        owed = [each for each in _list_owed(tx, plan) if each.due_at <= now + NEWS_WITHIN]
        return len({each.recipient for each in owed if _is_told(tx, each, before, defaults, now)})
    finally:
        dry_run.rollback()


def _list_owed(tx: Tx, plan: Plan) -> list[DeliveryRow]:
    """The planned messages to people who have signed up, or wish to."""
    programme = plan_rows.get_programme(tx, plan.code)
    codes = [each.code for each in plan_rows.list_offerings_of(tx, programme.id)] if programme else []
    kinds = (*OTHER_NEWS, *OF_SIGN_UP, DeliveryKind.CHANGE)
    found = delivery_rows.list_about(tx, kinds=kinds, subjects=codes, recipients=None)
    return [each for each in found if each.state == DeliveryState.PLANNED]


def _is_told(
    tx: Tx, delivery: DeliveryRow, before: Collection[int], defaults: Defaults, now: datetime
) -> bool:
    person = find_person(tx, delivery.recipient, defaults)
    if person is None or person.deactivated:
        return False
    if delivery.kind != DeliveryKind.CHANGE:
        return delivery.id not in before
    about = load_enrolled(tx, delivery.occurrence)
    words = words_for(person.language, person.timezone, now)
    return (
        about is not None
        and about.stands
        and isinstance(change_message(tx, about, words, now), OutgoingMessage)
    )


def _list_about(tx: Tx, code: str) -> list[DeliveryRow]:
    kinds = {*OTHER_NEWS, *OF_SESSIONS}
    found = delivery_rows.list_about(tx, kinds=kinds, subjects=(code,), recipients=None)
    return [each for each in found if each.state == DeliveryState.PLANNED]


def _read(
    tx: Tx,
    planned: Sequence[DeliveryRow],
    before: Offering,
    checked: Checked,
    difference: PlanDifference,
    defaults: Defaults,
    now: datetime,
    *,
    public_url: str | None,
) -> tuple[Preview, Mapping[str, Message]]:
    after = load_offering(tx, before.code)
    due: dict[str, datetime] = {}
    for each in planned:
        if each.kind == DeliveryKind.CHANGE:
            due[each.recipient] = min(each.due_at, due.get(each.recipient, each.due_at))
    counts = {Status.SEATED: 0, Status.WAITING: 0}
    soon, later_at = 0, []
    messages: dict[tuple[str, bool, bool], Message] = {}
    # Equal messages are rendered once: hundreds of people may wait.
    rendered: dict[tuple[object, ...], OutgoingMessage | object] = {}
    for enrolment in enrolment_rows.list_standing_in(tx, before.id):
        person = find_person(tx, enrolment.person_id, defaults)
        if person is None or person.deactivated or person.id not in due:
            continue
        has_seat = enrolment.status == Status.SEATED
        promoted = delivery_rows.is_open(tx, DeliveryKind.PROMOTION, str(enrolment.id))
        alone = enrolment.id if enrolment.status == Status.OFFERED else None  # the offer may tell them
        anew = list_asked_anew(tx, before.id, person.id)
        key = (has_seat, person.language, person.timezone, enrolment.told_version, promoted, alone, anew)
        if key not in rendered:
            words = words_for(person.language, person.timezone, now)
            url = public_url if has_seat else None
            rendered[key] = change_message(tx, Enrolled(after, enrolment), words, now, calendar_url=url)
        found = rendered[key]
        if not isinstance(found, OutgoingMessage):
            continue
        counts[Status.SEATED if has_seat else Status.WAITING] += 1
        messages.setdefault((person.language, has_seat, not anew), found.message)
        if due[person.id] <= now + GATHERING:
            soon += 1
        else:
            later_at.append(due[person.id])
    wishing = [each for each in planned if each.kind in WISHED and after.cancelled]
    later_at += [each.due_at for each in wishing if each.due_at > now + GATHERING]
    soon += sum(1 for each in wishing if each.due_at <= now + GATHERING)
    for language, message in _other_news(tx, after, planned, defaults, now, public_url):
        messages.setdefault((language, False, False), message)
    shown = {language: message for (language, *_), message in sorted(messages.items(), key=_preview_order)}
    preview = Preview(
        before,
        after,
        seated=counts[Status.SEATED],
        waiting=counts[Status.WAITING],
        soon=soon,
        later=len(later_at),
        later_at=min(later_at, default=None),
        facilitators=sum(1 for each in planned if _is_news(tx, each, defaults, now)),
        may_be_quiet=not must_be_told(difference),
        changes=bool(difference.changes),
        clashes=checked.clashes,
        wishing=len(wishing),
        promoted=difference.promoted,
        offered=difference.offered,
        opening=_count_opening(tx, before, after, now),
    )
    return preview, shown


def _other_news(
    tx: Tx,
    after: Offering,
    planned: Sequence[DeliveryRow],
    defaults: Defaults,
    now: datetime,
    public_url: str | None,
) -> Iterator[tuple[str, Message]]:
    """The messages, with languages, to people who get a free seat, are offered one, or for whom none is
    drawn.
    """
    for each in planned:
        person = find_person(tx, each.recipient, defaults)
        if person is None or each.kind not in {*OTHER_NEWS, *WISHED}:
            continue
        words = words_for(person.language, person.timezone, now)
        due = ToPerson(each, person, words, now)
        if each.kind in WISHED:
            if after.cancelled:
                yield person.language, tell_called_off(tx, after, words, now)
            continue
        about = load_enrolled(tx, each.occurrence)
        assert about is not None, "it is planned for an enrolment"
        standing = standing_of(tx, after, about.enrolment)
        if each.kind == DeliveryKind.PROMOTION and standing.status is Status.SEATED:
            yield person.language, promotion(after, standing, words, now=now, calendar_url=public_url)
        elif standing.until is not None:
            yield person.language, offer_message(tx, due, about, standing.until)


def _count_opening(tx: Tx, before: Offering, after: Offering, now: datetime) -> int:
    """How many people are told that sign-up is open, because it opens now."""
    if state_of(before, now) is SignUpState.OPEN or state_of(after, now) is not SignUpState.OPEN:
        return 0
    kinds = (DeliveryKind.SIGN_UP_OPEN, DeliveryKind.TURN_OPEN)
    owed = delivery_rows.list_about(tx, kinds=kinds, subjects=(after.code,), recipients=None)
    return len({each.recipient for each in owed if each.state == DeliveryState.PLANNED})


def _is_news(tx: Tx, delivery: DeliveryRow, defaults: Defaults, now: datetime) -> bool:
    """Whether this message to a facilitator would be sent: not to somebody whom Kaiku has not met, and not
    about a change that was changed back.
    """
    person = find_person(tx, delivery.recipient, defaults)
    if delivery.kind != DeliveryKind.CHANGED_BY_OTHERS or person is None or person.deactivated:
        return False
    words = words_for(person.language, person.timezone)
    return isinstance(changed_by_others(tx, ToPerson(delivery, person, words, now)), OutgoingMessage)


def _preview_order(item: tuple[tuple[str, bool, bool], Message]) -> tuple[bool, bool, str]:
    """Sort key: of a language's messages the last is shown, one to people with a seat, without a question
    that only some of them are asked.
    """
    (language, has_seat, is_plain), _ = item
    return has_seat, is_plain, language
