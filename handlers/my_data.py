"""What Kaiku holds about a person: show, download, erase."""

from functools import partial

from bot.domain.my_data import MyData
from bot.services.privacy.erase import erase_person
from bot.services.privacy.erasures import ErasureKeys
from bot.services.privacy.my_data import fetch_my_data, load_my_data, offer_my_data
from bot.views.my_data import address_view, as_messages, erase_form, erased_home, erased_view, my_data_view
from bot.views.my_data_file import text_lines
from handlers.commands import command
from handlers.kaiku import Answer, Kaiku, Open, Request, Show


@command(
    "data",
    place=16,
    fi="tietoni",
    sv="mina uppgifter",
    en="my data",
    also=(
        *("tiedot", "uppgifter", "data", "omat tiedot", "tietosuoja", "poista", "poisto", "gdpr"),
        *("dataskydd", "radera", "privacy", "delete"),
    ),
)
async def show_my_data(request: Request) -> Answer:
    return Open(my_data_view(await _load(request), request.words))


async def get_my_data(request: Request) -> Answer:
    """Show the way to the page with the copy; without a public address, send the copy as messages."""
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    if kaiku.links.public_url is None:
        found = await kaiku.store.run(
            fetch_my_data, request.person, kaiku.vault, kaiku.notice, kaiku.coordinators, now
        )
        kaiku.do_after(_send(kaiku, request, text_lines(found, kaiku.book, request.words)))
        return Open(address_view(None, request.words))
    token = await kaiku.store.run(offer_my_data, request.person.id, now)
    return Open(address_view(kaiku.links.download(token), request.words))


async def ask_to_erase(request: Request) -> Answer:
    return Open(erase_form(await _load(request), request.words))


async def erase(request: Request) -> Answer:
    """Erase the submitting person, if the form was about their current record."""
    kaiku = request.kaiku
    keys = ErasureKeys(kaiku.links.tokens.secrets)
    locked = (await _load(request)).locked
    act = partial(erase_person, record=request.value, locks=kaiku.notice.locks)
    await kaiku.store.run(act, request.person.id, keys, kaiku.clock.now)
    if request.person.has_home:
        kaiku.do_after(_empty_home(kaiku, request))
    return Show(erased_view(request.words, locked))


async def _load(request: Request) -> MyData:
    kaiku = request.kaiku
    return await kaiku.store.read(
        load_my_data, request.person, kaiku.vault, kaiku.notice, kaiku.coordinators, kaiku.clock.now()
    )


async def _send(kaiku: Kaiku, request: Request, lines: list[str]) -> None:
    for message in as_messages(lines):
        await kaiku.slack.tell(request.person.id, message)


async def _empty_home(kaiku: Kaiku, request: Request) -> None:
    await kaiku.slack.publish_home(request.person.id, erased_home(request.words))
