"""Announcing an offering in channels, managing announcements, and the buttons under a post."""

import asyncio
from datetime import date, datetime, time, timedelta

from msgspec.structs import replace

from bot.domain.announcements import POST_LANGUAGES, SENTENCE_LENGTH, SERIES, Channel, Click, PostReason
from bot.domain.calendars.wall_time import to_instant
from bot.domain.carried.drafts import AnnouncementTarget
from bot.domain.carried.ids import parse_id
from bot.domain.carried.offerings import PostRef
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.services.announcements import publish as announcements
from bot.services.announcements.publish import DIGEST, DIGEST_WORDS, Overview, Wanted
from bot.services.announcements.rendering import PostRenderer
from bot.services.calendars.feed import own_address
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.offerings import catalogue
from bot.views import ids
from bot.views.announcements import forms as view
from bot.views.blocks import View
from handlers.calendars import show_address
from handlers.commands import command
from handlers.enrolment import open_join_form
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Show
from handlers.typed import new_form_key, read_text

MOST_CHANNELS = 10
MORNING = time(9)
FURTHEST = timedelta(days=366)


@command(
    "announce",
    place=8,
    fi="tiedota",
    sv="meddela",
    en="announce",
    also=("tiedotteet", "meddelanden"),
    takes_argument=True,
    for_facilitators=True,
)
async def announce(request: Request) -> Answer:
    """``/kaiku announce [CODE|digest]``: open the form, or without an argument the list of announcements."""
    if request.value:
        return Open(await _form(request, AnnouncementTarget(request.value)))
    kaiku = request.kaiku
    mine = await kaiku.store.read(announcements.list_mine, request.actor, kaiku.clock.now())
    if len(mine.offerings) == 1 and not mine.standing and not mine.drafts:
        return Open(await _form(request, AnnouncementTarget(mine.offerings[0].code)))
    return Open(_overview(mine, request))


def _overview(mine: Overview, request: Request) -> View:
    standing = [(each.announcement, each.offering, each.posts) for each in mine.standing]
    drafts = [(each.announcement, each.offering) for each in mine.drafts]
    return view.overview(mine.offerings, standing, request.words, drafts)


async def throw_away(request: Request) -> Answer:
    """Delete a draft; ``value`` is its id."""
    kaiku = request.kaiku
    await kaiku.store.run(
        announcements.throw_away, request.actor, parse_id(request.value, Refusal.ANNOUNCEMENT_GONE)
    )
    mine = await kaiku.store.read(announcements.list_mine, request.actor, kaiku.clock.now())
    return Renew(_overview(mine, request))


async def open_form(request: Request) -> Answer:
    """Open the form for the chosen offering, or for the draft with the id ``value`` when the person comes
    back from the preview.
    """
    target = AnnouncementTarget.parse(request.value)
    form = await _form(request, target)
    return Open(form) if target.draft_id is None else Renew(form)


async def preview(request: Request) -> Answer:
    """Save the submitted form as a draft and show how it will look, or show what is wrong with it."""
    wanted, errors = _read(request)
    if errors:
        return FieldErrors(errors)
    channels = await asyncio.gather(*(request.kaiku.slack.fetch_channel(each) for each in wanted.channels))
    if errors := _closed(request, wanted, channels):
        return FieldErrors(errors)
    target = AnnouncementTarget.parse(request.value)
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    try:
        draft = await kaiku.store.run(
            announcements.save_draft,
            request.actor,
            target.about,
            wanted,
            PostRenderer(kaiku.defaults),
            now,
            draft_id=target.draft_id,
            form_key=target.form_key,
        )
    except KaikuError as error:
        if error.code is not Refusal.ALREADY_ANNOUNCED:
            raise
        there = next(each for each in channels if each.id == error.params["channel"])
        field = ids.CHANNELS[wanted.channels[there.id]]
        return FieldErrors({field: request.words("announce.already", channel=f"#{there.name}")})
    return Show(
        view.preview(
            draft.announcement,
            target.about,
            draft.previews,
            channels,
            request.words,
            in_quiet_time=_is_quiet(wanted.at or now, kaiku.defaults.timezone),
        )
    )


async def publish(request: Request) -> Answer:
    """Publish the previewed announcement."""
    kaiku = request.kaiku
    done = await kaiku.store.run(
        announcements.publish, request.actor, _announcement_id(request), kaiku.clock.now
    )
    return Show(view.published(done.posts, request.words))


async def ask_for_sentence(request: Request) -> Answer:
    found = await request.kaiku.store.read(
        announcements.load_published, request.actor, _announcement_id(request), "edit"
    )
    return Open(view.sentence_form(found.announcement, found.offering, request.words))


async def save_sentence(request: Request) -> Answer:
    sentence, errors = _read_sentence(request)
    if errors:
        return FieldErrors(errors)
    kaiku = request.kaiku
    await kaiku.store.run(
        announcements.edit_sentence, request.actor, _announcement_id(request), sentence, kaiku.clock.now()
    )
    return Show(view.done("announce.edited", request.words))


async def ask_to_withdraw(request: Request) -> Answer:
    kaiku = request.kaiku
    found = await kaiku.store.read(
        announcements.load_published, request.actor, _announcement_id(request), "withdraw"
    )
    return Open(view.withdraw_form(found.announcement, found.offering, found.posts, request.words))


async def withdraw(request: Request) -> Answer:
    kaiku = request.kaiku
    await kaiku.store.run(announcements.withdraw, request.actor, _announcement_id(request), kaiku.clock.now())
    return Show(view.done("announce.withdrawn", request.words))


# -- under a post -----------------------------------------------------------------------------------------


async def join(request: Request) -> Answer:
    """Open the join form for the offering of a post; the form asks only for what Kaiku doesn't know yet."""
    post, kaiku = PostRef.parse(request.value), request.kaiku
    answer = await open_join_form(replace(request, value=post.code), post.post_id)
    # A person who may not join has been refused by now, and does not count.
    await kaiku.store.run(announcements.count_click, post.post_id, Click.JOIN, kaiku.clock.now())
    return answer


async def show_details(request: Request) -> Answer:
    post = PostRef.parse(request.value)
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    await kaiku.store.run(announcements.count_click, post.post_id, Click.DETAILS, now)
    card = await kaiku.store.read(catalogue.load_card, request.person, post.code, now)
    return Open(view.details(card, post.post_id, request.words))


async def show_calendar(request: Request) -> Answer:
    """Show the link to the calendar file to somebody who has a seat."""
    post = PostRef.parse(request.value)
    kaiku = request.kaiku
    card = await kaiku.store.read(catalogue.load_card, request.person, post.code, kaiku.clock.now())
    url = None
    if card.mine is not None and card.mine.status is Status.SEATED and kaiku.links.are_shown:
        own = await kaiku.store.run(own_address, kaiku.links.tokens, request.person.id)
        if own.token is None:
            return Open(show_address(request, own))
        url = kaiku.links.file(own.token, post.code)
    return Open(view.calendar(card, url, post.post_id, request.words))


async def do_nothing(_request: Request) -> Answer:
    """Acknowledge a click on a button inside a preview, which only shows what the post will look like."""
    return None


# -- reading forms ----------------------------------------------------------------------------------------


async def _form(request: Request, target: AnnouncementTarget) -> View:
    kaiku, about = request.kaiku, target.about
    offering = await kaiku.store.read(
        announcements.load_subject, request.actor, about, kaiku.defaults.timezone, kaiku.clock.now()
    )
    draft = None
    if target.draft_id is not None:
        draft = await kaiku.store.read(announcements.load_draft, request.actor, target.draft_id)
    about = DIGEST if about in DIGEST_WORDS else about
    named = (
        AnnouncementTarget(about, draft.id)
        if draft is not None
        else AnnouncementTarget(about, form_key=new_form_key())
    )
    return view.announce_form(str(named), offering, draft, request.words)


def _read(request: Request) -> tuple[Wanted, dict[str, str]]:
    """The values of the submitted form, and field errors by field name."""
    sentence, errors = _read_sentence(request)
    channels: dict[str, str] = {}
    for language in POST_LANGUAGES:
        field = ids.CHANNELS[language]
        for channel in request.chosen(field):
            if channel in channels:
                errors[field] = request.words("announce.channel_twice")
            channels[channel] = language
    if not channels:
        errors[ids.CHANNELS["fi"]] = request.words("announce.no_channel")
    if len(channels) > MOST_CHANNELS:
        errors[ids.CHANNELS["fi"]] = request.words("announce.too_many_channels", most=MOST_CHANNELS)
    at = _time_of(request)
    if at is not None and at <= request.kaiku.clock.now():
        errors[ids.ON_DAY] = request.words("announce.in_the_past")
    if at is not None and at > request.kaiku.clock.now() + FURTHEST:
        errors[ids.ON_DAY] = request.words("announce.too_far")
    if at is None and request.fields.get(ids.AT_TIME):
        errors[ids.ON_DAY] = request.words("announce.day_missing")
    series = [each for each in SERIES if each in request.chosen(ids.SERIES)]
    return Wanted(channels, sentence, [PostReason(each) for each in series], at), errors


def _read_sentence(request: Request) -> tuple[dict[str, str], dict[str, str]]:
    errors: dict[str, str] = {}
    sentence = {
        each: read_text(request, ids.SENTENCE[each], errors, at_most=SENTENCE_LENGTH)
        for each in POST_LANGUAGES
    }
    for language, text in sentence.items():
        if not text:
            errors.setdefault(ids.SENTENCE[language], request.words("announce.sentence_missing"))
    return sentence, errors


def _time_of(request: Request) -> datetime | None:
    """Read the time to post in the facilitator's time zone; a day without a time means that morning."""
    day, at = request.fields.get(ids.ON_DAY), request.fields.get(ids.AT_TIME)
    if not day:
        return None
    try:
        return to_instant(
            date.fromisoformat(day), time.fromisoformat(at) if at else MORNING, request.person.timezone
        )
    except (ValueError, OverflowError):  # only a forged form sends this
        raise KaikuError(Refusal.ANNOUNCEMENT_GONE) from None


def _closed(request: Request, wanted: Wanted, channels: list[Channel]) -> dict[str, str]:
    """Field errors for channels that Kaiku can't post to because it was not invited."""
    found: dict[tuple[str, str], list[str]] = {}
    for channel in channels:
        key = "announce.archived" if channel.is_archived else "announce.not_invited"
        if channel.is_archived or not channel.is_member:
            field = ids.CHANNELS[wanted.channels[channel.id]]
            found.setdefault((field, key), []).append(f"#{channel.name or channel.id}")
    return {
        field: request.words(key, channels=request.words.all_of(names))
        for (field, key), names in found.items()
    }


def _is_quiet(at: datetime, timezone: str) -> bool:
    return not WORK_CALENDAR.is_working_moment(at, timezone)


def _announcement_id(request: Request) -> int:
    return parse_id(request.value, Refusal.ANNOUNCEMENT_GONE)
