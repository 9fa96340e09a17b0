"""Answering a facilitator's invitation to a group."""

from bot.domain.carried.ids import parse_id
from bot.domain.errors import Refusal
from bot.i18n import words_for
from bot.services.facilitation import invitations
from bot.services.people.profiles import ProfileChanges
from bot.views import enrolment
from bot.views.blocks import View
from bot.views.facilitation import group_messages, invitation_form
from handlers import settings
from handlers.kaiku import Answer, FieldErrors, Open, Request, Say, Show


async def accept(request: Request) -> Answer:
    """Take the seat; ask somebody whom Kaiku does not know yet to introduce themselves first."""
    kaiku, invitation_id = request.kaiku, _id(request)
    offering, standing = await kaiku.store.read(
        invitations.load_invitation, request.person, invitation_id, kaiku.clock.now()
    )
    if standing is None and not request.person.is_introduced:
        return Open(
            invitation_form.form(
                offering, invitation_id, request.person, kaiku.book, kaiku.notice, request.words
            )
        )
    return Open(await _accept(request, invitation_id, ProfileChanges()))


async def introduce_and_accept(request: Request) -> Answer:
    """Save the profile from the form and take the seat."""
    told, errors, meant = settings.read_form(request)
    if errors:
        return FieldErrors(errors)
    kaiku, invitation_id = request.kaiku, _id(request)
    if meant:
        offering, _ = await kaiku.store.read(
            invitations.load_invitation, request.person, invitation_id, kaiku.clock.now()
        )
        as_told = settings.with_what_was_told(request.person, told)
        return Show(
            invitation_form.form(
                offering, invitation_id, as_told, kaiku.book, kaiku.notice, request.words, meant=meant
            )
        )
    return Show(await _accept(request, invitation_id, told))


async def _accept(request: Request, invitation_id: int, told: ProfileChanges) -> View:
    kaiku = request.kaiku
    done = await kaiku.store.run(
        invitations.accept_invitation,
        request.person.id,
        told,
        invitation_id,
        kaiku.defaults,
        kaiku.links.tokens,
        kaiku.clock.now,
    )
    assert done.standing is not None
    return enrolment.joined(
        done.offering,
        done.standing,
        done.person,
        kaiku.book,
        words_for(done.person.language, done.person.timezone, kaiku.clock.now()),
        now=kaiku.clock.now(),
        already=done.already,
        with_calendar=kaiku.links.are_shown,
    )


async def decline(request: Request) -> Answer:
    kaiku = request.kaiku
    done = await kaiku.store.run(
        invitations.decline_invitation, request.person, _id(request), kaiku.clock.now
    )
    return Say(group_messages.invitation_over(done.offering, request.words, accepted=False))


def _id(request: Request) -> int:
    return parse_id(request.value, Refusal.INVITATION_GONE)
