"""After the last session: requesting a certificate, answering the questions on use."""

import asyncio

from bot.domain.carried.offerings import UseChoice
from bot.domain.language import LANGUAGES
from bot.services.completion import certificates, use
from bot.views import ids
from bot.views.completion import certificate as view
from bot.views.completion.pdf import is_printable
from handlers.kaiku import Answer, FieldErrors, Open, Request, Show
from handlers.typed import read_text


async def ask_for_certificate(request: Request) -> Answer:
    """Ask for the name and language; ``value`` is the offering's code."""
    kaiku = request.kaiku
    found = await kaiku.store.read(
        certificates.load_certifiable, request.person, request.value, kaiku.clock.now()
    )
    return Open(view.form(found, request.words))


async def make_certificate(request: Request) -> Answer:
    """Make the certificate in the given name, if the font has every character of it."""
    kaiku, errors = request.kaiku, dict[str, str]()
    name = read_text(request, ids.NAME, errors, at_most=certificates.MAX_NAME, on_one_line=True)
    if not name:
        return FieldErrors(errors or {ids.NAME: request.words("certificate.name_missing")})
    if not await asyncio.to_thread(is_printable, name):
        return FieldErrors({ids.NAME: request.words("certificate.name_not_printable")})
    chosen = request.fields.get(ids.LANGUAGE)
    language = chosen if chosen in LANGUAGES else request.person.language
    asked = await kaiku.store.run(
        certificates.ask_for,
        request.person,
        request.value,
        name,
        language,
        kaiku.links,
        kaiku.clock.now(),
    )
    return Show(view.made(asked.certified, kaiku.links.certificate(asked.token), request.words))


async def open_certificate(_request: Request) -> Answer:
    """Acknowledge the click on a link button: the browser opens the PDF by itself."""
    return None


async def answer_use(request: Request) -> Answer:
    """Save the choice; ``value`` is the offering's code, the question's key and the choice."""
    kaiku, chosen = request.kaiku, UseChoice.parse(request.value)
    await kaiku.store.run(
        use.answer_use, request.person, chosen.code, chosen.key, chosen.choice, kaiku.clock.now()
    )
    return None
