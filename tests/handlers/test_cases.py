"""Success cases: a few people are asked, tell it, read it back, and the next report has it."""

import asyncio
from copy import deepcopy
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, select, update

from bot.domain.enrolment.seats import Status
from bot.domain.evidence.cases import MAX_PART
from bot.i18n import words_for
from bot.services.evidence.cases import cases_in
from bot.services.evidence.report import report_by_operator
from bot.services.reflections.answers import erase
from bot.views.evidence.document import sections_of
from bot.views.evidence.page import as_csv, as_html, as_json, tables_of
from sandbox import Visitor, text_of
from storage.cases import give_case, keep_case
from storage.completion import set_use_answer
from storage.tables import Act, Delivery, Enrolment, Offering, SuccessCase
from storage.transaction import Tx
from tests.support.ending import OVER
from tests.support.enrolling import add_people
from tests.support.joining import join
from tests.support.reflecting import CODE, newest
from tests.support.running import Running
from tests.support.shipped_plan import BOOK
from tests.support.time_passing import at, deliveries, helsinki

ASKED = helsinki(2019, 6, 17, 10)
TOLD = {"case_tried": "Aloitin kokouksen <kysymyksellä>.", "case_came": "Aika loppui.\n=Ei onnistunut"}
OFTEN, NOT_YET = 0, 2
OTHERS = ("UELSA", "UTIMO", "UHELI")


@pytest.fixture
async def aino(kaiku: Running) -> Visitor:
    """Aino found it useful, Johan did not, and a coordinator has asked for accounts."""
    for user, language, choice in (("UAINO", "fi", OFTEN), ("UJOHAN", "sv", NOT_YET)):
        await join(kaiku.visitor(user), CODE, language=language)
        await kaiku.visitor(user).close(clear=True)
        with kaiku.store.transaction() as tx:
            offering_id = tx.scalars(select(Offering.c.id).where(Offering.c.code == CODE)).one()
            set_use_answer(tx, offering_id, "used", user, choice, kaiku.clock.now())
    await kaiku.settle()
    await at(kaiku, OVER)
    await ask(kaiku)
    await at(kaiku, ASKED)
    return kaiku.visitor("UAINO")


def seat_others(tx: Tx, since: datetime) -> int:
    """Three more in the group, who found it of no use; the offering's id."""
    offering_id = tx.scalars(select(Offering.c.id).where(Offering.c.code == CODE)).one()
    times = {"enrolled_at": since, "changed_at": since, "seated_at": since, "told_at": since}
    add_people(tx, dict.fromkeys(OTHERS, "vero"), since)
    for user in OTHERS:
        of = {"offering_id": offering_id, "person_id": user, "agency": "vero"}
        tx.execute(insert(Enrolment).values(**of, **times, status="seated", told_version=1))
        set_use_answer(tx, offering_id, "used", user, NOT_YET, since)
    return offering_id


async def ask(kaiku: Running) -> str:
    """A coordinator asks up to eight people; what they are told of it."""
    koordi = kaiku.visitor("UKOORD")
    await koordi.command("/kaiku raportti")
    await koordi.click("cases.ask")
    await koordi.submit(cases_most="8")
    said = text_of(koordi.modal)
    await koordi.close(clear=True)
    return said


async def tell(person: Visitor, **more: str) -> None:
    await person.click("case.tell")
    outcome = await person.submit(**TOLD | more)
    assert outcome.acked, outcome


def report(kaiku: Running, language: str = "fi", *, days: int = 0) -> SimpleNamespace:
    """The whole report, issued by an operator unless one stands, as page, JSON and CSV."""
    words = words_for(language, "Europe/Helsinki")
    with kaiku.store.transaction() as tx:
        found = report_by_operator(tx, CODE, kaiku.clock.now() + timedelta(days=days))
        cases = cases_in(tx, kaiku.app.kaiku.vault, found)
    sections = sections_of(found.about, found.edition, cases, BOOK, words)
    return SimpleNamespace(
        html=as_html(found.about, found.edition, sections, {}, words),
        json=as_json(found.about, found.edition, sections, words),
        csv={each.name: as_csv(each) for each in tables_of(sections)},
    )


async def test_both_ends_get_the_same_words_and_nothing_says_who_was_asked(
    kaiku: Running, aino: Visitor
) -> None:
    assert "Kertoisitko, mitä opitusta seurasi?" in newest(aino)
    assert "Vill du berätta vad det ledde till?" in newest(kaiku.visitor("UJOHAN"))
    said = await ask(kaiku)
    assert "Kysyttäviä enintään: 8" in said, "whoever is found"
    await at(kaiku, ASKED + timedelta(days=1))
    assert len(deliveries(kaiku, "case_asked")) == 2, "nobody is asked twice"
    with kaiku.store.read_transaction() as tx:
        lines = tx.execute(select(Act.c.person, Act.c.number).where(Act.c.kind == "asked_for_cases")).all()
    assert lines == [(None, 8)] * 2


async def test_a_form_that_arrives_twice_asks_once_and_not_in_a_week_with_a_prompt(
    kaiku: Running, aino: Visitor
) -> None:
    prompted_at = kaiku.clock.now() - timedelta(days=5)
    with kaiku.store.transaction() as tx:
        seat_others(tx, prompted_at)
        sent = {"kind": "prompt", "recipient": "UELSA", "subject": f"{CODE}/prompt/1", "occurrence": ""}
        times = {"due_at": prompted_at, "sent_at": prompted_at, "planned_at": prompted_at}
        tx.execute(insert(Delivery).values(**sent, **times, state="sent", attempts=1, maybe_sent=False))
    koordi = kaiku.visitor("UKOORD")
    await koordi.command("/kaiku raportti")
    await koordi.click("cases.ask")
    await asyncio.gather(koordi.submit(cases_most="2"), koordi.submit(cases_most="2"))
    assert len(deliveries(kaiku, "case_asked")) == 4
    await koordi.close(clear=True)
    await ask(kaiku)
    assert len(deliveries(kaiku, "case_asked")) == 5
    await kaiku.settle()
    states = {each.recipient: (each.state, each.reason) for each in deliveries(kaiku, "case_asked")}
    assert states["UELSA"] == ("planned", "weekly_cap")
    await at(kaiku, prompted_at + timedelta(days=7, minutes=5))
    assert "Kertoisitko" in newest(kaiku.visitor("UELSA"))


async def test_a_case_is_read_back_given_told_in_every_form_and_then_stays(
    kaiku: Running, aino: Visitor
) -> None:
    await tell(aino, case_credit="name")
    read_back = text_of(aino.modal)
    assert "Aloitin kokouksen <kysymyksellä>." in read_back
    assert "Aino Virtanen, Verohallinto" in read_back
    assert "Kertomusta ei ole vielä annettu" in read_back
    with kaiku.store.read_transaction() as tx:
        assert b"kokouksen" not in tx.scalars(select(SuccessCase.c.sealed)).one()
    await aino.click("case.give")
    assert "Kertomus tulee seuraavaan raporttiin" in text_of(aino.modal)
    await kaiku.settle()
    assert "Kertomus tulee seuraavaan raporttiin" in newest(aino)
    old_message = deepcopy(aino.direct_messages[-1]) | {"channel": "DAINO"}
    for language, heading in (("fi", "Osallistujien kertomuksia"), ("sv", "Deltagarnas berättelser")):
        made = report(kaiku, language)
        assert f">{heading}</h2>" in made.html
        assert "Aloitin kokouksen &lt;kysymyksellä&gt;." in made.html
        assert "Aino Virtanen, " in made.csv["cases"]
        table = next(each for each in made.json["sections"] if each["name"] == "cases")["tables"][0]
        assert table["rows"][0][2] == TOLD["case_came"]
    await kaiku.settle()
    assert "Kertomus on raportissa" in newest(aino)
    await aino.close(clear=True)
    await aino.click("case.withdraw", CODE, on=old_message)
    assert "on jo laadittu" in text_of(aino.modal)
    with kaiku.store.read_transaction() as tx:
        lines = tx.execute(select(Act.c.actor, Act.c.person).where(Act.c.kind == "gave_case")).all()
    assert lines == [(None, None)], "it names no writer"
    with kaiku.store.transaction() as tx:
        erase(tx, "UAINO", kaiku.clock.now())
    assert "kokouksen" not in report(kaiku).html, "what is erased is in no report that is fetched later"
    await kaiku.settle()
    assert "kokouksen" not in newest(aino)
    with kaiku.store.read_transaction() as tx:
        assert tx.scalars(select(SuccessCase.c.sealed)).all() == [b""]


async def test_until_the_report_one_click_takes_it_back_and_a_change_is_given_anew(
    kaiku: Running, aino: Visitor
) -> None:
    johan = kaiku.visitor("UJOHAN")
    await tell(aino)
    await aino.click("case.give")
    await tell(johan, case_credit="agency")
    await johan.click("case.give")
    await johan.click("case.tell")
    await johan.submit(case_tried="Något annat")
    await kaiku.settle()
    await aino.close(clear=True)
    await aino.click("case.withdraw")
    assert "Kertomus on poistettu" in text_of(aino.modal)
    made = report(kaiku)
    assert "cases" not in made.csv, "one was taken back, the other is not given again"
    await johan.click("case.give")
    assert "Något annat" in text_of(johan.modal)
    with kaiku.store.read_transaction() as tx:
        assert tx.scalars(select(SuccessCase.c.person_id)).all() == ["UJOHAN"]


async def test_nobody_tells_who_was_not_asked_or_has_left_and_no_text_breaks_it(
    kaiku: Running, aino: Visitor
) -> None:
    johan = kaiku.visitor("UJOHAN")
    await johan.click("case.tell")
    for typed in ("x" * (MAX_PART + 1), "\x07", " \u200b "):
        state = {
            name: {name: {"type": "plain_text_input", "value": value}}
            for name, value in (("case_tried", typed), ("case_came", "ok"))
        }
        outcome = await kaiku.server.link.submit(johan.id, johan.modal["id"], state)
        assert outcome.errors is not None, repr(typed)
        assert "case_tried" in outcome.errors
    await johan.submit(**TOLD)
    await kaiku.settle()
    with kaiku.store.transaction() as tx:
        left = update(Enrolment).where(Enrolment.c.person_id == "UJOHAN")
        tx.execute(left.values(status=Status.WITHDRAWN))
    await johan.close(clear=True)
    await johan.click("case.give")
    assert "inte anmäld" in text_of(johan.modal)
    await johan.close(clear=True)
    await johan.click("case.withdraw")
    assert "Berättelsen är borttagen" in text_of(johan.modal), "whatever became of the seat"
    now = kaiku.clock.now()
    with kaiku.store.transaction() as tx:
        offering_id = seat_others(tx, now)
        for user in (*OTHERS, "UJOHAN"):
            keep_case(tx, offering_id, user, b"x", "nothing", now)
            give_case(tx, offering_id, user, now)
    await aino.click("case.tell")
    assert "jo niin monta kertomusta" in text_of(aino.modal), "before a fifth is written in vain"
