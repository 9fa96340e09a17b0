"""A facilitator who writes prompts for ``dialogue-2`` at the desk, and people who get them."""

from typing import Any

from sandbox import Visitor, text_of
from tests.support.joining import join
from tests.support.reflecting import CODE
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

OWN: dict[str, Any] = {
    "question_0_fi": "Mitä jäi mieleen?",
    "question_0_sv": "Vad minns du?",
}
TUESDAY = helsinki(2019, 3, 19, 11)  # two weeks before the first session, 2.4.: no other prompt is near
AGENCIES = {"UMARJA": "mml", "UPEKKA": "tulli"}


async def joined(kaiku: Running, *people: str) -> Visitor:
    """People with seats, two weeks before the first session; the first of them."""
    for each in people or ("UAINO",):
        person = kaiku.server.workspace.data["people"][each]
        await join(
            kaiku.visitor(each), CODE, agency=AGENCIES.get(each, "vero"), language=person["locale"][:2]
        )
        await kaiku.visitor(each).close(clear=True)
    await kaiku.settle()
    await at(kaiku, TUESDAY)
    return kaiku.visitor((people or ("UAINO",))[0])


async def worded(kaiku: Running, who: str = "UFASI") -> Visitor:
    """Up to the form of when and to whom."""
    facilitator = kaiku.visitor(who)
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("prompt.new")
    await facilitator.submit()
    await facilitator.submit(OWN)
    return facilitator


async def write(kaiku: Running, who: str = "UFASI", **sending: Any) -> Visitor:
    """Up to the preview: a prompt of one's own, for now unless ``sending`` says otherwise."""
    facilitator = await worded(kaiku, who)
    outcome = await facilitator.submit(sending)
    assert outcome.acked, outcome
    assert outcome.error is None, outcome.detail
    return facilitator


async def send(kaiku: Running, **sending: Any) -> Visitor:
    facilitator = await write(kaiku, **sending)
    outcome = await facilitator.submit()
    assert outcome.error is None, outcome.detail
    await facilitator.close(clear=True)
    await kaiku.settle()
    return facilitator


def line_of(facilitator: Visitor, question: str) -> str:
    """The desk's lines on one prompt."""
    blocks = [block for block in facilitator.modal["blocks"] if question in text_of({"blocks": [block]})]
    assert blocks, text_of(facilitator.modal)
    return text_of({"blocks": blocks[:1]})
