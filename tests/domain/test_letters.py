"""Whom a letter is to."""

import pytest

from bot.domain.enrolment.seats import Status
from bot.domain.letters import LetterAudience, statuses_of


@pytest.mark.parametrize(
    ("audience", "statuses"),
    [
        (LetterAudience.SEATED, {Status.SEATED}),
        (LetterAudience.WAITING, {Status.WAITING, Status.OFFERED}),
        (LetterAudience.BOTH, {Status.SEATED, Status.WAITING, Status.OFFERED}),
        (LetterAudience.SESSION, {Status.SEATED}),
        (LetterAudience.NOT_READ, {Status.SEATED}),
    ],
)
def test_a_letter_is_to_those_of_its_audience_and_never_to_who_left(
    audience: LetterAudience, statuses: set[Status]
) -> None:
    assert statuses_of(audience) == statuses
