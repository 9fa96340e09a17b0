"""Postponing a prompt: it is sent again at a time that its reader chose."""

from datetime import datetime, time, timedelta

from bot.domain.calendars.wall_time import local, to_instant
from bot.domain.carried.prompts import Later
from bot.domain.deliveries import DeliveryKind, DeliveryState, Subject
from bot.domain.errors import KaikuError, Refusal
from bot.domain.people.person import Person
from bot.domain.prompts.schedule import next_open_instant
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.prompts.planning import to_recipient
from bot.services.prompts.series import load_timeline
from bot.services.reflections.answers import load_asked, refresh_messages, require_vault
from bot.services.reflections.vault import Vault
from storage import deliveries as delivery_rows
from storage import prompts as prompt_rows
from storage.transaction import Tx

MORNING = time(9)
AGAIN_EXPIRES = timedelta(days=7)
SAME_CLICK = timedelta(minutes=6)
"""Slack repeats a click for up to five minutes: the repetition must not postpone again."""


def ask_later(
    tx: Tx, vault: Vault | None, person: Person, prompt_id: int, when: Later, now: datetime
) -> datetime:
    """Postpone a prompt by an ``hour``, to ``tomorrow`` morning or by a ``week``; return the new time, which
    replaces an earlier choice. The one reminder is cancelled.

    Raises KaikuError: REFLECTIONS_OFF, REFLECTIONS_LOCKED, NOT_YOUR_PROMPT, ROUND_FOR_SEATED,
    LATER_IS_TOO_LATE.
    """
    asked = load_asked(tx, require_vault(vault), person, prompt_id)
    timeline = load_timeline(tx, asked.offering.id)
    today = local(now, person.timezone).date()
    match when:
        case Later.HOUR:
            at = now + timedelta(hours=1)
        case Later.WEEK:
            at = to_instant(today + timedelta(days=7 - today.weekday()), MORNING, person.timezone)
        case Later.TOMORROW:
            at = to_instant(today + timedelta(days=1), MORNING, person.timezone)
    # An hour may end at any time; a morning is a working day's.
    reader = to_recipient(person.timezone, prompt_rows.get_choice(tx, person.id))
    rules = asked.offering.prompt_rules
    open_at = at if when is Later.HOUR else next_open_instant(at, reader, rules, WORK_CALENDAR)
    until = next((each.until for each in timeline.dated if each.prompt.id == prompt_id), None)
    if open_at is None or (until is not None and open_at >= until):
        raise KaikuError(Refusal.LATER_IS_TOO_LATE)
    subject = str(Subject(asked.offering.code, prompt_id=prompt_id))
    occurrence = f"{open_at:%Y%m%dT%H%MZ}"
    earlier = delivery_rows.list_about(
        tx, kinds=(DeliveryKind.PROMPT_AGAIN,), subjects=(subject,), recipients=(person.id,)
    )
    planned = [each for each in earlier if each.state == DeliveryState.PLANNED]
    for each in planned:
        if open_at - SAME_CLICK <= each.due_at <= open_at:
            return each.due_at
    replaced = [each._replace(state=DeliveryState.CANCELLED, reason="asked_for_later") for each in planned]
    went_back_to = [
        each._replace(state=DeliveryState.PLANNED, reason=None)
        for each in earlier
        if each.state == DeliveryState.CANCELLED and each.occurrence == occurrence
    ]
    delivery_rows.plan_anew(tx, [*replaced, *went_back_to])
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.PROMPT_AGAIN,
        recipient=person.id,
        subject=subject,
        occurrence=occurrence,
        due_at=open_at,
        expires_at=until or open_at + AGAIN_EXPIRES,
        now=now,
    )
    delivery_rows.cancel_planned(
        tx, kind=DeliveryKind.PROMPT_REMINDER, recipient=person.id, subject=subject, reason="asked_for_later"
    )
    refresh_messages(tx, person.id, asked.offering, now)
    return open_at
