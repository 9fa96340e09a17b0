"""Roles: coordinators, facilitators of an offering, their news, the log of acts, the pause of all sending."""

from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace

from bot.domain.acts import Act, ActKind, DoneBy, FaultKind, Who
from bot.domain.carried.roles import LogPage
from bot.domain.enrolment.year import Year
from bot.domain.evidence.costs import costs_of
from bot.domain.roles import CoordinatorRole, FacilitatorsChanged, SendingPause
from bot.views import acts, roles
from bot.views.facilitation import news
from bot.views.home import home
from gallery.entry import Entry, RecordedWords
from gallery.sample import AINO, BOOK, NOW, in_all, live, offering, offerings
from storage.facilitation import DayRow

PAUSE = SendingPause("Väärä kokousosoite tapaamisessa", NOW)
COORDINATORS = [CoordinatorRole("UKOORD", from_settings=True), CoordinatorRole("UFANNI", from_settings=False)]
FANNI, OLLI = Who("f" * 32, "UFANNI", "Fanni Vetäjä"), Who("0" * 32, "UOLLI", "Olli Osallistuja")
COLUMNS = ("when", "what", "by", "person", "about", "why")


def entries() -> Iterator[Entry]:
    yield from _coordinators()
    yield from _facilitators()
    yield from _log()


def _coordinators() -> Iterator[Entry]:
    koord = replace(AINO, is_coordinator=True)
    costs = costs_of([live()])
    yield Entry("App Home of a coordinator", lambda words: home(Year(NOW), koord, BOOK, words))
    yield Entry(
        "App Home of a coordinator while sending is paused",
        lambda words: home(Year(NOW), koord, BOOK, words, pause=PAUSE, costs=costs),
    )
    yield Entry("Pausing all sending", roles.pause_form)
    yield Entry("Sending is paused", lambda words: roles.paused(PAUSE, words))
    yield Entry("No reason for the pause", lambda words: words("pause_all.reason_missing"))
    yield Entry("Sending goes on", roles.resumed)
    yield Entry("Coordinators", lambda words: roles.coordinators_form(COORDINATORS, words))
    yield Entry("Coordinators, nobody set", lambda words: roles.coordinators_form([], words))
    yield Entry("Coordinators saved", lambda words: roles.coordinators_saved(COORDINATORS, words))


def _facilitators() -> Iterator[Entry]:
    here = replace(live(), facilitators=("UFANNI", "olli@virasto.example"))
    nobody = replace(here, facilitators=())
    changed = FacilitatorsChanged(here, ["UFANNI"], [])
    yield Entry("Facilitators of an offering", lambda words: roles.facilitators_form(here, words))
    yield Entry("Facilitators, nobody named", lambda words: roles.facilitators_form(nobody, words))
    yield Entry("Facilitators saved", lambda words: roles.facilitators_saved(changed, words))
    unchanged = FacilitatorsChanged(here, [], [])
    yield Entry("Facilitators as before", lambda words: roles.facilitators_saved(unchanged, words))
    yield Entry("Who facilitates an offering", lambda words: roles.facilitators_message(here, words))
    yield Entry("Nobody facilitates it", lambda words: roles.facilitators_message(nobody, words))
    some = [here, offering("coaching-2")]
    yield Entry("You facilitate one group", lambda words: news.now_facilitates(some[:1], words))
    yield Entry("You facilitate two groups", lambda words: news.now_facilitates(some, words))
    many = list(offerings().values()) * 2
    yield Entry("You facilitate many groups", lambda words: news.now_facilitates(many, words))
    yield Entry(
        "An offering has no facilitator", lambda words: news.no_facilitator(here, "Fanni Vetäjä", words)
    )
    day = [(here, DayRow(1, 2, 1, 3, 1)), (some[1], DayRow(2, 1, 0, 0, 0))]
    yield Entry("The daily line", lambda words: news.day(day, words))
    yield Entry("The daily line of one group", lambda words: news.day(day[:1], words))
    every = [(each, DayRow(1, 1, 0, 0, 0)) for each in many]
    yield Entry("The daily line of many groups", lambda words: news.day(every, words))


def _log() -> Iterator[Entry]:
    def act(kind: ActKind, n: int, **facts: object) -> Act:
        at = NOW - timedelta(hours=n)
        return replace(Act(100 - n, at, kind, DoneBy.KAIKU), **facts)

    by_fanni = {"done_by": DoneBy.PERSON, "actor": FANNI}
    reason = in_all("Ryhmä on täynnä", "Gruppen är full", "The group is full")
    lines = [
        act(ActKind.REMOVED, 1, **by_fanni, person=OLLI, offering="dialogue-2", reason=reason),
        act(ActKind.MARKED_ATTENDANCE, 2, **by_fanni, offering="dialogue-2", number=1),
        act(ActKind.PAUSED_SENDING, 3, **by_fanni, reason={"sv": "Fel länk"}),
        act(ActKind.JOINED, 4, done_by=DoneBy.PERSON, actor=Who("a" * 32), person=Who("a" * 32)),
        act(ActKind.APPLIED_PLAN, 5, done_by=DoneBy.OPERATOR, offering="2019"),
    ]
    first = LogPage()
    yield Entry("The log of acts", lambda words: acts.log_view(lines, first, words, has_more=True))
    every = [act(kind, n) for n, kind in enumerate(ActKind)]
    yield Entry("The log: every act", lambda words: acts.log_view(every, first, words, has_more=False))
    yield Entry("The log is empty", lambda words: acts.log_view([], first, words, has_more=False))
    yield Entry("The log in a terminal", lambda words: _terminal(lines, words))


def _terminal(lines: list[Act], words: RecordedWords) -> str:
    """The output of ``kaiku log``."""
    facts = {"position": 7, "day": "1.1.2019", "file": "head.json"}
    keys = [f"log.column_{each}" for each in COLUMNS] + [f"log.by_{each}" for each in DoneBy]
    keys += [f"log.fault_{each}" for each in FaultKind]
    keys += [f"log.{each}" for each in ("anchor", "no_key", "no_secret", "not_signed", "no_head")]
    said = [words(key, **facts) for key in keys]
    said += [words.many(key, 2) for key in ("log.whole", "log.unchained")]
    return " / ".join([*said, acts.who_of(FANNI, words), acts.act_of(lines[0], words)])
