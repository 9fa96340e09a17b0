"""Whom a letter is to."""

import pytest

from bot.domain.enrolment.seats import Status
from bot.domain.letters import Letter, LetterAudience, is_to

ALL = {Status.SEATED, Status.WAITING, Status.OFFERED}


def letter(audience: LetterAudience, session: int | None = None) -> Letter:
    return Letter(1, "UFASI", audience, session, {"fi": "Hei!", "sv": "Hej!"}, in_office_hours=True)


@pytest.mark.parametrize(
    ("audience", "statuses"),
    [
        (LetterAudience.SEATED, {Status.SEATED}),
        (LetterAudience.WAITING, {Status.WAITING, Status.OFFERED}),
        (LetterAudience.BOTH, ALL),
        (LetterAudience.SESSION, {Status.SEATED}),
    ],
)
def test_a_letter_is_to_those_of_its_audience_and_never_to_who_left(
    audience: LetterAudience, statuses: set[Status]
) -> None:
    assert {each for each in Status if is_to(letter(audience), each, ())} == statuses
    assert not is_to(letter(audience), None, ())


def test_a_letter_about_a_session_is_not_to_who_cannot_come_to_it() -> None:
    about = letter(LetterAudience.SESSION, 2)
    assert is_to(about, Status.SEATED, {1, 3})
    assert not is_to(about, Status.SEATED, {2})
