"""The calendar feed: a person's own sessions under an address that only they know."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from bot.domain.enrolment.seats import Status
from bot.i18n import Words, words_for
from bot.services.calendars.ics import CalendarEntry, calendar_of, etag_of
from bot.services.calendars.tokens import CalendarTokens, digest_of
from storage import absence as absence_rows
from storage import calendars as feed_rows
from storage.absence import AbsenceRow
from storage.calendars import FeedSeatRow
from storage.offerings import catalogue as offering_rows
from storage.offerings.catalogue import OfferingRow, SessionRow
from storage.transaction import Tx

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class CalendarLinks(Struct):
    """The addresses of calendars and of the privacy notice. ``public_url`` is Kaiku's public address without
    a slash at its end; None if it is not set: then no links are shown.
    """

    public_url: str | None = None
    tokens: CalendarTokens = field(default_factory=lambda: CalendarTokens(()))

    @property
    def are_shown(self) -> bool:
        return self.public_url is not None

    def feed(self, token: str) -> str:
        """The address to subscribe to. Call only where links are shown."""
        assert self.public_url is not None
        return f"{self.public_url}/calendar/{token}.ics"

    def notice(self, language: str) -> str | None:
        """The address of the privacy notice in this language; None if links are not shown."""
        return f"{self.public_url}/privacy?lang={language}" if self.are_shown else None

    def file(self, token: str | None, code: str) -> str | None:
        """The address of one offering's calendar file; None if links are not shown or the person has no token
        that can be shown.
        """
        return f"{self.feed(token)}?offering={code}" if self.are_shown and token is not None else None

    def certificate(self, token: str) -> str | None:
        """The address of a certificate; None if links are not shown."""
        return f"{self.public_url}/certificate/{token}.pdf" if self.are_shown else None

    def download(self, token: str) -> str | None:
        """The address of the page where a file is fetched."""
        return f"{self.public_url}/download/{token}" if self.are_shown else None

    def verification(self, code: str) -> str | None:
        """The public address that says whether a certificate is valid."""
        return f"{self.public_url}/certificate/{code}" if self.are_shown else None


class OwnAddress(Struct, frozen=True):
    """A person's own calendar address: None if its token can't be derived again. ``mark`` identifies the
    token without revealing it, for replacing it.
    """

    token: str | None
    mark: str


class Feed(Struct, frozen=True):
    """The content of a feed before it is written as a file, which is slow and often unnecessary."""

    name: str
    entries: tuple[CalendarEntry, ...]

    @property
    def etag(self) -> str:
        """The entity tag, in quotes; it changes whenever the feed's content does."""
        return etag_of(repr((self.name, self.entries)).encode())

    def write(self) -> bytes:
        """The .ics file."""
        return calendar_of(self.entries, name=self.name)


def own_address(tx: Tx, tokens: CalendarTokens, person_id: str) -> OwnAddress:
    """The person's own address, created if they have none yet. The person must exist."""
    feed_rows.add_token(tx, person_id, tokens.new(person_id))
    stored = feed_rows.get_token(tx, person_id)
    assert stored is not None
    return OwnAddress(tokens.find(tx, person_id), _mark_of(stored.digest))


def renew_address(tx: Tx, tokens: CalendarTokens, person_id: str, mark: str) -> OwnAddress:
    """Replace the token with this ``mark``, which stops working at once. If it has been replaced already (a
    double click), return the current one.
    """
    stored = feed_rows.get_token(tx, person_id)
    if stored is not None and mark == _mark_of(stored.digest):
        feed_rows.replace_token(tx, person_id, old=stored.digest, new=tokens.new(person_id))
    return own_address(tx, tokens, person_id)


def _mark_of(digest: str) -> str:
    return digest[:16]


def feed_of(tx: Tx, token: str, code: str | None = None) -> Feed | None:
    """The sessions of the token's owner; of one offering only if ``code`` is given.

    An offering that the person has left stays as cancelled, or their calendar would keep it. Offerings where
    they are on the waiting list are left out. None if the token or the offering is unknown.
    """
    owner = feed_rows.get_owner(tx, digest_of(token)) if _TOKEN.fullmatch(token) else None
    if owner is None:
        return None
    words = words_for(owner.language, "UTC")  # no time is shown as text, so any zone does
    seats = _seats_by_offering(feed_rows.list_seats_of(tx, owner.id))
    rows = offering_rows.list_offerings(tx, seats)
    if code is not None:
        rows = [row for row in rows if row.code == code]
        if not rows:
            return None
    sessions = offering_rows.list_session_rows(tx, [row.id for row in rows])
    said = {(row.offering_id, row.number): row for row in absence_rows.list_absences_of(tx, owner.id)}
    entries = tuple(
        entry
        for offering in rows
        for entry in _entries(
            offering, sessions[offering.id], seats[offering.id], offering.timezone, words, said
        )
    )
    return Feed(words("calendar.name") if code is None else words.pick(rows[0].title), entries)


class _Seat(Struct, frozen=True):
    """A person's seat in one offering, held or given up since ``since``; ``given_up`` counts how often."""

    is_held: bool
    since: datetime
    given_up: int

    @property
    def sequence(self) -> int:
        """Increases with every seat taken and given up: calendars accept only an update with a
        higher number."""
        return 2 * self.given_up - (0 if self.is_held else 1)


def _seats_by_offering(enrolments: Iterable[FeedSeatRow]) -> dict[int, _Seat]:
    """By offering id, from enrolments in order of sign-up."""
    seats: dict[int, _Seat] = {}
    for each in enrolments:
        before = seats[each.offering_id].given_up if each.offering_id in seats else 0
        held = each.status == Status.SEATED
        since = each.seated_at if held else each.changed_at
        seats[each.offering_id] = _Seat(held, since, before + (0 if held else 1))
    return seats


def _entries(
    offering: OfferingRow,
    sessions: Sequence[SessionRow],
    seat: _Seat,
    timezone: str,
    words: Words,
    said: Mapping[tuple[int, int], AbsenceRow],
) -> Iterator[CalendarEntry]:
    for session in sessions:
        called_off = offering.cancelled or session.cancelled
        # Sessions that were over when the person left stay as they were.
        left = not seat.is_held and session.ends_at > seat.since
        absence = said.get((offering.id, session.number))
        is_absent = absence is not None and absence.absent
        attends = not called_off and not left and not is_absent
        summary = words.pick(offering.title)
        if len(sessions) > 1:
            summary = words("calendar.session", title=summary, number=session.number)
        if called_off:
            summary = words("calendar.called_off", summary=summary)
        elif left or is_absent:
            summary = words("calendar.left", summary=summary)
        yield CalendarEntry(
            code=offering.code,
            number=session.number,
            sequence=session.sequence + seat.sequence + (absence.changes if absence else 0),
            changed_at=max(
                session.changed_at, seat.since, *([absence.changed_at] if absence is not None else [])
            ),
            summary=summary,
            on=session.on_date,
            starts=session.starts,
            ends=session.ends,
            timezone=timezone,
            place=words.pick(session.place) if session.place else None,
            link=session.link if attends and seat.is_held else None,
            link_label=(session.link_label or words("session.remote")) if session.link else None,
            notes=tuple(_notes(session, words)) if attends and seat.is_held else (),
            cancelled=not attends,
        )


def _notes(session: SessionRow, words: Words) -> Iterator[str]:
    if session.bring:
        yield words("calendar.bring", bring=words.pick(session.bring))
    yield words("calendar.leave")
