"""People: first contact, updates from Slack, and their own settings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.errors import KaikuError
from bot.domain.people.person import Defaults, Person, Profile
from bot.services.calendars.tokens import CalendarTokens
from bot.services.deliveries import outbox
from bot.services.deliveries.recipients import find_people, find_person
from bot.services.enrolment.join import Enrolled, enrol_all
from bot.services.people import addresses, prompt_choices
from bot.services.people.follow import follow_account, follow_settings
from storage import calendars as feed_rows
from storage import people as person_rows
from storage import prompts as prompt_rows
from storage.transaction import Tx


def meet(tx: Tx, profile: Profile, defaults: Defaults, now: Now) -> Person:
    """Add a person at first contact, in the language of their Slack. A person added before Slack gave their
    profile is updated.
    """
    person_rows.add_person(
        tx,
        {
            "id": profile.user_id,
            "name": profile.name,
            "agency": None,
            "agency_name": None,
            "role": None,
            "language": profile.language or defaults.language,
            "timezone": _zone_of(profile),
            "language_chosen": False,
            "timezone_chosen": False,
            "is_guest": bool(profile.is_guest),
            "is_bot": profile.is_bot,
            "deactivated": profile.deactivated,
            "home_opened": False,
            "met_at": read(now),
        },
    )
    refresh_profile(tx, profile, now, defaults.seat_hold_days)
    return _require(tx, profile.user_id, defaults)


def refresh_profile(tx: Tx, profile: Profile, now: Now, hold_days: int = 1) -> None:
    """Apply changes from Slack. What the person chose in Kaiku stays; the seats of a deactivated account are
    held for ``hold_days`` working days. Somebody unknown to Kaiku is not added.
    """
    addresses.note_account(tx, profile, read(now))
    row = person_rows.get_person(tx, profile.user_id)
    if row is None:
        return
    gone_now = profile.deactivated and not row.deactivated
    may_sit = not (profile.deactivated or profile.is_guest or profile.is_bot)
    if profile.is_guest is not None and profile.is_guest != row.is_guest:
        prompt_rows.mark_stale(tx, [row.id])  # a guest is sent no prompts
    could_sit = not (row.deactivated or row.is_guest or row.is_bot)
    timezone = row.timezone if row.timezone_chosen else (_zone_of(profile) or row.timezone)
    person_rows.update_person(
        tx,
        row.id,
        {
            "name": profile.name or row.name,
            "language": row.language if row.language_chosen else (profile.language or row.language),
            "timezone": timezone,
            "is_guest": row.is_guest if profile.is_guest is None else profile.is_guest,
            "is_bot": profile.is_bot,
            "deactivated": profile.deactivated,
        },
    )
    prompt_choices.note_away(tx, profile, read(now))
    follow_account(
        tx,
        profile.user_id,
        timezone,
        now,
        hold_days=hold_days,
        is_gone=gone_now,
        is_barred=could_sit and not may_sit,
        is_back=may_sit and not could_sit,
        has_moved=timezone != row.timezone,
    )


class ProfileChanges(Struct, frozen=True):
    """What a person sets or changes; None leaves a value as it is."""

    agency: str | None = None
    agency_name: str | None = None
    role: str | None = None
    language: str | None = None
    timezone: str | None = None
    hears_daily: bool | None = None
    wants_link: bool | None = None
    to_line: bool = False
    """If the corrected agency has no room: give up the seat for a place on the waiting list (otherwise the
    person is asked).
    """


def change_settings(
    tx: Tx,
    user_id: str,
    settings: ProfileChanges,
    defaults: Defaults,
    tokens: CalendarTokens,
    now: Now,
    choices: prompt_choices.PromptChoices | None = None,
) -> Person:
    """Store the settings and return the person as they are now. A corrected agency counts from now on.

    Raises KaikuError: NO_ROOM_FOR_AGENCY, if they would lose a seat, unless ``to_line``.
    """
    before = _require(tx, user_id, defaults)
    values: dict[str, Any] = {}
    if settings.agency is not None:
        values |= {"agency": settings.agency, "agency_name": settings.agency_name}
        # Messages link to the calendar, and rendering must not write: so the token is made here.
        values |= feed_rows.kept_or_new(tokens.new(user_id))
    if settings.role is not None:
        values["role"] = settings.role
    if settings.hears_daily is not None:
        values["daily_line"] = settings.hears_daily
    if settings.wants_link is not None:
        values["link_before"] = settings.wants_link
    if settings.language is not None:
        values |= {"language": settings.language, "language_chosen": True}
    # A person with a time zone counts as verified, and only Slack may set that.
    if settings.timezone is not None and before.is_verified:
        values |= {"timezone": settings.timezone, "timezone_chosen": True}
    person_rows.update_person(tx, user_id, values)
    after = _require(tx, user_id, defaults)
    if choices is not None:
        prompt_choices.change_choices(tx, user_id, choices)
    follow_settings(tx, before, after, now, to_line=settings.to_line)
    return after


def open_home(tx: Tx, user_id: str, now: datetime) -> None:
    """Record that the person opened App Home: from now on it is kept up to date."""
    person_rows.update_person(tx, user_id, {"home_opened": True})
    outbox.plan_home(tx, [user_id], now)


def _require(tx: Tx, user_id: str, defaults: Defaults) -> Person:
    return _met(find_person(tx, user_id, defaults))


def _met(person: Person | None) -> Person:
    assert person is not None, "the person is added at first contact"
    return person


def _zone_of(profile: Profile) -> str | None:
    """The time zone to store. A stored zone marks the person as verified, so there is none until Slack has
    said whether they are a guest.
    """
    return profile.timezone if profile.is_guest is not None else None


class JoinRequest(Struct, frozen=True):
    """A submitted join form: the person and offering, the profile if it was asked, and the ``choices`` where
    seats are drawn.
    """

    user_id: str
    told: ProfileChanges
    code: str
    choices: Sequence[str] = ()


def introduce_and_enrol(
    tx: Tx, asked: Sequence[JoinRequest], defaults: Defaults, tokens: CalendarTokens, now: Now
) -> list[tuple[Person, Enrolled] | KaikuError]:
    """Handle join forms that were submitted together: the profile, and the sign-up.

    Refusals, returned or raised: UNKNOWN_OFFERING, PROFILE_MISSING, those of ``Person.require_may_join`` and
    ``require_open``, and NO_ROOM_FOR_AGENCY; then the profile is not stored either.
    """
    nothing = ProfileChanges()
    for each in asked:
        if each.told != nothing:
            change_settings(tx, each.user_id, each.told, defaults, tokens, now)
    people = find_people(tx, [each.user_id for each in asked], defaults)
    done: dict[int, tuple[Person, Enrolled] | KaikuError] = {}
    # Everybody locks in the same order.
    for code, choices in sorted({(each.code, tuple(each.choices)) for each in asked}):
        numbers = [
            number
            for number, each in enumerate(asked)
            if each.code == code and tuple(each.choices) == choices
        ]
        here = [_met(people[number]) for number in numbers]
        outcomes = enrol_all(tx, here, code, now, choices)
        for number, person, enrolled in zip(numbers, here, outcomes, strict=True):
            if isinstance(enrolled, KaikuError) and asked[number].told != nothing:
                raise enrolled  # which also undoes the profile
            done[number] = enrolled if isinstance(enrolled, KaikuError) else (person, enrolled)
    return [done[number] for number in range(len(asked))]
