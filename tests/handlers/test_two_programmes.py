"""Last year's programme and this year's with the same codes, as people meet them."""

from datetime import date

from msgspec.structs import replace

from bot.domain.plan.model import SignUpWindow
from bot.services.plan.apply import apply_plan
from sandbox import text_of
from tests.support.joining import join, kaiku_answer
from tests.support.plans import a_plan, a_session, an_offering
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

CODE = "dialogue-2"
AUTUMN = helsinki(2019, 10, 1, 10)


def next_year(kaiku: Running) -> None:
    offering = an_offering(
        CODE,
        title={"fi": "Dialogi uudestaan", "sv": "Dialog på nytt"},
        sessions=(a_session(1, on=date(2020, 3, 12)), a_session(2, on=date(2020, 4, 16))),
        sign_up=SignUpWindow(date(2019, 2, 1), date(2020, 3, 1)),
    )
    plan = replace(a_plan(offering, code="kaiku-2020"), title={"fi": "Kaiku 2020", "sv": "Kaiku 2020"})
    with kaiku.store.transaction() as tx:
        apply_plan(tx, plan, kaiku.clock.now())


async def test_joining_and_leaving_by_a_code_mean_the_current_programmes_offering(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await aino.close(clear=True)
    next_year(kaiku)
    await aino.command(f"/kaiku peru {CODE}")
    assert "Dialogi uudestaan" not in text_of(aino.modal)
    await aino.close(clear=True)
    await at(kaiku, AUTUMN)
    assert "Dialogi uudestaan" in text_of(await join(aino, CODE))
    await aino.close(clear=True)
    await aino.command(f"/kaiku peru {CODE}")
    assert "Dialogi uudestaan" in text_of(aino.modal)


async def test_each_programme_has_its_own_heading_in_lists_and_in_app_home(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await aino.close(clear=True)
    next_year(kaiku)
    await join(aino, f"{CODE}.2")
    await aino.close(clear=True)
    await aino.open_home()
    await kaiku.settle()
    await aino.command("/kaiku omat")
    mine = text_of(kaiku_answer(kaiku, aino))
    await aino.command("/kaiku lista")
    await aino.click("offerings.show")
    for shown in (mine, text_of(aino.modal), text_of(aino.home)):
        assert "Kaiku 2020" in shown.splitlines()


async def test_a_button_under_an_old_message_means_the_offering_that_it_was_about(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await aino.close(clear=True)
    await kaiku.settle()
    next_year(kaiku)
    await at(kaiku, AUTUMN)
    await aino.command("/kaiku omat")
    assert "Dialogi uudestaan" not in text_of(kaiku_answer(kaiku, aino))
    await aino.click("offering.leave", CODE)
    assert "Dialogi uudestaan" not in text_of(aino.modal)
