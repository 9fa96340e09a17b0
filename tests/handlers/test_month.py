"""The month view: to coordinators alone, once, on the first working day of the month."""

from sandbox import Visitor, text_of
from tests.support.joining import join
from tests.support.running import Running
from tests.support.time_passing import at, deliveries, helsinki


def views(who: Visitor) -> list[str]:
    said = [text_of(each) for each in who.direct_messages]
    return [each for each in said if "Kuukauden tilanne" in each]


async def test_a_coordinator_sees_the_month_once_and_nobody_else_does(kaiku: Running) -> None:
    koord, fanni = kaiku.visitor("UKOORD"), kaiku.visitor("UFASI")
    for each in (koord, fanni):
        await each.command("/kaiku ohje")
    await join(kaiku.visitor("UAINO"), "dialogue-2")
    await at(kaiku, helsinki(2019, 2, 28, 10))
    assert views(koord) == []
    await at(kaiku, helsinki(2019, 3, 1, 8))
    assert views(koord) == []
    await at(kaiku, helsinki(2019, 3, 1, 9, 15))
    (said,) = views(koord)
    assert "Kaipaa katsomista" in said
    assert "Liian aikaista sanoa" in said
    assert "Aino" not in said
    await at(kaiku, helsinki(2019, 3, 1, 15))
    await at(kaiku, helsinki(2019, 3, 4, 10))
    assert len(views(koord)) == 1
    assert views(fanni) == []
    assert [each.state for each in deliveries(kaiku, "month_view")] == ["sent"]
    await at(kaiku, helsinki(2019, 4, 1, 10))
    assert len(views(koord)) == 2
