"""The attendance form: everybody in tens, a hundred on a page, and whoever is shown is named in it."""

from bot.domain.carried.sessions import AttendancePage
from bot.i18n import words_for
from bot.views.facilitation.sessions import attendance_form
from gallery.sample import live

WORDS = words_for("fi", "Europe/Helsinki")


def test_a_page_shows_a_hundred_in_tens_and_the_last_one_asks_what_was_promised() -> None:
    people = {f"U0123456{n:03}": f"Osallistuja {n:03}" for n in range(131)}
    there = set(people) - {"U0123456007"}
    shown: list[str] = []
    for page, tens in enumerate(([10] * 10, [10, 10, 10, 1])):
        view = attendance_form(live(), live().sessions[0], people, there, WORDS, known=False, page=page)
        boxes = [block["element"] for block in view["blocks"] if "attended_" in block.get("block_id", "")]
        assert [len(each["options"]) for each in boxes] == tens
        ticked = [each["value"] for element in boxes for each in element["initial_options"]]
        assert set(ticked) <= there
        assert ("promised" in str(view["blocks"])) == (page == 1)
        assert len(view["private_metadata"]) <= 3000
        shown += AttendancePage.parse(view["private_metadata"]).shown or ()
    assert shown == list(people)


def test_no_page_has_a_block_of_the_page_before_whose_ticks_slack_would_keep() -> None:
    people = {f"U{n:03}": f"Osallistuja {n:03}" for n in range(231)}
    seen: set[str] = set()
    for page in range(3):
        view = attendance_form(live(), live().sessions[0], people, people, WORDS, known=False, page=page)
        named = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
        assert not named & seen
        seen |= named
