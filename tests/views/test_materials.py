"""``materials`` shows what has been handed out: of sessions that are behind, and of the whole."""

from datetime import timedelta

from msgspec.structs import replace

from bot.domain.enrolment.year import Year
from bot.domain.plan.model import Reading
from bot.i18n import words_for
from bot.views.assistant import materials_message
from gallery.sample import SEATED, card, in_all, live

SLIDES = Reading(title=in_all("Kalvot", "Bilder", "Slides"), link="https://example.org/1")


def test_materials_of_a_session_are_shown_once_it_is_behind() -> None:
    here = live()
    first = replace(here.sessions[0], materials=(SLIDES,))
    mine = card(replace(here, sessions=(first, *here.sessions[1:])), mine=SEATED)
    words = words_for("fi", "Europe/Helsinki")
    for now, shown in (
        (first.starts_at - timedelta(days=1), False),
        (first.ends_at, True),
    ):
        assert ("Kalvot" in materials_message(Year(now, mine=[mine]), words).text) is shown
