"""What the years of retention are held against: something kept too long and something gone too early are
found."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.domain.evidence.edition import Edition
from bot.domain.evidence.figures import Mix
from bot.domain.evidence.suppression import Earlier, Why
from bot.domain.privacy import Anchor, DataKind, Keep
from bot.services.privacy.notice_file import read_notice
from rehearsal.years import GO_WITH_THEIR_PERSON, Day, Years, differences, flaws_of, over_at
from storage.personal_data import PERSONAL

ENDED = datetime(2019, 12, 4, 12, tzinfo=UTC)
NOTICE = read_notice()
KEEPS = {each.kind: each.keep for each in NOTICE.retention if each.keep is not None}


def kind_of(table: str) -> DataKind:
    return DataKind.PROFILE if table in GO_WITH_THEIR_PERSON else PERSONAL[table].kept


def lived() -> Years:
    """Retention as it should be: a row in every table until its time is over, looked at each week."""
    return Years(ENDED, [*_days()])


def _days() -> Iterator[Day]:
    for week in range(112):
        at = ENDED + timedelta(weeks=week, hours=12)
        named = {table: int(at <= over_at(KEEPS[kind_of(table)], ENDED)) for table in PERSONAL}
        yield Day(at, named, named["person"], at - timedelta(days=700))


@pytest.mark.parametrize(
    ("months", "days", "ended", "over"),
    [
        (12, 0, (2019, 12, 4), (2020, 12, 4)),
        (1, 0, (2020, 1, 31), (2020, 2, 29)),
        (1, 1, (2019, 12, 31), (2020, 2, 1)),
        (0, 14, (2019, 12, 20), (2020, 1, 3)),
    ],
)
def test_a_period_is_counted_forward_in_calendar_months(
    months: int, days: int, ended: tuple[int, int, int], over: tuple[int, int, int]
) -> None:
    keep = Keep(Anchor.PROGRAMME, months, days)
    assert over_at(keep, datetime(*ended, tzinfo=UTC)) == datetime(*over, tzinfo=UTC)


def test_retention_by_the_notice_has_no_flaw() -> None:
    assert list(flaws_of(lived(), NOTICE)) == []


def test_what_stays_for_too_long_is_found() -> None:
    years = lived()
    late = years.days[-1]
    years.days[-1] = Day(late.at, {**late.named, "enrolment": 3}, 0, late.at - timedelta(days=800))
    found = list(flaws_of(years, NOTICE))
    assert any(each.startswith("enrolment: 3 left") for each in found)
    assert any(each.startswith("act: ") for each in found)


def test_what_goes_too_early_is_found() -> None:
    years = lived()
    years.days[10:] = [replace(each, named={**each.named, "attendance": 0}) for each in years.days[10:]]
    (found,) = flaws_of(years, NOTICE)
    assert found.startswith("attendance: 1 gone")
    assert found.endswith("too early")
    years = lived()
    years.days[10:] = [replace(each, members=0) for each in years.days[10:]]
    assert any(each.startswith("members: 1 gone") for each in flaws_of(years, NOTICE))


def test_a_figure_that_is_counted_otherwise_is_found_and_a_withheld_one_tells_nothing() -> None:
    edition = Edition(
        ENDED,
        {"people": Earlier(41, {})},
        {"seated/dialogue-2": Why.FEW},
        {},
        Mix(None, None, None, 0),
        ["people"],
    )
    assert list(differences(edition, {"people": 41, "seated/dialogue-2": 3})) == []
    assert list(differences(edition, {"people": 40})) == ["report: people is 41, counted 40"]
