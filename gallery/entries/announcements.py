"""Posts in channels, and what their author and their readers see."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

from msgspec.structs import replace

from bot.domain.announcements import (
    SERIES,
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
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Card, Offering
from bot.domain.plan.model import Details, Picture, Reading
from bot.views.announcements import forms, posts
from bot.views.blocks import View
from gallery.entry import Entry, RecordedWords
from gallery.sample import (
    CALENDAR_URL,
    MARCH,
    NOW,
    SEATED,
    WAITING,
    card,
    in_all,
    later,
    live,
    offering,
    offerings,
    remote,
)

SENTENCE = in_all(
    "Keväällä harjoitellaan dialogia yli virastorajojen.",
    "I vår övar vi dialog över ämbetsverksgränserna.",
    "This spring we practise dialogue across agencies.",
)
CHANNELS = {"CYLEINEN": "fi", "CSVENSKA": "sv"}


def entries() -> Iterator[Entry]:
    for face in Face:
        yield from _faces(face)
    yield from _posts()
    yield from _digests()
    yield from _writing()
    yield from _readers()


def described() -> Offering:
    """An offering with everything that a plan may say of it."""
    reading = Reading(
        in_all("Dialogin aakkoset", "Dialogens abc", "The ABC of dialogue"), "https://a.example"
    )
    details = Details(
        for_whom=in_all("Esimiehille", "För chefer", "For supervisors"),
        takes_home=in_all("Kolme tapaa kysyä", "Tre sätt att fråga", "Three ways to ask"),
        themes=(in_all("Kuuntelu", "Att lyssna", "Listening"),),
        questions=(in_all("Mikä on vaikeaa?", "Vad är svårt?", "What is hard?"),),
        pre_reading=(reading, replace(reading, link=None)),
        materials=(reading,),
        picture=Picture("https://pictures.example/a.png", in_all("Piiri", "En ring", "A circle")),
    )
    return offering("dialogue-2", details=details)


def told(face: Face, about: Offering | None = None, **facts: object) -> Told:
    known = {"seats_left": 12, "reason": PostReason.ANNOUNCE, "sentence": SENTENCE}
    return Told(about or described(), face, **known | facts)  # type: ignore[arg-type]


def _faces(face: Face) -> Iterator[Entry]:
    yield Entry(f"A post: {face}", lambda words: posts.announcement(told(face), words.both(), 3))


def _post(name: str, what: Told) -> Entry:
    return Entry(f"A post: {name}", lambda words: posts.announcement(what, words.both(), 3))


def _posts() -> Iterator[Entry]:
    here, there = live(), remote()
    first, second, third, fourth = here.sessions
    changed = (
        later(first, 7),
        replace(second, place=in_all("Säätytalo", "Ständerhuset", "House of the Estates")),
        replace(third, cancelled=True),
        fourth,
    )
    yield _post("plain", told(Face.OPEN, replace(here, details=Details())))
    yield _post("remote", told(Face.OPEN, there))
    yield _post("few seats left", told(Face.OPEN, seats_left=2))
    yield _post("three weeks left", told(Face.OPEN, reason=PostReason.THREE_WEEKS_LEFT))
    yield _post("changed since", told(Face.OPEN, replace(here, sessions=changed), told=here.sessions))
    long = replace(here, sessions=[replace(first, number=n) for n in range(1, 16)])
    yield _post("a long series", told(Face.OPEN, long))
    yield _post("cancelled, with others", told(Face.CANCELLED, instead=[there]))
    yield Entry("A post that was withdrawn", lambda words: posts.withdrawn(here.title, words.both()))
    yield Entry("A digest that was withdrawn", lambda words: posts.withdrawn(None, words.both()))
    for state in PostState:
        if state not in {PostState.PLANNED, PostState.STANDING}:
            yield _trouble(state)


def _trouble(state: PostState) -> Entry:
    return Entry(
        f"Trouble with a post: {state}",
        lambda words: posts.trouble(live().title, "CYLEINEN", state, "channel_not_found", words),
    )


def _digests() -> Iterator[Entry]:
    every = list(offerings().values())
    openings = [Opening(each, face, 5) for each, face in zip(every, [*Face, *[Face.OPEN] * 20], strict=False)]
    month = ToldOfMonth(MARCH, SENTENCE, openings, is_over=False)
    yield Entry("What opens this month", lambda words: posts.digest(month, words.both(), 3))
    longer = replace(month, openings=openings * 2)
    yield Entry("Much opens this month", lambda words: posts.digest(longer, words.both(), 3))
    over = replace(month, is_over=True)
    yield Entry("A month that is over", lambda words: posts.digest(over, words.both(), 3))


def announcement(**changes: object) -> Announcement:
    known = {
        "id": 5, "code": "dialogue-2", "month": None, "author": "UFASI", "sentence": SENTENCE,
        "channels": CHANNELS, "series": SERIES, "at": NOW + timedelta(days=1),
        "state": AnnouncementState.PUBLISHED,
    }  # fmt: skip
    return Announcement(**known | changes)  # type: ignore[arg-type]


def every_post() -> list[Post]:
    clicks = {Click.JOIN: 4, Click.DETAILS: 9, Click.JOINED: 3}
    return [
        Post(n, "CYLEINEN", "fi", reason, state, None if state is PostState.PLANNED else NOW, None, clicks)
        for n, (reason, state) in enumerate(product(PostReason, PostState), start=1)
    ]


def _writing() -> Iterator[Entry]:
    here, every = live(), list(offerings().values())
    digest = announcement(code=None, month=MARCH)
    withdrawn = announcement(state=AnnouncementState.WITHDRAWN)
    found = [(announcement(), here, every_post()), (digest, None, []), (withdrawn, here, [])]
    yield Entry("Announcements", lambda words: forms.overview(every, found, words))
    yield Entry("No announcements", lambda words: forms.overview(every, [], words))
    drafts = [(announcement(), here), (digest, None)]
    yield Entry("Drafts of announcements", lambda words: forms.overview(every, [], words, drafts))
    many = found * 40
    yield Entry("Many announcements", lambda words: forms.overview(every, many, words))
    yield Entry(
        "Announcing an offering", lambda words: forms.announce_form("dialogue-2", here, announcement(), words)
    )
    yield Entry("Announcing a month", lambda words: forms.announce_form("digest", None, None, words))
    yield Entry("Preview of an announcement", lambda words: _preview(words, quiet=False))
    yield Entry("Preview in quiet time", lambda words: _preview(words, quiet=True))
    yield Entry("Published", lambda words: forms.published(every_post(), words))
    yield Entry("Changing the sentence", lambda words: forms.sentence_form(announcement(), here, words))
    yield Entry("Changing the sentence of a digest", lambda words: forms.sentence_form(digest, None, words))
    yield Entry(
        "Withdrawing", lambda words: forms.withdraw_form(announcement(), here, every_post()[:3], words)
    )
    yield Entry("The sentence is changed", lambda words: forms.done("announce.edited", words))
    yield Entry("Withdrawn", lambda words: forms.done("announce.withdrawn", words))


def _preview(words: RecordedWords, *, quiet: bool) -> View:
    seen = {"fi": posts.announcement(told(Face.OPEN), words.both(), 3)}
    seen["sv"] = seen["fi"]
    channels = [
        Channel("CYLEINEN", is_member=True, people=120),
        Channel("CSVENSKA", is_member=True, people=1),
    ]
    what = announcement(at=None) if quiet else announcement()
    return forms.preview(what, "dialogue-2", seen, channels, words, in_quiet_time=quiet)


def _readers() -> Iterator[Entry]:
    for name, shown in (
        ("open", card(described())),
        ("full", card(described(), seats_left=0)),
        ("not open yet", card(described(), state=SignUpState.NOT_YET)),
    ):
        yield _details(name, shown)
    yield _from_home()
    for name, shown, url in (
        ("seated", card(mine=SEATED), CALENDAR_URL),
        ("seated, no address", card(mine=SEATED), None),
        ("waiting", card(mine=WAITING), None),
        ("not joined", card(), None),
    ):
        yield _calendar(name, shown, url)


def _details(name: str, shown: Card) -> Entry:
    return Entry(f"All about an offering: {name}", lambda words: forms.details(shown, 3, words))


def _from_home() -> Entry:
    shown = card(described())
    return Entry("All about an offering, from App Home", lambda words: forms.details(shown, None, words))


def _calendar(name: str, shown: Card, url: str | None) -> Entry:
    return Entry(f"The calendar under a post: {name}", lambda words: forms.calendar(shown, url, 3, words))
