"""Settings, the privacy notice, and the address of the calendar."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from bot.domain.people.person import Person, Role
from bot.views import calendars, ids, people, privacy
from gallery.entry import Entry
from gallery.sample import AINO, BOOK, CALENDAR_URL, NEWCOMER, NOTICE, OWN_EMPLOYER, live

CHOICES = {ids.FREQUENCY: "fewer", ids.HOUR: "9", ids.PAUSED_UNTIL: "2019-03-20"}


def entries() -> Iterator[Entry]:
    yield from _settings()
    yield from _privacy()
    yield from _calendars()


def _settings() -> Iterator[Entry]:
    yield Entry("Settings", lambda words: people.settings_form(AINO, BOOK, NOTICE, words, CHOICES))
    yield Entry(
        "Settings of a facilitator",
        lambda words: people.settings_form(AINO, BOOK, NOTICE, words, CHOICES, leads=True),
    )
    yield Entry("Settings at first", lambda words: people.settings_form(NEWCOMER, BOOK, NOTICE, words))
    yield Entry(
        "Settings: an employer that looks like one of the list",
        lambda words: people.settings_form(OWN_EMPLOYER, BOOK, NOTICE, words, meant=["vero"]),
    )
    yield Entry(
        "Settings: no seat left for the other agency",
        lambda words: people.settings_form(AINO, BOOK, NOTICE, words, without_room=[live()]),
    )
    yield Entry("Settings saved", lambda words: people.settings_saved(AINO, BOOK, words, CHOICES))
    yield Entry("Settings saved at first", lambda words: people.settings_saved(NEWCOMER, BOOK, words))
    abroad = replace(AINO, agency="other", agency_name=None, timezone="America/New_York", role="manager")
    yield Entry("Settings of somebody abroad", lambda words: people.settings_saved(abroad, BOOK, words))
    for each in ("all", "fewer", "stopped"):
        choices = {ids.FREQUENCY: each, ids.HOUR: "", ids.PAUSED_UNTIL: ""}
        yield _saved(f"questions {each}", AINO, choices)
    for role in Role:
        yield _saved(role, replace(AINO, role=role))


def _saved(name: str, person: Person, choices: Mapping[str, str] | None = None) -> Entry:
    return Entry(f"Settings saved: {name}", lambda words: people.settings_saved(person, BOOK, words, choices))


def _privacy() -> Iterator[Entry]:
    url = "https://kaiku.example/privacy?lang=fi"
    yield Entry("The privacy notice", lambda words: privacy.notice_view(NOTICE, words))
    yield Entry("The same with its address", lambda words: privacy.notice_view(NOTICE, words, url=url))
    told = replace(NOTICE, contact=replace(NOTICE.contact, phone="0295 000 000"), gaps=())
    yield Entry("The same, finished", lambda words: privacy.notice_view(told, words))
    yield Entry("The heading of its page", lambda words: words("privacy.page_heading"))
    yield Entry("What the page calls its languages", lambda words: words("privacy.languages"))
    changed = replace(NOTICE, version=2, changed=NOTICE.retention[0].period)
    yield Entry("The privacy notice has changed", lambda words: privacy.notice_changed(changed, words))


def _calendars() -> Iterator[Entry]:
    yield Entry("My calendar's address", lambda words: calendars.calendar_link(CALENDAR_URL, "mark", words))
    yield Entry("An address that can't be shown again", lambda words: calendars.hidden_link("mark", words))
    yield Entry("A new address?", lambda words: calendars.renew_form("mark", words))
    yield Entry("The new address", lambda words: calendars.renewed_link(CALENDAR_URL, words))
