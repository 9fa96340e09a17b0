"""A preview is what will be sent: its blocks are compared with those of the message, in each language."""

from datetime import datetime
from typing import Any

import pytest

from bot.domain.prompts.plan_preview import ImaginaryPerson
from bot.domain.prompts.timeline import EntryKind
from bot.i18n import words_for
from bot.services.prompts.preview import one_in_each, plan_timelines, rows_for
from bot.services.prompts.timeline import load_offering_timeline, timeline_in_plan
from sandbox import Visitor
from tests.support.announcing import FINNISH, SWEDISH, fill_in, follow, posts_in
from tests.support.previewing import previewed, shown
from tests.support.prompting import OWN, joined
from tests.support.reflecting import CODE, seated
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED
from tests.support.time_passing import at, deliveries, helsinki

READERS = {"fi": "UAINO", "sv": "UELSA", "en": "UEMMA"}
ENGLISH = {"question_0_en": "What stayed with you?"}
TWO = {"question_1_fi": "Miksi?", "question_1_sv": "Varför?", "question_1_en": "Why?"}
CHOICES = {"choices_fi": "kyllä\nei", "choices_sv": "ja\nnej", "choices_en": "yes\nno"}

say = words_for("fi", "Europe/Helsinki")


async def preview_prompt(kaiku: Running, wording: dict[str, Any], **sending: Any) -> Visitor:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("prompt.new")
    await facilitator.submit()
    for fields in (OWN | wording, sending):
        outcome = await facilitator.submit(fields)
        assert outcome.error is None, outcome
        assert not outcome.errors, outcome
    return facilitator


async def confirm(kaiku: Running, facilitator: Visitor) -> dict[str, Any]:
    """Send what is previewed; the preview."""
    preview = facilitator.modal
    outcome = await facilitator.submit()
    assert outcome.error is None, outcome
    await facilitator.close(clear=True)
    await kaiku.settle()
    return preview


def as_previewed(preview: dict[str, Any], reader: str, message: dict[str, Any]) -> None:
    sent = message["blocks"]
    assert previewed(preview, say(f"desk.looks_{reader}"), len(sent)) == shown(sent)


@pytest.mark.parametrize(
    "wording",
    [{}, ENGLISH, ENGLISH | TWO, ENGLISH | CHOICES, ENGLISH | {"kind": "plan"}],
    ids=["no English", "one", "two", "choices", "plan"],
)
async def test_a_prompt_reads_as_its_preview_in_every_language(
    kaiku: Running, wording: dict[str, Any]
) -> None:
    await joined(kaiku, *READERS.values())
    preview = await confirm(kaiku, await preview_prompt(kaiku, wording))
    for language, reader in READERS.items():
        as_previewed(preview, language, kaiku.visitor(reader).direct_messages[-1])


async def test_a_prompt_for_later_names_the_session_that_is_next_by_then(kaiku: Running) -> None:
    aino = await joined(kaiku)
    preview = await confirm(kaiku, await preview_prompt(kaiku, {}, timing="after:4", days="2"))
    await at(kaiku, helsinki(2019, 6, 18, 10))
    as_previewed(preview, "fi", aino.direct_messages[-1])
    assert "2.4." not in aino.direct_messages[-1]["text"]


async def test_a_prompt_of_the_series_in_other_words_reads_as_its_preview(kaiku: Running) -> None:
    aino = await seated(kaiku)
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.choose("prompt.menu", f"edit:{first_of_series(facilitator)}", on=facilitator.modal)
    await facilitator.submit(question_0_fi="Mitä teet ensin?", question_0_sv="Vad gör du först?")
    preview = await confirm(kaiku, facilitator)
    await at(kaiku, helsinki(2019, 4, 4, 10))
    assert "Mitä teet ensin?" in aino.direct_messages[-1]["text"]
    as_previewed(preview, "fi", aino.direct_messages[-1])


def first_of_series(facilitator: Visitor) -> int:
    menus = [block["accessory"] for block in facilitator.modal["blocks"] if "accessory" in block]
    value: str = next(each["options"][0]["value"] for each in menus if each["type"] == "overflow")
    return int(value.partition(":")[2])


@pytest.mark.parametrize("where", ["round", "round_thread"])
@pytest.mark.parametrize("wording", [{}, TWO, {"kind": "plan"}], ids=["one", "two", "plan"])
async def test_a_round_reads_as_its_preview_bilingual_and_with_its_own_buttons(
    kaiku: Running, where: str, wording: dict[str, Any]
) -> None:
    await joined(kaiku)
    facilitator = await preview_prompt(kaiku, wording, where=where, channel=FINNISH)
    preview = await confirm(kaiku, facilitator)
    (post,) = posts_in(kaiku, FINNISH)
    as_previewed(preview, "round", post)
    assert "Vad minns du?" in post["text"]


@pytest.mark.parametrize("code", ["foresight-1", "kooste"])
async def test_a_post_reads_as_its_preview_in_both_channels(kaiku: Running, code: str) -> None:
    await at(kaiku, helsinki(2019, 3, 1, 10))
    facilitator = await fill_in(kaiku, code, "UKOORD")
    preview = await confirm(kaiku, facilitator)
    await follow(kaiku)
    for language, channel in (("fi", FINNISH), ("sv", SWEDISH)):
        (post,) = posts_in(kaiku, channel)
        sent = post["blocks"]
        assert previewed(preview, say(f"announce.looks_{language}"), len(sent)) == shown(sent)


async def test_a_post_for_later_reads_as_sign_up_is_by_then(kaiku: Running) -> None:
    await at(kaiku, helsinki(2019, 3, 1, 10))
    opens = {"on_day": "2019-04-01", "at_time": "10:00"}
    preview = await confirm(kaiku, await fill_in(kaiku, "coaching-3", "UKOORD", **opens))
    await at(kaiku, helsinki(2019, 4, 1, 10))
    (post,) = posts_in(kaiku, FINNISH)
    sent = post["blocks"]
    assert previewed(preview, say("announce.looks_fi"), len(sent)) == shown(sent)


async def test_prompts_come_when_the_plan_preview_and_the_timeline_said(kaiku: Running) -> None:
    aino = await seated(kaiku)
    library = kaiku.app.kaiku.library
    (person,) = [each for each in one_in_each(plan_timelines(SHIPPED, library)) if is_in(each, CODE)]
    rows = rows_for([person], plan_timelines(SHIPPED, library))
    in_plan = timeline_in_plan(SHIPPED, library, CODE)
    assert in_plan is not None
    with kaiku.store.read_transaction() as tx:
        at_desk = load_offering_timeline(tx, CODE, kaiku.clock.now())
    sent = await sent_while_all_is_answered(kaiku, aino)
    assert sent == sorted(row.due_at for row in rows if row.due_at is not None)
    for entries in (in_plan.entries, at_desk.entries):
        assert sent == sorted(each.at for each in entries if each.kind is EntryKind.PROMPT and each.at)


async def test_a_reminder_comes_when_the_plan_preview_and_the_timeline_said(kaiku: Running) -> None:
    await seated(kaiku)
    with kaiku.store.read_transaction() as tx:
        entries = load_offering_timeline(tx, CODE, kaiku.clock.now()).entries
    said = next(each.at for each in entries if each.kind is EntryKind.REMINDER)
    assert said is not None
    await at(kaiku, helsinki(2019, 4, 4, 10))
    await at(kaiku, said)
    assert [row.sent_at for row in deliveries(kaiku, "prompt_reminder") if row.sent_at] == [said]


def is_in(person: ImaginaryPerson, code: str) -> bool:
    codes = [each.code for strand in SHIPPED.strands for each in strand.offerings]
    return [codes[each - 1] for each in person.offerings] == [code]


def inputs(person: Visitor) -> list[dict[str, Any]]:
    blocks = person.modal["blocks"]
    return [block for block in blocks if block.get("block_id", "").startswith("answer_")]


async def sent_while_all_is_answered(kaiku: Running, person: Visitor) -> list[datetime]:
    """Let the year pass for somebody who answers every prompt at once; when each came."""
    while planned := [row.due_at for row in deliveries(kaiku, "prompt") if row.state == "planned"]:
        await at(kaiku, max(min(planned), kaiku.clock.now()))
        await person.click("reflection.write")
        fields = {block["block_id"]: block["element"]["type"] for block in inputs(person)}
        await person.submit(
            {name: "kokous" if kind == "plain_text_input" else "0" for name, kind in fields.items()}
        )
        await person.close(clear=True)
        await kaiku.settle()
    sent = [row.sent_at for row in deliveries(kaiku, "prompt") if row.sent_at is not None]
    return sorted(each.replace(second=0, microsecond=0) for each in sent)
