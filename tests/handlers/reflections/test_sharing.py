"""What people share of their answers: with whom, with or without their name, and taken back again."""

import pytest

from sandbox import Visitor, text_of
from tests.support.joining import join
from tests.support.reflecting import CODE, FIRST, answer
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

AGENCIES = {
    "UAINO": "vero",
    "UOLLI": "vero",
    "UHELI": "vero",
    "UMARJA": "mml",
    "UKAISA": "valtiokonttori",
    "UPEKKA": "tulli",
    "URIIKKA": "kansallisarkisto",
    "UMIKKO": "vnk",
    "UNIINA": "um",
    "UPETRI": "om",
}


async def group(kaiku: Running, number: int) -> list[Visitor]:
    """So many people with a seat, each with the first prompt before them."""
    people = []
    for user_id, agency in list(AGENCIES.items())[:number]:
        if user_id not in kaiku.server.workspace.data["people"]:
            account = {"id": user_id, "name": f"Joku {user_id}", "locale": "fi-FI"}
            kaiku.server.workspace.change_person(account)
        person = kaiku.visitor(user_id)
        await join(person, CODE, agency=agency)
        await person.close(clear=True)
        people.append(person)
    await at(kaiku, helsinki(2019, 4, 3, 12))
    await at(kaiku, FIRST)
    return people


async def share(kaiku: Running, person: Visitor, sharing: str) -> None:
    await answer(
        kaiku, person, answer_0=f"tilanne {person.id}", answer_1=f"teko {person.id}", sharing=sharing
    )


async def read_by_group(person: Visitor) -> str:
    await person.command("/kaiku pohdi")
    await person.click("reflections.read_shared")
    text: str = text_of(person.modal)
    await person.close(clear=True)
    return text


async def read_by_facilitator(kaiku: Running) -> str:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku jaetut {CODE}")
    text: str = text_of(facilitator.modal)
    await facilitator.close(clear=True)
    return text


async def test_from_five_on_it_may_be_shared_without_name_and_the_group_reads_it(kaiku: Running) -> None:
    people = await group(kaiku, 10)
    for person in people[:5]:
        await share(kaiku, person, "facilitators")
    await share(kaiku, people[5], "group")
    await share(kaiku, people[6], "private")

    seen = await read_by_group(people[0])
    assert "tilanne UPEKKA" in seen
    assert "Pekka" not in seen
    assert "tilanne UOLLI" not in seen, "shared with the facilitators, not with the group"

    told = await read_by_facilitator(kaiku)
    assert "tilanne UOLLI" in told
    assert "Olli Korhonen" in told
    assert "tilanne UPEKKA" in told
    assert "Pekka Salonen" not in told
    assert "tilanne URIIKKA" not in told, "private"


async def test_what_was_shared_is_taken_back_and_read_no_more(kaiku: Running) -> None:
    people = await group(kaiku, 10)
    for person in people[:5]:
        await share(kaiku, person, "facilitators")
    await share(kaiku, people[5], "group")
    await people[5].command("/kaiku pohdi")
    await people[5].click("reflection.write")
    await people[5].submit(sharing="private")
    await people[5].close(clear=True)
    assert "tilanne UPEKKA" not in await read_by_group(people[0])
    assert "tilanne UPEKKA" not in await read_by_facilitator(kaiku)


@pytest.mark.parametrize(("seated", "is_shown"), [(9, False), (10, True)])
async def test_without_name_is_not_shown_to_who_could_count_whose_it_is(
    kaiku: Running, *, seated: int, is_shown: bool
) -> None:
    """Five shared by name: of nine people only four are left whose the unnamed answer could be."""
    people = await group(kaiku, seated)
    for person in people[:5]:
        await share(kaiku, person, "facilitators")
    await share(kaiku, people[5], "group")
    assert ("tilanne UPEKKA" in await read_by_facilitator(kaiku)) is is_shown
    assert "tilanne UPEKKA" in await read_by_group(people[0]), "who reads in the group sees no names at all"


async def test_a_small_group_reads_nothing_without_names(kaiku: Running) -> None:
    people = await group(kaiku, 7)
    for person in people[:5]:
        await share(kaiku, person, "facilitators")
    await share(kaiku, people[5], "group")
    for person in people[:2]:
        await person.command("/kaiku pohdi")
        await person.click("reflection.write")
        await person.submit(sharing="private")
        await person.close(clear=True)
    seen = await read_by_group(people[0])
    assert "tilanne UPEKKA" not in seen
    assert "jaettu vielä niin vähän" in seen


async def test_facilitators_are_not_told_that_all_but_those_they_know_stayed_silent(kaiku: Running) -> None:
    people = await group(kaiku, 6)
    for person in people[:5]:
        await share(kaiku, person, "facilitators")
    told = await read_by_facilitator(kaiku)
    assert "Vastattu: vähintään 5" in told
    await share(kaiku, people[5], "private")
    assert await read_by_facilitator(kaiku) == told, "whether the sixth answered is nobody's business"
