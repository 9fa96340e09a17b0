"""What Kaiku answers to what people write, and what the buttons of that answer open."""

from collections.abc import Iterator

from bot.domain.assistant.topics import Topic
from bot.domain.enrolment.year import Year
from bot.domain.plan.model import Details, Reading
from bot.views import assistant
from gallery.entries.year import a_year
from gallery.entry import Entry
from gallery.sample import NOW, SEATED, WAITING, card, in_all, offering

COORDINATORS = ("UKOOR",)
MATERIALS = Details(
    materials=(
        Reading(in_all("Kalvot", "Bilder", "Slides"), "https://materials.example/kalvot"),
        Reading(in_all("Työkirja", "Arbetsbok", "Workbook"), None),
    )
)


def entries() -> Iterator[Entry]:
    for topic in assistant.ACTS:
        yield _understood(topic)
    yield Entry(
        "Three things understood",
        lambda words: assistant.answer_message((Topic.LEAVE, Topic.CANNOT_COME, Topic.JOIN), words),
    )
    yield Entry("Nothing understood", lambda words: assistant.help_message("moi", words, can_keep=True))
    yield Entry(
        "Nothing understood, no reflections", lambda words: assistant.help_message("", words, can_keep=False)
    )
    yield Entry("Which session", lambda words: assistant.absences_message(a_year(), words))
    yield Entry("No session to miss", lambda words: assistant.absences_message(Year(NOW), words))
    yield Entry("This once or the whole seat", assistant.cancel_message)
    with_materials = offering("dialogue-2", details=MATERIALS)
    seated = Year(NOW, mine=[card(with_materials, mine=SEATED), card(offering("dialogue-2"), mine=WAITING)])
    yield Entry("Materials", lambda words: assistant.materials_message(seated, words))
    yield Entry("No materials", lambda words: assistant.materials_message(Year(NOW), words))
    yield Entry("Whom to write to", lambda words: assistant.contacts_message(a_year(), COORDINATORS, words))
    yield Entry("Nobody to write to", lambda words: assistant.contacts_message(Year(NOW), (), words))
    yield Entry(
        "Certificates of groups that have ended", lambda words: assistant.certificate_message(a_year(), words)
    )
    yield Entry("No group has ended", lambda words: assistant.certificate_message(Year(NOW), words))


def _understood(topic: Topic) -> Entry:
    return Entry(f"Understood: {topic}", lambda words: assistant.answer_message((topic,), words))
