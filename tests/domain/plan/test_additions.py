"""A copy of an offering: its days, and its time for sign-up."""

from datetime import date

import pytest
from msgspec.structs import replace

from bot.domain.plan.additions import OfferingTexts, copy_of, texts_of, with_texts
from bot.domain.plan.model import SignUpWindow
from bot.services.calendars.holidays import WORK_CALENDAR
from tests.support.plans import a_session, an_offering, texts

SOURCE = an_offering(
    sessions=(a_session(1, on=date(2019, 3, 12)),),
    sign_up=SignUpWindow(date(2019, 1, 14), date(2019, 3, 5)),
)


@pytest.mark.parametrize(
    ("first_on", "today", "asked", "window"),
    [
        # As many days before, on working days: 31 August is a Saturday.
        (date(2019, 9, 7), date(2019, 2, 11), None, SignUpWindow(date(2019, 7, 12), date(2019, 8, 30))),
        # It opens today where it would have opened before.
        (date(2019, 3, 26), date(2019, 2, 11), None, SignUpWindow(date(2019, 2, 11), date(2019, 3, 19))),
        (
            date(2019, 3, 19),
            date(2019, 3, 14),
            date(2019, 3, 15),
            SignUpWindow(date(2019, 3, 14), date(2019, 3, 15)),
        ),
        # It would have closed already: the form asks.
        (date(2019, 3, 19), date(2019, 3, 14), None, SignUpWindow(date(2019, 3, 14), date(2019, 3, 12))),
    ],
)
def test_sign_up_of_a_copy_is_counted_back_from_its_first_day_and_does_not_open_in_the_past(
    first_on: date, today: date, asked: date | None, window: SignUpWindow
) -> None:
    copy = copy_of(SOURCE, texts("Uusi"), first_on, WORK_CALENDAR, today=today, closes=asked)
    assert copy.sign_up == window


def test_texts_change_and_the_other_details_stay() -> None:
    details = replace(SOURCE.details, for_whom=texts("Kaikille"), themes=(texts("Aihe"),))
    source = replace(SOURCE, details=details)
    shown = texts_of(source, 0)
    assert shown == OfferingTexts(source.title, source.summary, for_whom=texts("Kaikille"))
    assert with_texts(source, shown) == source
    new = with_texts(source, replace(shown, for_whom=None, takes_home=texts("Muistin")))
    assert new.details == replace(details, for_whom=None, takes_home=texts("Muistin"))
    assert texts_of(new, 0) != shown
