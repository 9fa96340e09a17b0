"""A plan that is as large and as awkward as an organiser may make it, and people who read of it."""

from datetime import UTC, date, datetime, time, timedelta

from bot.domain.enrolment.seats import SeatLimits, Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Card, Offering, Session, Standing
from bot.domain.people.person import Person
from bot.domain.plan.model import OfferingKind
from bot.i18n import Words, words_for
from tests.support.sessions import HELSINKI, a_session

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
LONG = "Vuorovaikutus ja työn uudistaminen " * 4  # a plan's titles may have 150 characters
TRICKY = "<!channel> <@U1> <https://evil.example|here> *x* `y` & &amp; :tada:"
ESCAPED = "&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.example|here&gt; *x* `y` &amp; &amp;amp; :tada:"
LINK = "https://session.example/" + "a" * 200
STATES = list(SignUpState)
STANDINGS = [
    None,
    Standing(1, Status.SEATED, None, None, 4),
    Standing(2, Status.WAITING, 3, WaitingReason.AGENCY_FULL, 4),
    Standing(3, Status.WAITING, 12, WaitingReason.GROUP_FULL, 4),
    Standing(4, Status.WAITING, 1, None, 4),
]


def in_all(text: str) -> dict[str, str]:
    return {"fi": f"{text} fi", "sv": f"{text} sv", "en": f"{text} en"}


def words_of(language: str) -> Words:
    return words_for(language, HELSINKI)


def a_person(**changes: object) -> Person:
    facts = {
        "id": "UAINO",
        "name": "Aino",
        "language": "fi",
        "timezone": HELSINKI,
        "agency": "vero",
        "role": "expert",
    }
    return Person(**facts | changes)  # type: ignore[arg-type]


def some_sessions(count: int, text: str = "Sali", *, remote: bool = False) -> tuple[Session, ...]:
    return tuple(
        a_session(
            date(2019, 3, 4) + timedelta(weeks=n),
            time(9),
            time(15, 30),
            number=n + 1,
            place=None if remote else in_all(text),
            link=LINK if remote else None,
            link_label=text[:80] if remote else None,
            bring=in_all(text),
            cancelled=n == 1,
        )
        for n in range(count)
    )


def an_offering(n: int = 1, text: str = "Dialogi", *, count: int = 3, remote: bool = False) -> Offering:
    return Offering(
        id=n,
        code=f"offering-{n}",
        kind=list(OfferingKind)[n % len(OfferingKind)],
        strand_number=n % 9 + 1,
        strand_title=in_all(text),
        title=in_all(f"{text[:140]} {n}"),
        summary=in_all(text * 10),
        limits=SeatLimits(20, 4),
        facilitators=("UFASI",),
        opens_on=date(2019, 1, 1),
        closes_on=date(2019, 3, 1),
        timezone=HELSINKI,
        cancelled=False,
        sessions=some_sessions(count, text, remote=remote),
    )


def a_card(
    n: int = 1, text: str = "Dialogi", *, count: int = 3, remote: bool = False, **changes: object
) -> Card:
    facts = {
        "state": STATES[n % len(STATES)],
        "seats_left": n % 3,
        "waiting": n % 4,
        "mine": STANDINGS[n % len(STANDINGS)],
    }
    return Card(offering=an_offering(n, text, count=count, remote=remote), **facts | changes)  # type: ignore[arg-type]


def large_plan(text: str = LONG, *, count: int = 20) -> list[Card]:
    """60 offerings of ``count`` sessions, in every state and standing, by strand."""
    cards = [a_card(n, text, count=count, remote=n % 2 == 0) for n in range(60)]
    return sorted(cards, key=lambda card: card.offering.strand_number)
