"""What each act says in its preview, which messages it sends, and what it says when it is done."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.seats import Status
from bot.domain.facilitation.group import Becomes, Group, Member
from bot.domain.facilitation.outcomes import (
    GroupOutcome,
    Invited,
    Moved,
    Raised,
    Removed,
    Seated,
    SignUpChanged,
)
from bot.domain.people.agencies import AgencyBook
from bot.i18n import Words
from bot.views import foreseen
from bot.views.blocks import escape
from bot.views.facilitation.group import call_all, when_at
from bot.views.foreseen import Foreseen, Told
from bot.views.offerings.wording import title_of

_passed = {DeliveryKind.OFFER: "group.then_offered", DeliveryKind.PROMOTION: "group.then_seated"}
"""The sentence on people who get a free seat, by how they hear of it."""


class Reader(Struct, frozen=True):
    """The facilitator who reads the preview: their language, agency names and current time."""

    book: AgencyBook
    words: Words
    now: datetime

    def call(self, group: Group, members: Sequence[Member]) -> str:
        called = call_all(group, self.book, self.words)
        return self.words.all_of([escape(called.get(each.user_id, each.name)) for each in members])


def told(group: Group, messages: Sequence[Foreseen], reader: Reader) -> list[Told]:
    """The messages that the act sends, with people's names as in the group."""
    return foreseen.told(messages, call_all(group, reader.book, reader.words))


def says(found: GroupOutcome, messages: Sequence[Foreseen], reader: Reader) -> list[str]:
    """What the act would do, in lines."""
    what = _says(found, messages, reader)
    return [*what, reader.words("group.paused")] if found.group.is_paused and messages else what


def _says(found: GroupOutcome, messages: Sequence[Foreseen], reader: Reader) -> list[str]:
    match found:
        case Seated():
            return _seat(found, reader)
        case Removed():
            return _remove(found, messages, reader)
        case Moved():
            return _move(found, messages, reader)
        case Invited():
            return _invite(found, reader)
        case Raised():
            return [
                _limit(found, "group.will_raise", reader),
                *_who_gets_seats(found.group, messages, reader),
            ]
        case SignUpChanged():
            return _sign_up(found, messages, reader)


def done(found: GroupOutcome, reader: Reader) -> str:
    """What was done."""
    words = reader.words
    match found:
        case Seated():
            return words("group.done_seat", who=_who(found.group, found.member, reader))
        case Removed():
            assert found.due_at is not None
            key = "group.being_removed" if found.becomes is Becomes.REMOVED else "group.being_put_back"
            when = when_at(found.due_at, words, reader.now)
            return words(key, who=_who(found.group, found.member, reader), when=when)
        case Moved():
            return _moved(found, "group.done_move", reader)
        case Invited():
            assert found.due_at is not None
            when = when_at(found.due_at, words, reader.now)
            return words("group.being_invited", who=escape(found.person.name), when=when)
        case Raised():
            return _limit(found, "group.done_raise", reader)
        case SignUpChanged():
            day = words.day(found.until) if found.until is not None else ""
            return words("group.done_reopen" if day else "group.done_close", day=day)


def _who(group: Group, member: Member | None, reader: Reader) -> str:
    assert member is not None, "it was done to somebody"
    return reader.call(group, [member])


def _who_gets_seats(group: Group, messages: Sequence[Foreseen], reader: Reader) -> list[str]:
    """A line for each way in which people on the waiting list get free seats."""
    lines = []
    for kind, key in _passed.items():
        hears = {each.person.id for each in messages if each.kind is kind and each.person is not None}
        if hears:
            members = [each for each in group.members if each.user_id in hears]
            lines.append(reader.words(key, who=reader.call(group, members)))
    return lines


def _passed_on(group: Group, messages: Sequence[Foreseen], reader: Reader) -> list[str]:
    """The people who get the seat that comes free."""
    words, hears = reader.words, {each.person.id for each in messages if each.kind in _passed and each.person}
    if hears:
        members = [each for each in group.members if each.user_id in hears]
        return [words("group.then_next", who=reader.call(group, members))]
    if group.wishing is not None:
        return [words("group.then_drawn")]
    stays = group.of(Status.WAITING) and not group.passes_on
    return [words("group.then_decide" if stays else "group.then_free")]


def _seat(found: Seated, reader: Reader) -> list[str]:
    member, words = found.member, reader.words
    assert member is not None
    before = [
        each
        for each in found.group.of(Status.WAITING)
        if each.position is not None and each.position < (member.position or 0)
    ]
    what = [words("group.will_seat", who=reader.call(found.group, [member]))]
    if before:
        what.append(words.many("group.overtakes", len(before), who=reader.call(found.group, before[:10])))
    return what


def _remove(found: Removed, messages: Sequence[Foreseen], reader: Reader) -> list[str]:
    member, words = found.member, reader.words
    assert member is not None
    assert found.due_at is not None
    key = "group.will_remove" if found.becomes is Becomes.REMOVED else "group.will_put_back"
    what = [
        words(key, who=reader.call(found.group, [member])),
        words("group.held_back", when=when_at(found.due_at, words, reader.now)),
    ]
    if member.status is not Status.WAITING:
        what += _passed_on(found.group, messages, reader)
    return what


def _move(found: Moved, messages: Sequence[Foreseen], reader: Reader) -> list[str]:
    assert found.member is not None
    what = [_moved(found, "group.will_move", reader), reader.words("group.moves_at_once")]
    if waiting := len(found.to.of(Status.WAITING)):
        what.append(reader.words.many("group.line_there", waiting))
    if found.member.status is not Status.WAITING:
        what += _passed_on(found.group, messages, reader)
    return what


def _moved(found: Moved, key: str, reader: Reader) -> str:
    who, new = _who(found.group, found.member, reader), found.to.offering
    return reader.words(key, who=who, title=title_of(new, reader.words), code=new.code)


def _invite(found: Invited, reader: Reader) -> list[str]:
    words = reader.words
    assert found.due_at is not None
    return [
        words("group.will_invite", who=escape(found.person.name)),
        words("group.invited_at", when=when_at(found.due_at, words, reader.now)),
        words("group.holds_no_seat"),
    ]


def _limit(found: Raised, key: str, reader: Reader) -> str:
    own_words = {each.agency: each.own_words for each in found.group.members if each.own_words}
    agency = own_words.get(found.agency) or reader.book.name(found.agency, reader.words.language)
    return reader.words(key, agency=escape(agency), was=found.was, seats=found.seats)


def _sign_up(found: SignUpChanged, messages: Sequence[Foreseen], reader: Reader) -> list[str]:
    words, group = reader.words, found.group
    if found.until is not None:
        what = [words("group.will_reopen", day=words.day(found.until))]
    else:
        what = [words("group.will_close")]
    if group.wishing is not None:
        what.append(words("group.draw_follows"))
    elif found.until is None and (waiting := len(group.of(Status.WAITING))):
        what.append(words.many("group.line_stays", waiting))
    return [*what, *_who_gets_seats(group, messages, reader), words("group.posts_follow")]
