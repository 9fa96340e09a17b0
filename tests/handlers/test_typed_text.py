"""What people type is cleaned and bounded where it comes in; what can't be taken is said at the field."""

import re

import pytest

from sandbox import text_of
from sandbox.app_link import Outcome
from storage.people import get_person
from tests.conftest import ROOT
from tests.support.announcing import CODE as ANNOUNCED
from tests.support.announcing import fill_in
from tests.support.joining import INTRODUCTION, join
from tests.support.prompting import OWN
from tests.support.reflecting import CODE, PLAN, seated
from tests.support.running import Running
from tests.support.time_passing import at, helsinki
from tests.support.typing import FLAWED, submit_unchecked

FLAWS = pytest.mark.parametrize("typed", FLAWED.values(), ids=FLAWED.keys())


def said_at(outcome: Outcome, field: str) -> str:
    """What the form says at that field, which stays open with all that was typed."""
    assert outcome.acked, outcome
    assert set(outcome.errors) == {field}, outcome
    said: str = outcome.errors[field]
    assert "teksti" in said.lower()
    return said


@FLAWS
async def test_an_employer_that_cannot_be_stored_is_said_at_the_field(kaiku: Running, typed: str) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    fields = INTRODUCTION | {"agency": "other", "agency_name": typed}
    said_at(await submit_unchecked(kaiku, aino, **fields), "agency_name")
    outcome = await aino.submit(agency_name="Kuntaliitto")
    assert outcome.error is None, outcome
    assert "Paikka on sinun." in text_of(aino.modal)


@FLAWS
async def test_a_reflection_that_cannot_be_stored_is_said_at_the_field(kaiku: Running, typed: str) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku pohdi")
    await aino.click("reflection.write_freely")
    said_at(await submit_unchecked(kaiku, aino, answer_0=typed), "answer_0")


@FLAWS
async def test_an_answer_that_cannot_be_stored_is_said_at_its_own_field(kaiku: Running, typed: str) -> None:
    aino = await seated(kaiku)
    await at(kaiku, helsinki(2019, 4, 4, 10))
    await aino.click("reflection.write")
    said_at(await submit_unchecked(kaiku, aino, **PLAN | {"answer_1": typed}), "answer_1")


@FLAWS
async def test_a_question_that_cannot_be_sent_is_said_at_the_field(kaiku: Running, typed: str) -> None:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("prompt.new")
    await facilitator.submit()
    said_at(await submit_unchecked(kaiku, facilitator, **OWN | {"question_0_sv": typed}), "question_0_sv")
    said_at(await submit_unchecked(kaiku, facilitator, **OWN | {"choices_fi": typed}), "choices_fi")


@FLAWS
async def test_a_sentence_that_cannot_be_posted_is_said_at_the_field(kaiku: Running, typed: str) -> None:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku tiedota {ANNOUNCED}")
    filled = {"channels_fi": ["CENNAKOINTI"], "sentence_fi": "Tervetuloa!", "sentence_sv": typed}
    said_at(await submit_unchecked(kaiku, facilitator, **filled), "sentence_sv")


async def test_what_is_posted_is_clean(kaiku: Running) -> None:
    facilitator = await fill_in(kaiku, sentence_fi="  Tervetuloa\u202e \u200bmukaan!  ")
    assert "Tervetuloa mukaan!" in text_of(facilitator.modal)


def test_handlers_have_one_way_to_read_what_is_typed() -> None:
    """What is cut or left out in silence is somebody's text: only names, commands and drafts are."""
    may = {"listening.py": "usable_line", "reflections.py": "usable_text"}
    may |= {"typed.py": "clean_line, clean_text"}
    for path in sorted((ROOT / "handlers").glob("**/*.py")):
        found = re.findall(r"\b(?:usable|clean)_(?:line|text)\b", path.read_text("utf-8"))
        assert ", ".join(sorted(set(found))) == may.get(path.name, ""), path.name


async def test_a_draft_keeps_what_can_be_kept_while_it_is_typed(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku pohdi")
    await aino.click("reflection.write_freely")
    await aino.choose("answer_0", "Kesken\x07 jäi\x00 \ufffe")
    await aino.close()
    await aino.click("reflection.write_freely")
    assert aino.modal["blocks"][0]["element"]["initial_value"] == "Kesken jäi"


@pytest.mark.parametrize("typed", ["join dialogue-2\x00", "join dialogue\x07-2", "join dialogue\u200b-2"])
async def test_a_command_is_read_without_what_shows_nothing(kaiku: Running, typed: str) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku {typed}")
    assert "agency" in {block["block_id"] for block in aino.modal["blocks"]}


@pytest.mark.parametrize("name", ["Aino\x00 \u202eVirtanen", "Aino \x1bVirtanen" + " " * 300])
async def test_a_name_from_slack_is_cleaned(kaiku: Running, name: str) -> None:
    await join(kaiku.visitor("UAINO"), CODE)
    kaiku.server.workspace.data["people"]["UAINO"]["real_name"] = name
    kaiku.server.link.person_changed("UAINO")
    await kaiku.settle()
    with kaiku.store.read_transaction() as tx:
        row = get_person(tx, "UAINO")
    assert row is not None
    assert row.name == "Aino Virtanen"
