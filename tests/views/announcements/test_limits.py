"""Announcements stay within Slack's limits, however much a plan and a facilitator write."""

from collections.abc import Iterator
from datetime import date

import pytest
from msgspec.structs import replace

from bot.domain.announcements import (
    Announcement,
    AnnouncementState,
    Channel,
    Click,
    Face,
    Opening,
    Post,
    PostReason,
    PostState,
    Told,
    ToldOfMonth,
)
from bot.domain.plan.model import Details, Picture, Reading
from bot.views.announcements import forms
from bot.views.announcements import posts as view
from bot.views.bilingual import Both
from bot.views.payload import check_message, check_view
from tests.support.readers import LONG, NOW, TRICKY, a_card, an_offering, in_all, some_sessions, words_of

BOTH = Both(words_of("fi"), words_of("sv"))
SENTENCES = {"plain": {"fi": "x" * 3000, "sv": "y" * 3000}, "hostile": {"fi": "<&>" * 1000, "sv": "&" * 3000}}
POST = Post(1, "C1", "fi", PostReason.ANNOUNCE, PostState.STANDING, NOW, None, dict.fromkeys(Click, 999))


def offering(text: str, n: int = 1):
    texts = in_all(text[:140] * 2)
    reading = (Reading(texts, "https://kaiku.example/" + "a" * 1900),) * 20
    details = Details(
        texts, texts, (texts,) * 20, reading, (texts,) * 20, reading, Picture("https://k.example/a", texts)
    )
    return replace(
        an_offering(n, text, count=40), details=details, facilitators=("UFASI", f"{'a' * 60}@k.example") * 5
    )


def mrkdwn_in(node: object) -> Iterator[str]:
    """Every text in which a mention would be one."""
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for child in node.values():
            yield from mrkdwn_in(child)
    elif isinstance(node, list):
        for child in node:
            yield from mrkdwn_in(child)


def announcement(sentence: dict[str, str]) -> Announcement:
    channels = {f"C{n}": "fi" if n % 2 else "sv" for n in range(10)}
    return Announcement(
        1,
        "offering-1",
        None,
        "UFASI",
        sentence,
        channels,
        list(PostReason)[1:3],
        NOW,
        AnnouncementState.PUBLISHED,
    )


@pytest.mark.parametrize("face", list(Face))
@pytest.mark.parametrize("text", [LONG, TRICKY], ids=["long", "tricky"])
@pytest.mark.parametrize("sentence", list(SENTENCES))
def test_every_post_is_one_that_slack_takes(face: Face, text: str, sentence: str) -> None:
    about = offering(text)
    moved = some_sessions(40, text[::-1], remote=True)
    told = Told(about, face, 3, PostReason.ANNOUNCE, SENTENCES[sentence], moved, [offering(text, 2)] * 3)
    message = view.announcement(told, BOTH, 1)
    assert check_message(message) == []
    assert "<!channel>" not in "".join([message.text, *mrkdwn_in(list(message.blocks))])
    previewed = forms.preview(
        announcement(SENTENCES[sentence]),
        "offering-1",
        {"fi": message, "sv": message},
        [Channel(f"C{n}", True, people=5000) for n in range(10)],
        words_of("fi"),
        in_quiet_time=True,
    )
    assert check_view(previewed) == []


@pytest.mark.parametrize("sentence", list(SENTENCES))
def test_a_digest_of_everything_is_one_that_slack_takes(sentence: str) -> None:
    openings = [Opening(offering(LONG, n), list(Face)[n % len(Face)], 3) for n in range(60)]
    for is_over in (False, True):
        told = ToldOfMonth(date(2019, 2, 1), SENTENCES[sentence], openings, is_over)
        assert check_message(view.digest(told, BOTH, 1)) == []


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("text", [LONG, TRICKY], ids=["long", "tricky"])
def test_every_form_and_list_is_one_that_slack_takes(language: str, text: str) -> None:
    words, mine, about = words_of(language), announcement(SENTENCES["plain"]), offering(text)
    standing = [(mine, about, [POST] * 30)] * 100
    views = [
        forms.overview([offering(text, n) for n in range(150)], standing, words),
        forms.overview([], [], words),
        forms.announce_form("offering-1", about, mine, words),
        forms.announce_form("digest", None, None, words),
        forms.published([POST] * 30, words),
        forms.sentence_form(mine, about, words),
        forms.withdraw_form(mine, about, [POST] * 30, words),
        forms.done("announce.edited", words),
        forms.details(replace(a_card(1, text), offering=about, mine=None), 1, words),
        forms.calendar(a_card(1, text, mine=None), None, 1, words),
    ]
    for each in views:
        assert check_view(each) == []
        assert len(each["blocks"]) <= 100
    for state in (PostState.GONE, PostState.UNREACHABLE, PostState.FAILED, PostState.SKIPPED):
        assert check_message(view.trouble(about.title, "C1", state, "is_archived", words)) == []
    assert check_message(view.withdrawn(about.title, BOTH)) == []
