"""Leave in Slack's status, against a list that was written by somebody who did not write the rule."""

from pathlib import Path

import pytest
import yaml

from bot.domain.people.away import away_status, says_away

LISTED = yaml.safe_load((Path(__file__).parents[2] / "data" / "slack_statuses.yml").read_text("utf-8"))


@pytest.mark.parametrize("status", LISTED["away"], ids=lambda status: status["text"])
def test_a_status_of_leave_counts_as_away(status: dict[str, str]) -> None:
    assert says_away(status["text"], status["emoji"]), status["why"]


@pytest.mark.parametrize("status", LISTED["at_work"], ids=lambda status: status["text"])
def test_a_status_of_work_does_not_count_as_away(status: dict[str, str]) -> None:
    assert not says_away(status["text"], status["emoji"]), status["why"]


def test_the_list_is_long_and_half_of_it_is_work() -> None:
    away, work = len(LISTED["away"]), len(LISTED["at_work"])
    assert away + work >= 120
    assert abs(away - work) < (away + work) * 0.1


@pytest.mark.parametrize(
    ("text", "is_away"),
    [
        # The end of a compound says what it is, its beginning does not.
        ("Yövuorovapaalla", True),
        ("Närståendevårdsledig", True),
        ("Diploma ceremony", False),
        ("Bygglov", False),
        ("Tullivapaa alue", False),
        # In English what comes after decides.
        ("Carer's leave", True),
        ("Holiday pay", False),
        ("Spring semester kick-off", False),
        # Not over, not to come, not denied, not somebody else's.
        ("Lomalta paluu", False),
        ("Semestern slut", False),
        ("Ei enää lomalla", False),
        ("Chefen på semester", False),
        ("Jäin lomalle 3.7.", True),
        ("Off until next week", True),
        ("Vacation next week", False),
        # Who says when they are back is away; an hour is not a day.
        ("Tillbaka på måndag", True),
        ("Åter kl. 13", False),
        ("Poissa 9-11", False),
        # Over, said after it; denied after it.
        ("Lomat on pidetty!", False),
        ("Vacation is over", False),
        ("Vabba inte – möte", False),
        ("Lomalla, työt ohi", True),
        # Weeks of leave, and leave that has begun.
        ("Talvilomaviikko vko 8", True),
        ("Sportlovsvecka med barnen", True),
        ("Lomaviikkojen suunnittelu", False),
        ("Kesälomani jatkuu 9.8. asti", True),
        # Absent for a reason.
        ("Poissa lapsen sairauden takia", True),
        ("Borta på grund av sjukdom", True),
        ("Away due to illness", True),
        ("Meeting moved due to illness", False),
        ("Poissa perhesyistä", True),
        ("Hemma med förkylning", True),
        ("Caregiver leave", True),
        ("Out and about in the regions", False),
        # Slips of the finger.
        ("semster t.o.m. 3.8", True),
        ("Kesälomlala", True),
        ("Vocational training", False),
        ("", False),
    ],
)
def test_leave_is_told_by_the_kind_of_phrase(text: str, is_away: bool) -> None:
    assert says_away(text) is is_away


def test_an_emoji_of_leave_counts_unless_the_words_say_work() -> None:
    assert says_away("", ":palm_tree:")
    assert not says_away("Back from vacation", ":palm_tree:")
    assert not says_away("Etänä", ":palm_tree:")


@pytest.mark.parametrize("text", ["x" * 100_000, "loma " * 20_000, "lom" * 30_000, "😀" * 1000, "-" * 50_000])
def test_a_status_of_any_length_is_read_in_no_time(text: str) -> None:
    away_status(text, "", 0)  # Slack allows 100 characters; whoever sends more does not hold up the rest


@pytest.mark.parametrize("expires", [0, -1, 253_402_300_799, 10**18])
def test_an_end_that_is_no_date_of_ours_is_no_end(expires: int) -> None:
    away = away_status("Lomalla", "", expires)
    assert away is not None
    assert away.until is None
