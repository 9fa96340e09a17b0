"""The report of a programme: its figures are the store's, nobody is recognisable in it, who may read it."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Select, func, select, text, update

from bot.domain.downloads import FileFormat
from bot.domain.errors import KaikuError, Refusal
from bot.domain.evidence.edition import Edition, past_of
from bot.domain.evidence.figures import count
from bot.domain.evidence.suppression import LEAST, Why
from bot.domain.people.person import Person
from bot.i18n import words_for
from bot.services.evidence.files import offer_report, report_source
from bot.services.evidence.report import (
    Report,
    Unissued,
    issue_report,
    issued_report,
    load_facts,
    report_by_operator,
    report_for,
)
from bot.services.offerings.catalogue import load_all_offerings
from bot.services.offerings.facilitators import Actor
from bot.views.evidence.message import preview_message
from storage import cases as case_rows
from storage import evidence as evidence_rows
from storage.engine import Store, parse_database_url
from storage.tables import Enrolment, Offering, ReportEdition
from storage.transaction import Tx
from tests.support.attack import Told, exposed
from tests.support.reporting import live_through
from tests.support.shipped_plan import BOOK

NOW = datetime(2019, 12, 20, 8, tzinfo=UTC)


@pytest.fixture
def tx(database_url: str) -> Iterator[Tx]:
    store = Store(parse_database_url(database_url))
    with store.transaction() as tx:
        live_through(tx, 200, NOW, prompts=3)
        yield tx
    store.close()


def ask(tx: Tx, sql: str) -> int:
    return int(tx.execute(text(sql)).scalar_one())


NEWEST = "e.id in (select max(id) from enrolment group by offering_id, person_id)"
COUNTED = {
    "people": f"select count(distinct person_id) from enrolment e where status = 'seated' and {NEWEST}",
    "seated": f"select count(*) from enrolment e where status = 'seated' and {NEWEST}",
    "gave_up": "select count(*) from enrolment e where status in ('withdrawn', 'removed')"
    f" and seated_at is not null and {NEWEST}",
    "in_vain": f"select count(*) from enrolment e where status = 'waiting' and {NEWEST}",
    "role/expert": "select count(*) from person where role = 'expert' and id in"
    f" (select person_id from enrolment e where status = 'seated' and {NEWEST})",
    "language/sv": "select count(*) from person where language = 'sv' and id in"
    f" (select person_id from enrolment e where status = 'seated' and {NEWEST})",
    "prompts": "select count(*) from delivery where kind = 'prompt' and state = 'sent'",
    "prompts/answered": "select count(*) from delivery d where kind = 'prompt' and state = 'sent' and exists"
    " (select 1 from reflection r where r.person_id = d.recipient"
    " and d.subject like '%/prompt/' || r.prompt_id)",
    "use_asked/closing": "select count(*) from (select distinct offering_id, person_id from use_answer"
    " where key in ('used', 'will')) as asked",
    "use/used/0": "select count(*) from use_answer where key = 'used' and choice = 0",
}

AGENCIES = f"select count(distinct agency) from enrolment e where status = 'seated' and {NEWEST}"
PAIRS = (
    "select count(*) from (select distinct e.agency, other.agency as met from enrolment e"
    " join enrolment other on other.offering_id = e.offering_id and e.agency < other.agency"
    " and other.status = 'seated'"
    " and other.id in (select max(id) from enrolment group by offering_id, person_id)"
    f" where e.status = 'seated' and {NEWEST}) as pairs"
)
ATTENDED = (
    "select count(*) from attendance a join offering o on o.id = a.offering_id"
    " join enrolment e on e.offering_id = a.offering_id and e.person_id = a.person_id"
    " where a.number = 1 and a.attended and e.status = 'seated' and o.code in ({codes})"
)


def test_the_figures_are_those_that_the_store_counts_itself(tx: Tx) -> None:
    offerings = load_all_offerings(tx)
    figures = count(load_facts(tx, offerings[0].programme_code, offerings, NOW))
    numbers = {each.key: each.number for each in figures.cells}
    assert {key: numbers[key] for key in COUNTED} == {key: ask(tx, sql) for key, sql in COUNTED.items()}
    assert (figures.mix.agencies, figures.mix.pairs) == (ask(tx, AGENCIES), ask(tx, PAIRS))
    by_code = {f"seated/{each.code}": each.id for each in offerings}
    seated = f"select count(*) from enrolment e where status = 'seated' and {NEWEST} and offering_id = "
    assert {key: numbers[key] for key in by_code} == {
        key: ask(tx, seated + str(offering_id)) for key, offering_id in by_code.items()
    }
    told = [f"'{each.code}'" for each in offerings if f"seated/{each.code}" not in figures.withheld]
    attended = ask(tx, ATTENDED.format(codes=", ".join(told)))
    assert numbers["attended/1"] == attended, "where the number of seats is told"
    for one in figures.sums:
        assert numbers[one.total] == sum(numbers[key] for key in one.parts), one.total


def test_no_number_under_five_is_told_or_computed_from_a_whole_report(tx: Tx) -> None:
    """By a participant, and by facilitators with their own lists of members."""
    offerings = load_all_offerings(tx)
    facts = load_facts(tx, offerings[0].programme_code, offerings, NOW)
    figures = count(facts)
    assert any(0 < each.number < 5 for each in figures.cells), "or this test shows nothing"
    for reader in (None, "dialogue-2", "coaching-1"):
        assert list(exposed(Told(figures.cells, figures.sums, figures.withheld), reader)) == []
    only_primary = frozenset(key for key, why in figures.withheld.items() if why is Why.FEW)
    assert list(exposed(Told(figures.cells, figures.sums, only_primary), None)), "the control"


def withdraw_one(tx: Tx, which: Select[tuple[int]]) -> None:
    gone = Enrolment.c.id == which.scalar_subquery()
    tx.execute(update(Enrolment).where(gone).values(status="withdrawn"))


def test_what_one_report_withheld_the_next_withholds_too(tx: Tx) -> None:
    first = report_by_operator(tx, None, NOW).edition
    gone = select(func.min(Enrolment.c.id)).where(Enrolment.c.status == "seated")
    withdraw_one(tx, gone)
    assert report_by_operator(tx, None, NOW + timedelta(days=30)).edition.published == first.published
    second = report_by_operator(tx, None, NOW + timedelta(days=30), renew=True).edition
    assert first.withheld.keys() <= second.withheld.keys()
    assert second.number("seated") is None, "one person less could be seen"
    assert tx.execute(select(func.count()).select_from(ReportEdition)).scalar_one() == 2
    again = report_by_operator(tx, None, NOW + timedelta(days=31)).edition
    assert again == second, "it is stored as it was told"
    assert past_of([first]).withheld == first.withheld.keys()


def test_who_tells_a_case_later_takes_no_number_from_the_next_report(tx: Tx) -> None:
    first = report_by_operator(tx, None, NOW).edition
    told_by(tx, "UR00001", "UR00003", "UR00007")
    second = report_by_operator(tx, None, NOW + timedelta(days=91)).edition
    changed = [key for key, why in second.withheld.items() if why is Why.CHANGE]
    assert second.number("people") == first.number("people")
    assert changed == [], "they were in both reports"
    gone = select(func.min(Enrolment.c.id)).where(
        Enrolment.c.status == "seated", Enrolment.c.person_id.not_in(["UR00001", "UR00003", "UR00007"])
    )
    withdraw_one(tx, gone)
    third = report_by_operator(tx, None, NOW + timedelta(days=182)).edition
    assert third.number("seated") is None, "one person less could still be seen"


def test_who_tells_a_case_is_taken_out_of_what_must_be_about_five(tx: Tx) -> None:
    offerings = load_all_offerings(tx)
    before = count(load_facts(tx, offerings[0].programme_code, offerings, NOW))
    few = [each for each in before.cells if each.key.startswith("agency/") and each.people == LEAST]
    assert few, "or this test shows nothing"
    agency = few[0].key.removeprefix("agency/")
    member = tx.scalars(
        select(Enrolment.c.person_id).where(Enrolment.c.agency == agency, Enrolment.c.status == "seated")
    ).first()
    assert member is not None
    told_by(tx, member)
    edition = report_by_operator(tx, None, NOW).edition
    assert edition.number(few[0].key) is None


def told_by(tx: Tx, *people: str) -> None:
    """These people, who have seats, have given a case to the next report."""
    for person in people:
        offering_id = tx.scalars(
            select(Enrolment.c.offering_id).where(
                Enrolment.c.person_id == person, Enrolment.c.status == "seated"
            )
        ).first()
        assert offering_id is not None, person
        case_rows.keep_case(tx, offering_id, person, b"x", "nothing", NOW)
        case_rows.give_case(tx, offering_id, person, NOW)


def test_the_store_keeps_nothing_of_what_was_withheld(tx: Tx) -> None:
    edition = report_by_operator(tx, None, NOW).edition
    plain = edition.as_plain()
    assert not plain["published"].keys() & plain["withheld"].keys()
    assert all(each["number"] >= 5 for each in plain["published"].values())
    assert Edition.from_plain(NOW, plain) == edition


def actor(user_id: str, *coordinators: str) -> Actor:
    return Actor(Person(user_id, user_id, "fi", "Europe/Helsinki"), frozenset(coordinators))


def test_a_look_issues_nothing_and_a_coordinator_issues_once(tx: Tx) -> None:
    leader = next(each for each in load_all_offerings(tx) if each.code == "complexity-1").facilitators[0]
    koordi = actor("UKOORDI", "UKOORDI")
    asked = report_for(tx, koordi, "", NOW)
    assert isinstance(asked, Unissued)
    assert asked.last_at is None
    mine = report_for(tx, actor(leader), "complexity-1", NOW)
    assert isinstance(mine, Report)
    assert mine.is_preview
    assert evidence_rows.list_editions(tx, "kaiku-2019") == []
    with pytest.raises(KaikuError) as error:
        issue_report(tx, actor(leader), NOW)
    assert error.value.code is Refusal.NOT_COORDINATOR
    with pytest.raises(KaikuError) as error:
        issued_report(tx, koordi, "", NOW)
    assert error.value.code is Refusal.NOT_ISSUED
    issued = issue_report(tx, koordi, NOW).edition
    assert issue_report(tx, koordi, NOW + timedelta(days=89)).edition == issued, "it stands"
    for who, code in ((koordi, ""), (actor(leader), "complexity-1"), (actor(leader), "")):
        found = report_for(tx, who, code, NOW + timedelta(days=1))
        assert isinstance(found, Report)
        assert (found.edition, found.is_preview) == (issued, False)
    too_old = report_for(tx, koordi, "", NOW + timedelta(days=90))
    assert isinstance(too_old, Unissued)
    assert too_old.last_at == NOW


def test_a_preview_tells_only_of_the_readers_own_offering(tx: Tx) -> None:
    leader = next(each for each in load_all_offerings(tx) if each.code == "complexity-1").facilitators[0]
    found = report_for(tx, actor(leader), "complexity-1", NOW)
    assert isinstance(found, Report)
    words = words_for("fi", found.timezone)
    said = preview_message(found.about, found.edition, words).text
    own = ask(tx, f"select count(*) from enrolment e where status = 'seated' and {NEWEST} and offering_id ="
              " (select id from offering where code = 'complexity-1')")  # fmt: skip
    assert f"Täytettyjä paikkoja: {own}" in said
    whole = [f": {found.edition.number(key)}" for key in ("people", "prompts", "prompts/answered")]
    assert not [each for each in whole if each in said.replace("\u00a0", "")]


def test_a_facilitator_reads_of_their_offering_and_a_coordinator_of_all(tx: Tx) -> None:
    leader = next(each for each in load_all_offerings(tx) if each.code == "complexity-1").facilitators[0]
    others = "coaching-4"
    tx.execute(
        update(Offering).where(Offering.c.code == others).values(facilitators=["UMUU"], led_by=["UMUU"])
    )
    assert issue_report(tx, actor("UKOORDI", "UKOORDI"), NOW).about.only is None
    mine = report_for(tx, actor(leader), "complexity-1", NOW)
    assert mine.about.only is not None
    assert mine.about.only.code == "complexity-1"
    for user, code, refused in (
        (leader, others, Refusal.NOT_YOURS_TO_ASK),
        ("UAINO", "complexity-1", Refusal.NOT_YOURS_TO_ASK),
        ("UAINO", "", Refusal.LEADS_NOTHING),
    ):
        for ask_for in (report_for, issued_report, offer_report):
            with pytest.raises(KaikuError) as error:
                ask_for(tx, actor(user), code, NOW)
            assert error.value.code is refused


def test_the_page_of_a_report_checks_the_role_each_time_and_delivers_both_forms(
    tx: Tx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.evidence.files.draw", lambda pictures: [b"png" for _ in pictures])
    koordi = Person("UKOORDI", "Koordi", "fi", "Europe/Helsinki")
    issue_report(tx, actor("UKOORDI", "UKOORDI"), NOW)
    source = report_source(BOOK, {"UKOORDI"}, None)
    words = words_for("sv", koordi.timezone)
    heading, _ = source.describe(tx, koordi, "", words, NOW)
    assert heading.startswith("Vad programmet gav")
    file = source.load(tx, koordi, "", words, NOW)
    page = file.write(FileFormat.HTML).decode()
    assert '<html lang="sv">' in page
    with zipfile.ZipFile(io.BytesIO(file.write(FileFormat.ZIP))) as archive:
        assert {"report.html", "report.json", "key-figures.csv", "taken.png"} <= {*archive.namelist()}
    no_more = report_source(BOOK, set(), None)
    with pytest.raises(KaikuError):
        no_more.load(tx, koordi, "", words, NOW)
