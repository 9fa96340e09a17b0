"""What Kaiku shows stays within Slack's limits, however large the plan, in every language."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.domain.carried.group import GroupAct, GroupTarget
from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.leaving import Leaving, SeatThen, WayBack
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.enrolment.year import Asked, Year, coming_sessions, sort_cards
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.group import MAX_REASON, Becomes, Group, Member, Removal
from bot.domain.facilitation.outcomes import Removed
from bot.domain.language import LANGUAGES
from bot.domain.offerings.offering import Card
from bot.domain.offerings.reminders import ReminderKind
from bot.domain.offerings.session_changes import SessionChangeKind, compare_sessions
from bot.i18n import Words
from bot.services.people.agency_book import read_agencies
from bot.services.privacy.notice_file import read_notice
from bot.views import absence, answers, calendars, enrolment, people, privacy, year
from bot.views.blocks import Message, View
from bot.views.facilitation import group_messages
from bot.views.facilitation.group import group_view
from bot.views.facilitation.group_forms import act_form, preview
from bot.views.facilitation.group_previews import Reader, says
from bot.views.facilitation.group_previews import told as previews_told
from bot.views.foreseen import Foreseen
from bot.views.home import home
from bot.views.offerings import catalogue, change_messages, messages
from bot.views.payload import check_message, check_view
from tests.support.commands import COMMANDS
from tests.support.notices import longest_notice
from tests.support.readers import (
    LONG,
    NOW,
    STANDINGS,
    STATES,
    TRICKY,
    a_card,
    a_person,
    an_offering,
    large_plan,
    some_sessions,
    words_of,
)

BOOK = read_agencies()
NOTICE = read_notice()
LONGEST_NOTICE = longest_notice()
NEWCOMER = a_person(agency=None, role=None)
OWN_WORDS = a_person(agency="other", agency_name="x" * people.MAX_AGENCY_NAME, timezone="Pacific/Auckland")
URL = f"https://kaiku.example/calendar/{'t' * 43}.ics"
MOST_VIEW_BYTES = 250_000


def cards(text: str) -> Iterator[object]:
    """An offering in every state, with every standing, live and remote."""
    for state in STATES:
        for mine in STANDINGS:
            for remote in (False, True):
                yield a_card(1, text, count=20, remote=remote, state=state, mine=mine)


def a_year(cards: Sequence[Card]) -> Year:
    """The year of somebody who stands in all of these as the cards say."""
    mine, can_join, completed = sort_cards(cards, NOW)
    asked = [Asked(card.offering, 7, card.offering.title) for card in mine[:3]]
    return Year(
        NOW,
        coming_sessions(mine, NOW),
        asked=asked,
        mine=mine,
        open=can_join,
        completed=completed,
    )


def a_group(text: str) -> Group:
    """A group of many people with long names, all of whom need something."""
    offering = a_card(1, text, count=20).offering
    removal = Removal(1, 1, Becomes.REMOVED, NOW, NOW)
    people = [
        Member(
            n,
            f"U{n}",
            text[:80],
            f"other:{text[:140]} {n}",
            "manager",
            status,
            "sv",
            position=n,
            over_limit=True,
            own_words=text[:150],
            until=NOW,
            removal=removal,
        )
        for status in (Status.SEATED, Status.OFFERED, Status.WAITING)
        for n in range(150)
    ]
    absent = frozenset(each.user_id for each in people[:150])
    return Group(offering, SignUpState.OPEN, people, offering.sessions[0], absent, offering.sessions)


def every_view(words: Words, text: str) -> Iterator[tuple[str, View]]:
    plan = large_plan(text)
    yield "list", catalogue.offering_list_modal(plan, words)
    yield "empty list", catalogue.offering_list_modal([], words)
    yield "settings", people.settings_form(OWN_WORDS, BOOK, NOTICE, words)
    yield "first settings", people.settings_form(NEWCOMER, BOOK, NOTICE, words)
    for notice in (NOTICE, LONGEST_NOTICE):
        yield (
            "privacy notice",
            privacy.notice_view(notice, words, url="https://kaiku.example/privacy?lang=fi"),
        )
    yield "saved", people.settings_saved(OWN_WORDS, BOOK, words)
    yield "home", home(a_year(plan), OWN_WORDS, BOOK, words, with_calendar=True)
    group = a_group(text)
    everything = a_year(plan * 2)
    yield (
        "home of who joined everything",
        home(everything, OWN_WORDS, BOOK, words, with_calendar=True, groups=[group] * 20),
    )
    yield "group", group_view(group, BOOK, words, NOW)
    for act in GroupAct:
        if act is not GroupAct.CLOSE:
            yield f"group form {act}", act_form(group, act, [group.offering] * 120, BOOK, words)
    removed = Removed(group, group.members[0], Becomes.REMOVED, NOW)
    reason = dict.fromkeys(("fi", "sv"), (text * 300)[:MAX_REASON])
    reader, said = Reader(BOOK, words, NOW), group_messages.removed(group.offering, reason, words)
    hears = [replace(NEWCOMER, id=each.user_id) for each in group.members[300:]]
    heard = [Foreseen(DeliveryKind.REMOVED, words.language, each, said) for each in hears]
    what, told = says(removed, heard, reader), previews_told(group, heard, reader)
    target = GroupTarget(group.offering.code, GroupAct.REMOVE, "123456789", "", reason)
    yield "group preview", preview(group.offering, target, what, told, words)
    yield "first home", home(Year(NOW), NEWCOMER, BOOK, words)
    yield "note", answers.note_view(answers.help_message(COMMANDS, words, typo=text, meant=None), words)
    yield "calendar", calendars.calendar_link(URL, "mark", words)
    yield "calendar hidden", calendars.hidden_link("mark", words)
    yield "renew", calendars.renew_form("mark", words)
    yield "renewed", calendars.renewed_link(URL, words)
    for card in cards(text):
        clash = (card.offering.sessions[0], an_offering(2, text), some_sessions(1, text)[0])
        for who in (NEWCOMER, OWN_WORDS):
            yield (
                "join",
                enrolment.join_form(
                    a_card(1, text, count=20, overlaps=[clash] * 20), who, BOOK, NOTICE, words
                ),
            )
        if card.mine is not None:
            yield (
                "joined",
                enrolment.joined(
                    card.offering,
                    card.mine,
                    OWN_WORDS,
                    BOOK,
                    words,
                    now=NOW,
                    already=True,
                    with_calendar=True,
                ),
            )
            for now in (NOW, NOW + timedelta(weeks=8)):
                yield (
                    "opened",
                    year.opened(card, OWN_WORDS, BOOK, now, words, with_past=True, with_calendar=True),
                )
            session = card.offering.sessions[0]
            for absent in (True, False):
                yield "absent", absence.absent_said(card.offering, session, words, NOW, absent=absent)
            yield "absent or leave", absence.absent_or_leave(card.offering, session, words)
            leaving = Leaving(SeatThen.STAYS_FREE, WayBack.TO_THE_END_OF_THE_LINE)
            yield "leave", enrolment.leave_form(card.offering, card.mine, leaving, words)
            yield "left", enrolment.left(card.offering, card.mine.status, NOW, words)


def every_message(words: Words, text: str) -> Iterator[tuple[str, Message]]:
    plan = large_plan(text)
    yield "help", answers.help_message(COMMANDS, words)
    yield "privacy notice changed", privacy.notice_changed(replace(NOTICE, changed={"fi": text}), words)
    yield "typo", answers.help_message(COMMANDS, words, typo=text, meant="liity")
    yield "list", catalogue.offering_list(plan, words)
    yield "empty list", catalogue.offering_list([], words)
    for whose in (a_year(plan * 2), Year(NOW)):
        yield "mine", year.mine_message(whose, words, with_calendar=True)
        yield "next", year.next_message(whose, words)
        yield "leave", year.leave_message(whose, words)
    for remote in (False, True):
        offering = an_offering(1, text, count=20, remote=remote)
        for mine in STANDINGS[1:]:
            about = (offering, mine, OWN_WORDS, BOOK, words)
            yield "standing", enrolment.standing_message(*about, now=NOW)
            yield "confirmation", enrolment.confirmation(*about, now=NOW, calendar_url=URL)
            yield "promotion", enrolment.promotion(offering, mine, words, now=NOW, calendar_url=URL)
        for kind in ReminderKind:
            yield "reminder", messages.reminder(offering, offering.sessions[0], kind, words, now=NOW)
        yield "left", messages.no_longer_enrolled(offering, words)
        yield "undelivered", messages.undelivered(offering, text, "channel_not_found", words)
        other = some_sessions(20, text[::-1], remote=not remote)
        for told, current in ((offering.sessions, other), ((), other), (other, ())):
            changes = compare_sessions(told, current, NOW, language=words.language, sees_link=True)
            yield (
                "changed",
                change_messages.changed(offering, changes, words, now=NOW, with_link=True, calendar_url=URL),
            )
        yield "called off", change_messages.called_off(offering, words, (offering.title,), (offering,) * 9)


@pytest.mark.parametrize("text", [LONG, TRICKY], ids=["long", "tricky"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_is_one_that_slack_takes(language: str, text: str) -> None:
    for name, view in every_view(words_of(language), text):
        assert check_view(view) == [], name
        assert len(view["blocks"]) <= 100, name
        assert len(json.dumps(view).encode()) < MOST_VIEW_BYTES, name


@pytest.mark.parametrize("text", [LONG, TRICKY], ids=["long", "tricky"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_one_that_slack_takes(language: str, text: str) -> None:
    for name, message in every_message(words_of(language), text):
        assert check_message(message) == [], name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("nearest", [None, "dialogue-7"])
def test_an_unknown_code_is_answered_shortly_however_many_codes_there_are(
    language: str, nearest: str | None
) -> None:
    codes = [f"dialogue-{number}" for number in range(300)]
    unknown = KaikuError(Refusal.UNKNOWN_OFFERING, code="dialoge-7", nearest=nearest, codes=codes)
    text = answers.refusal_text(unknown, words_of(language))
    assert len(text) < 250
    assert "/kaiku list" in text
    assert ("`dialogue-7`" in text) == (nearest is not None)
    few = KaikuError(Refusal.UNKNOWN_OFFERING, code="dialoge-7", nearest=nearest, codes=codes[:15])
    assert "`dialogue-14`" in answers.refusal_text(few, words_of(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_a_sentence_of_its_own(language: str) -> None:
    offering = an_offering(1, LONG)
    params = {"offering": offering, "least": 5, "channel": "C1", "name": LONG, "day": "31.2."}
    unknown = {
        "code": LONG,
        "nearest": None,
        "codes": [card.offering.code for card in large_plan(LONG, count=1)],
    }
    told = {
        answers.refusal_text(
            KaikuError(code, **unknown if code is Refusal.UNKNOWN_OFFERING else params), words_of(language)
        )
        for code in Refusal
    }
    assert len(told) == len(Refusal)
    for text in told:
        assert (
            check_message(Message(text, [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]))
            == []
        )


def test_all_kinds_of_change_are_among_those_checked() -> None:
    live, remote = some_sessions(20, "a"), some_sessions(20, "b", remote=True)
    kinds = {
        kind
        for told, current in (
            (live, remote),
            (remote, live),
            ((), live),
            (live, ()),
            (live, some_sessions(20, "c")),
        )
        for change in compare_sessions(told, current, NOW, language="fi", sees_link=True)
        for kind in change.kinds
    }
    assert kinds >= {SessionChangeKind.ADDED, SessionChangeKind.CANCELLED, SessionChangeKind.LINK_CHANGED}
