"""Somebody with a seat who answers the prompts of ``dialogue-2``."""

from sandbox import Visitor
from tests.support.joining import join
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

CODE = "dialogue-2"  # 2.4. 9.00, 24.4. 12.30, 23.5. 12.30, 12.6. 9.00
FIRST = helsinki(2019, 4, 4, 10)  # two working days after the first session, a Thursday
MIDDLE = helsinki(2019, 4, 11, 10)
LAST = helsinki(2019, 4, 23, 10)  # Thursday 18.4. is the eve of Good Friday
PLAN = {"answer_0": "ohjausryhmä kokoontuu", "answer_1": "kysyn, mitä muut ovat nähneet"}


async def seated(kaiku: Running, user_id: str = "UAINO", code: str = CODE) -> Visitor:
    """Somebody with a seat and with nothing new to read, on the morning of the first prompt."""
    person = kaiku.visitor(user_id)
    await join(person, code)
    await person.close(clear=True)
    await at(kaiku, helsinki(2019, 4, 3, 12))
    return person


def newest(person: Visitor) -> str:
    text: str = person.direct_messages[-1]["text"]
    return text


async def answer(kaiku: Running, person: Visitor, **fields: str) -> None:
    await person.click("reflection.write")
    outcome = await person.submit(**fields)
    assert outcome.acked, outcome
    await person.close()
    await kaiku.settle()
