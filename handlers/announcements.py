"""Announce an offering in channels, look after announcements; and what anybody clicks under a post."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.domain.announcements import POST_LANGUAGES, SENTENCE_LENGTH, SERIES, Channel, Click, Reason
from bot.domain.calendars.wall_time import local, to_instant
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.services.announcements import publish as announcements
from bot.services.announcements.publish import DIGEST, DIGEST_WORDS, Wanted
from bot.services.announcements.rendering import PostRenderer
from bot.services.calendars.feed import calendar_token
from bot.services.calendars.holidays import work_calendar_around
from bot.services.offerings import catalogue
from bot.views import ids
from bot.views.announcements import forms as view
from bot.views.blocks import View
from handlers.enrolment import open_join_form
from handlers.kaiku import Answer, Ask, Correct, Open, Renew, Show

MOST_CHANNELS = 10
MORNING = time(9)
FURTHEST = timedelta(days=366)


async def announce(ask: Ask) -> Answer:
    """``/kaiku announce [CODE|digest]``: straight to the form, or first what there is."""
    if ask.value:
        return Open(await _form(ask, ask.value))
    kaiku = ask.kaiku
    mine = await kaiku.store.look(announcements.list_mine, ask.leader, kaiku.clock.now())
    if len(mine.offerings) == 1 and not mine.standing:
        return Open(await _form(ask, mine.offerings[0].code))
    standing = [(each.announcement, each.offering, each.posts) for each in mine.standing]
    return Open(view.overview(mine.offerings, standing, ask.words))


async def open_form(ask: Ask) -> Answer:
    """An offering was chosen, or the preview is not yet as it should be: the value names the draft then."""
    about, _, draft_id = ask.value.partition(":")
    form = await _form(ask, about, draft_id)
    return Renew(form) if draft_id else Open(form)


async def preview(ask: Ask) -> Answer:
    """The submitted form: keep it as a draft and show how it will look, once nothing is wrong with it."""
    wanted, errors = _read(ask)
    if errors:
        return Correct(errors)
    channels = await asyncio.gather(*(ask.kaiku.slack.fetch_channel(each) for each in wanted.channels))
    if errors := _closed(ask, wanted, channels):
        return Correct(errors)
    about, _, draft_id = ask.value.partition(":")
    kaiku, now = ask.kaiku, ask.kaiku.clock.now()
    try:
        draft = await kaiku.store.run(
            announcements.save_draft,
            ask.leader,
            about,
            wanted,
            PostRenderer(kaiku.defaults),
            now,
            number(draft_id) if draft_id else None,
        )
    except KaikuError as error:
        if error.code is not Refusal.ALREADY_ANNOUNCED:
            raise
        there = next(each for each in channels if each.id == error.params["channel"])
        field = ids.CHANNELS[wanted.channels[there.id]]
        return Correct({field: ask.words("announce.already", channel=f"#{there.name}")})
    return Show(
        view.preview(
            draft.announcement,
            about,
            draft.previews,
            channels,
            ask.words,
            in_quiet_time=_is_quiet(wanted.at or now, kaiku.defaults.timezone),
        )
    )


async def publish(ask: Ask) -> Answer:
    """The confirmed preview."""
    kaiku = ask.kaiku
    done = await kaiku.store.run(announcements.publish, ask.leader, number(ask.value), kaiku.clock.now())
    return Show(view.published(done.posts, ask.words))


async def ask_for_sentence(ask: Ask) -> Answer:
    kaiku = ask.kaiku
    found = await kaiku.store.look(
        announcements.edit_sentence, ask.leader, number(ask.value), None, kaiku.clock.now()
    )
    return Open(view.sentence_form(found.announcement, found.offering, ask.words))


async def save_sentence(ask: Ask) -> Answer:
    sentence, errors = _read_sentence(ask)
    if errors:
        return Correct(errors)
    kaiku = ask.kaiku
    await kaiku.store.run(
        announcements.edit_sentence, ask.leader, number(ask.value), sentence, kaiku.clock.now()
    )
    return Show(view.done("announce.edited", ask.words))


async def ask_to_withdraw(ask: Ask) -> Answer:
    kaiku = ask.kaiku
    found = await kaiku.store.look(
        announcements.withdraw, ask.leader, number(ask.value), kaiku.clock.now(), really=False
    )
    return Open(view.withdraw_form(found.announcement, found.offering, found.posts, ask.words))


async def withdraw(ask: Ask) -> Answer:
    kaiku = ask.kaiku
    await kaiku.store.run(
        announcements.withdraw, ask.leader, number(ask.value), kaiku.clock.now(), really=True
    )
    return Show(view.done("announce.withdrawn", ask.words))


# -- under a post -----------------------------------------------------------------------------------------


async def join(ask: Ask) -> Answer:
    """Join from where one read of it: the form of every join, which asks only what Kaiku doesn't know."""
    post_id, code = _post_and_code(ask.value)
    kaiku = ask.kaiku
    await kaiku.store.run(announcements.count_click, post_id, Click.JOIN, kaiku.clock.now())
    return await open_join_form(replace(ask, value=code), post_id)


async def show_details(ask: Ask) -> Answer:
    post_id, code = _post_and_code(ask.value)
    kaiku, now = ask.kaiku, ask.kaiku.clock.now()
    await kaiku.store.run(announcements.count_click, post_id, Click.DETAILS, now)
    card = await kaiku.store.look(catalogue.load_card, ask.person, code, now)
    return Open(view.details(card, post_id, ask.words))


async def show_calendar(ask: Ask) -> Answer:
    """The calendar file, for who has a seat."""
    post_id, code = _post_and_code(ask.value)
    kaiku = ask.kaiku
    card = await kaiku.store.look(catalogue.load_card, ask.person, code, kaiku.clock.now())
    url = None
    if card.mine is not None and card.mine.status is Status.SEATED and kaiku.links.are_shown:
        url = kaiku.links.file(await kaiku.store.run(calendar_token, ask.person.id), code)
    return Open(view.calendar(card, url, post_id, ask.words))


async def do_nothing(_ask: Ask) -> Answer:
    """A button in a preview: it shows how the post will look."""
    return None


# -- reading forms ----------------------------------------------------------------------------------------


async def _form(ask: Ask, about: str, draft_id: str = "") -> View:
    kaiku = ask.kaiku
    offering = await kaiku.store.look(
        announcements.load_subject, ask.leader, about, kaiku.defaults.timezone, kaiku.clock.now()
    )
    draft = None
    if draft_id:
        draft = await kaiku.store.look(announcements.load_draft, ask.leader, number(draft_id))
    return view.announce_form(DIGEST if about in DIGEST_WORDS else about, offering, draft, ask.words)


def _read(ask: Ask) -> tuple[Wanted, dict[str, str]]:
    """What was filled in, and by field what must be mended."""
    sentence, errors = _read_sentence(ask)
    channels: dict[str, str] = {}
    for language in POST_LANGUAGES:
        field = ids.CHANNELS[language]
        for channel in _several(ask, field):
            if channel in channels:
                errors[field] = ask.words("announce.channel_twice")
            channels[channel] = language
    if not channels:
        errors[ids.CHANNELS["fi"]] = ask.words("announce.no_channel")
    if len(channels) > MOST_CHANNELS:
        errors[ids.CHANNELS["fi"]] = ask.words("announce.too_many_channels", most=MOST_CHANNELS)
    at = _time_of(ask)
    if at is not None and at <= ask.kaiku.clock.now():
        errors[ids.ON_DAY] = ask.words("announce.in_the_past")
    if at is not None and at > ask.kaiku.clock.now() + FURTHEST:
        errors[ids.ON_DAY] = ask.words("announce.too_far")
    if at is None and ask.fields.get(ids.AT_TIME):
        errors[ids.ON_DAY] = ask.words("announce.day_missing")
    series = [each for each in SERIES if each in _several(ask, ids.SERIES)]
    return Wanted(channels, sentence, [Reason(each) for each in series], at), errors


def _read_sentence(ask: Ask) -> tuple[dict[str, str], dict[str, str]]:
    sentence = {each: (ask.fields.get(ids.SENTENCE[each]) or "").strip() for each in POST_LANGUAGES}
    errors = {
        ids.SENTENCE[language]: ask.words("announce.sentence_missing")
        for language, text in sentence.items()
        if not 0 < len(text) <= SENTENCE_LENGTH
    }
    return sentence, errors


def _several(ask: Ask, field: str) -> list[str]:
    return [each for each in (ask.fields.get(field) or "").split(",") if each]


def _time_of(ask: Ask) -> datetime | None:
    """When, on the facilitator's own clock; a day without a time means its morning."""
    day, at = ask.fields.get(ids.ON_DAY), ask.fields.get(ids.AT_TIME)
    if not day:
        return None
    try:
        return to_instant(
            date.fromisoformat(day), time.fromisoformat(at) if at else MORNING, ask.person.timezone
        )
    except (ValueError, OverflowError):  # no form of ours sends this
        raise KaikuError(Refusal.ANNOUNCEMENT_GONE) from None


def _closed(ask: Ask, wanted: Wanted, channels: list[Channel]) -> dict[str, str]:
    """Channels that Kaiku can't post to: it goes only where it was invited."""
    found: dict[tuple[str, str], list[str]] = {}
    for channel in channels:
        key = "announce.archived" if channel.is_archived else "announce.not_invited"
        if channel.is_archived or not channel.is_member:
            field = ids.CHANNELS[wanted.channels[channel.id]]
            found.setdefault((field, key), []).append(f"#{channel.name or channel.id}")
    return {field: ask.words(key, channels=ask.words.all_of(names)) for (field, key), names in found.items()}


def _is_quiet(at: datetime, timezone: str) -> bool:
    calendar = work_calendar_around([local(at, timezone).date()])
    return not calendar.is_working_moment(at, timezone)


def _post_and_code(value: str) -> tuple[int, str]:
    post_id, _, code = value.partition(":")
    return number(post_id), code


def number(value: str) -> int:
    """An id from a payload, which may be forged. Raises KaikuError."""
    if value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    raise KaikuError(Refusal.ANNOUNCEMENT_GONE)
