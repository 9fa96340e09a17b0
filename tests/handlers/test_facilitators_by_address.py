"""Facilitators whom the plan names by e-mail address: who they are, when they get their role, and the log."""

import dataclasses
import logging
from typing import Any

import pytest
from msgspec.structs import replace

from bot.services.offerings.catalogue import load_offering
from bot.services.plan.apply import apply_plan, diff_plan
from sandbox import text_of
from tests.support.announcing import announce, post_text
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED

CODE = "foresight-1"
ADDRESS = "Riikka.Aalto@virasto.example"  # as the plan writes it; the workspace has it in small letters


def named(kaiku: Running, *facilitators: str) -> None:
    """Apply the shipped plan with these facilitators of foresight-1."""
    plan = SHIPPED
    strands = tuple(
        replace(
            strand,
            offerings=tuple(
                replace(each, facilitators=facilitators) if each.code == CODE else each
                for each in strand.offerings
            ),
        )
        for strand in plan.strands
    )
    with kaiku.store.transaction() as tx:
        apply_plan(tx, replace(plan, strands=strands), kaiku.clock.now())
        assert not diff_plan(tx, replace(plan, strands=strands)).changes


def leaders(kaiku: Running) -> list[str]:
    with kaiku.store.read_transaction() as tx:
        return list(load_offering(tx, CODE).facilitators)


async def may_lead(kaiku: Running, user_id: str) -> bool:
    person = kaiku.visitor(user_id)
    kaiku.server.workspace.views[user_id].clear()
    await person.command(f"/kaiku kysymys {CODE}")
    return bool(person.modals)


def without_the_scope(kaiku: Running) -> None:
    manifest = kaiku.server.workspace.manifest
    kept = manifest.scopes - {"users:read.email"}
    kaiku.server.workspace.manifest = dataclasses.replace(manifest, scopes=kept)


async def test_who_is_named_by_address_leads_once_slack_has_told_who_they_are(kaiku: Running) -> None:
    await kaiku.visitor("URIIKKA").command("/kaiku lista")  # they have been met
    named(kaiku, ADDRESS, "UFASI")
    assert not await may_lead(kaiku, "URIIKKA")
    await kaiku.app.housekeeping.look_up_addresses()
    assert leaders(kaiku) == ["URIIKKA", "UFASI"]
    assert await may_lead(kaiku, "URIIKKA")
    named(kaiku, "UFASI", ADDRESS)  # a plan applied again needs no new look
    assert await may_lead(kaiku, "URIIKKA")
    named(kaiku, "UFASI")
    assert not await may_lead(kaiku, "URIIKKA")


async def test_at_first_contact_the_role_is_there(kaiku: Running) -> None:
    named(kaiku, ADDRESS)
    assert await may_lead(kaiku, "URIIKKA")


async def test_nobody_leads_twice_who_is_named_by_id_and_by_address(kaiku: Running) -> None:
    named(kaiku, "URIIKKA", ADDRESS)
    await kaiku.app.housekeeping.look_up_addresses()
    assert leaders(kaiku) == ["URIIKKA"]


async def test_who_appears_later_gets_their_role_by_slacks_event(kaiku: Running) -> None:
    named(kaiku, "uusi.vetaja@virasto.example")
    await kaiku.app.housekeeping.look_up_addresses()
    assert leaders(kaiku) == ["uusi.vetaja@virasto.example"]
    newcomer = {"id": "UUUSI", "name": "Uusi Vetäjä", "locale": "fi-FI"}
    kaiku.server.workspace.change_person(newcomer)
    kaiku.server.link.person_joined("UUUSI")
    await kaiku.settle()
    assert leaders(kaiku) == ["UUUSI"]


async def test_the_role_goes_with_the_address_when_somebody_else_has_it(kaiku: Running) -> None:
    named(kaiku, ADDRESS)
    await kaiku.app.housekeeping.look_up_addresses()
    kaiku.server.workspace.data["people"]["URIIKKA"]["email"] = "other@virasto.example"
    kaiku.server.workspace.change_person({"id": "UUUSI", "name": "Uusi", "email": ADDRESS})
    kaiku.server.link.person_joined("UUUSI")
    await kaiku.settle()
    assert leaders(kaiku) == ["UUUSI"]


async def test_without_the_event_they_get_it_at_the_next_look(kaiku: Running) -> None:
    named(kaiku, "uusi.vetaja@virasto.example")
    await kaiku.app.housekeeping.look_up_addresses()
    kaiku.server.workspace.change_person({"id": "UUUSI", "name": "Uusi Vetäjä", "locale": "fi-FI"})
    await kaiku.app.housekeeping.look_up_addresses()
    assert leaders(kaiku) == ["uusi.vetaja@virasto.example"]  # asked a moment ago
    kaiku.clock.advance(hours=6)
    await kaiku.app.housekeeping.look_up_addresses()
    assert leaders(kaiku) == ["UUUSI"]


async def test_somebody_of_another_organisation_gets_no_role_by_their_address(kaiku: Running) -> None:
    named(kaiku, ADDRESS)
    riikka = kaiku.server.workspace.data["people"]["URIIKKA"]
    riikka["team_id"] = "TVIRO"
    kaiku.server.link.person_changed("URIIKKA")
    await kaiku.settle()
    assert leaders(kaiku) == [ADDRESS]


async def test_a_post_names_them_by_their_account_once_it_is_known(kaiku: Running) -> None:
    named(kaiku, "UFASI", ADDRESS)
    await announce(kaiku)
    assert ADDRESS in post_text(kaiku, "CENNAKOINTI")
    await kaiku.app.housekeeping.look_up_addresses()
    kaiku.clock.advance(seconds=6)
    await kaiku.settle()
    assert "<@URIIKKA>" in post_text(kaiku, "CENNAKOINTI")
    assert ADDRESS not in post_text(kaiku, "CENNAKOINTI")


async def test_an_address_is_no_mention_where_ones_own_group_is_shown(kaiku: Running) -> None:
    named(kaiku, ADDRESS)
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku liity {CODE}")
    await aino.submit(agency="vero", role="expert", language="fi")
    await aino.close(clear=True)
    await kaiku.settle()
    await aino.command("/kaiku omat")
    await aino.click("mine.open", CODE)
    assert f"<@{ADDRESS}>" not in text_of(aino.modal)
    assert ADDRESS in text_of(aino.modal)


async def test_without_the_scope_it_is_said_once_and_no_address_reaches_the_log(
    kaiku: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    named(kaiku, ADDRESS)
    without_the_scope(kaiku)
    for _ in range(3):
        await kaiku.app.housekeeping.look_up_addresses()
    said = [each.getMessage() for each in caplog.records if "users:read.email" in each.getMessage()]
    assert len(said) == 1
    assert leaders(kaiku) == [ADDRESS]
    shown: list[Any] = [each.__dict__ for each in caplog.records if each.name.startswith(("bot", "handlers"))]
    assert "riikka.aalto" not in repr(shown).lower()
    kaiku.server.workspace.log.clear()
