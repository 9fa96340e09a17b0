"""What each act says in its preview, which messages it sends, and what it says when it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.domain.calendars.wall_time import known_or
from bot.domain.enrolment.seats import Status
from bot.domain.facilitation.group import Becomes, Group, Member
from bot.domain.facilitation.outcomes import Invited, Moved, Raised, Removed, Seated, SignUpChanged
from bot.domain.language import LANGUAGES, Texts
from bot.domain.offerings.offering import Offering, Standing
from bot.domain.people.agencies import AgencyBook
from bot.i18n import Words, words_for
from bot.views import enrolment
from bot.views.blocks import Message, escape
from bot.views.facilitation import group_messages
from bot.views.facilitation.group import call_all, when_at
from bot.views.facilitation.group_forms import Told
from bot.views.offerings.wording import title_of

PREVIEWED_INVITATION = 0
"""Stands for the id of an invitation that is not there yet; its buttons do nothing in a preview."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The facilitator who reads, with what names and times are written by. ``public_url`` stands for the
    address of each person's own calendar; None where none is shown."""

    book: AgencyBook
    words: Words
    now: datetime
    public_url: str | None = None

    def call(self, group: Group, members: Sequence[Member]) -> str:
        called = call_all(group, self.book, self.words)
        names = [escape(called.get(each.user_id, each.name)) for each in members]
        return self.words.all_of(names)


class _To(NamedTuple):
    """Who is told; without a time zone of their own in that of the offering, as far as is known."""

    name: str
    language: str
    timezone: str | None


def _told(
    offering: Offering,
    people: Sequence[_To],
    say: Callable[[Words], Message],
    now: datetime,
    written: Texts | None = None,
) -> list[Told]:
    """The message in the languages of its readers, each as the first of them reads it, and in those in which
    a facilitator has written part of it."""
    languages = {each.language for each in people} | {key for key, said in (written or {}).items() if said}
    told = []
    for language in LANGUAGES:
        readers = [each for each in people if each.language == language]
        if language in languages:
            zone = known_or(readers[0].timezone if readers else None, offering.timezone)
            told.append(Told([each.name for each in readers], language, say(words_for(language, zone, now))))
    return told


def _to(group: Group, members: Sequence[Member], reader: Reader) -> list[_To]:
    called = call_all(group, reader.book, reader.words)
    return [_To(called.get(each.user_id, each.name), each.language, each.timezone) for each in members]


def _seat_of(offering: Offering, member: Member) -> Standing:
    agency_seats = offering.limits.for_agency(member.agency)
    return Standing(member.enrolment_id, Status.SEATED, None, None, agency_seats)


def _passed_on(group: Group, next_up: Sequence[Member], reader: Reader) -> list[str]:
    """Who gets the seat that comes free."""
    if next_up:
        return [reader.words("group.then_next", who=reader.call(group, next_up))]
    stays = group.of(Status.WAITING) and not group.passes_on
    return [reader.words("group.then_decide" if stays else "group.then_free")]


def seat(found: Seated, reader: Reader) -> tuple[list[str], list[Told]]:
    member, words, offering = found.member, reader.words, found.group.offering
    assert member is not None
    before = [
        each
        for each in found.group.of(Status.WAITING)
        if each.position is not None and each.position < (member.position or 0)
    ]
    what = [words("group.will_seat", who=reader.call(found.group, [member]))]
    if before:
        what.append(words.many("group.overtakes", len(before), who=reader.call(found.group, before[:10])))

    def say(of: Words) -> Message:
        return enrolment.promotion(
            offering, _seat_of(offering, member), of, now=reader.now, calendar_url=reader.public_url
        )

    return what, _told(offering, _to(found.group, [member], reader), say, reader.now)


def seat_done(found: Seated, reader: Reader) -> str:
    assert found.member is not None
    return reader.words("group.done_seat", who=reader.call(found.group, [found.member]))


def remove(found: Removed, reason: Texts, reader: Reader) -> tuple[list[str], list[Told]]:
    member, words, offering = found.member, reader.words, found.group.offering
    assert member is not None
    assert found.due_at is not None
    who, when = reader.call(found.group, [member]), when_at(found.due_at, words, reader.now)
    is_removal = found.becomes is Becomes.REMOVED
    what = [
        words("group.will_remove" if is_removal else "group.will_put_back", who=who),
        words("group.held_back", when=when),
    ]
    if member.status is not Status.WAITING:
        what += _passed_on(found.group, found.next_up, reader)

    def say(of: Words) -> Message:
        if is_removal:
            return group_messages.removed(offering, reason, of)
        last = len(found.group.of(Status.WAITING)) + 1 - len(found.next_up)
        standing = Standing(member.enrolment_id, Status.WAITING, last, None, 0)
        return group_messages.put_back(offering, standing, reason, of)

    return what, _told(offering, _to(found.group, [member], reader), say, reader.now, reason)


def remove_done(found: Removed, reader: Reader) -> str:
    assert found.member is not None
    assert found.due_at is not None
    key = "group.being_removed" if found.becomes is Becomes.REMOVED else "group.being_put_back"
    when = when_at(found.due_at, reader.words, reader.now)
    return reader.words(key, who=reader.call(found.group, [found.member]), when=when)


def move(found: Moved, reason: Texts, reader: Reader) -> tuple[list[str], list[Told]]:
    member, words, new = found.member, reader.words, found.to.offering
    assert member is not None
    what = [
        words(
            "group.will_move",
            who=reader.call(found.group, [member]),
            title=title_of(new, words),
            code=new.code,
        ),
        words("group.moves_at_once"),
    ]
    if waiting := len(found.to.of(Status.WAITING)):
        what.append(words.many("group.line_there", waiting))
    if member.status is not Status.WAITING:
        what += _passed_on(found.group, found.next_up, reader)

    def say(of: Words) -> Message:
        seated = _seat_of(new, member)
        return group_messages.moved(
            found.group.offering, new, seated, reason, of, now=reader.now, calendar_url=reader.public_url
        )

    return what, _told(new, _to(found.group, [member], reader), say, reader.now, reason)


def move_done(found: Moved, reader: Reader) -> str:
    assert found.member is not None
    new = found.to.offering
    return reader.words(
        "group.done_move",
        who=reader.call(found.group, [found.member]),
        title=title_of(new, reader.words),
        code=new.code,
    )


def invite(found: Invited, reader: Reader) -> tuple[list[str], list[Told]]:
    words, offering = reader.words, found.group.offering
    who = escape(found.person.name)
    assert found.due_at is not None
    when = when_at(found.due_at, words, reader.now)
    what = [
        words("group.will_invite", who=who),
        words("group.invited_at", when=when),
        words("group.holds_no_seat"),
    ]

    def say(of: Words) -> Message:
        return group_messages.invitation(offering, PREVIEWED_INVITATION, of, now=reader.now)

    return what, _told(
        offering, [_To(found.person.name, found.person.language, found.person.timezone)], say, reader.now
    )


def invite_done(found: Invited, reader: Reader) -> str:
    assert found.due_at is not None
    when = when_at(found.due_at, reader.words, reader.now)
    return reader.words("group.being_invited", who=escape(found.person.name), when=when)


def limit(found: Raised, reader: Reader) -> tuple[list[str], list[Told]]:
    words, group, offering = reader.words, found.group, found.group.offering
    what = [_limit(found, "group.will_raise", reader)]
    if found.next_up:
        key = "group.then_offered" if offering.offers.on else "group.then_seated"
        what.append(words(key, who=reader.call(group, found.next_up)))
    people = _to(group, found.next_up, reader)

    def say(of: Words) -> Message:
        first = found.next_up[0]
        if found.until is None:
            return enrolment.promotion(
                offering, _seat_of(offering, first), of, now=reader.now, calendar_url=reader.public_url
            )
        standing = Standing(
            first.enrolment_id, Status.OFFERED, None, None, found.seats, offer_id=0, until=found.until
        )
        return enrolment.offer(offering, standing, (), of, again=False, now=reader.now)

    return what, _told(offering, people, say, reader.now) if people else []


def limit_done(found: Raised, reader: Reader) -> str:
    return _limit(found, "group.done_raise", reader)


def _limit(found: Raised, key: str, reader: Reader) -> str:
    own_words = {each.agency: each.own_words for each in found.group.members if each.own_words}
    agency = own_words.get(found.agency) or reader.book.name(found.agency, reader.words.language)
    return reader.words(key, agency=escape(agency), was=found.was, seats=found.seats)


def sign_up(found: SignUpChanged, reader: Reader) -> list[str]:
    words = reader.words
    waiting = len(found.group.of(Status.WAITING))
    if found.until is not None:
        what = [words("group.will_reopen", day=words.day(found.until))]
        if found.turns_told:
            what.append(words.many("group.turn_news", found.turns_told))
    else:
        what = [words("group.will_close")]
        if waiting:
            what.append(words.many("group.line_stays", waiting))
    return [*what, words("group.posts_follow")]


def sign_up_done(found: SignUpChanged, reader: Reader) -> str:
    if found.until is None:
        return reader.words("group.done_close")
    return reader.words("group.done_reopen", day=reader.words.day(found.until))
