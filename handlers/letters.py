"""Writing a letter to the people of a group: the form, the preview, sending, withdrawing."""

from bot.domain.carried.drafts import AudienceChoice, LetterTarget
from bot.domain.carried.ids import parse_id
from bot.domain.errors import KaikuError, Refusal
from bot.domain.language import LANGUAGES
from bot.domain.letters import DUTIES, MAX_LETTER
from bot.services.facilitation import letters
from bot.services.facilitation.letters import WantedLetter
from bot.views import ids
from bot.views.blocks import MAX_SECTION_TEXT, View, escape
from bot.views.facilitation import letters as view
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Show
from handlers.typed import new_form_key, read_text


async def open_form(request: Request) -> Answer:
    """Open the form for an offering, or for the draft in ``value`` when the person comes back from the
    preview."""
    target = LetterTarget.parse(request.value)
    form = await _form(request, target)
    return Open(form) if target.letter_id is None else Renew(form)


async def _form(request: Request, target: LetterTarget) -> View:
    kaiku = request.kaiku
    found = await kaiku.store.read(letters.load_letters, request.actor, target.code, kaiku.clock.now())
    draft = None
    if target.letter_id is not None:
        draft = await kaiku.store.read(letters.load_draft, request.actor, target.letter_id)
    named = (
        LetterTarget(found.offering.code, draft.id)
        if draft is not None
        else LetterTarget(found.offering.code, form_key=new_form_key())
    )
    waiting = [(each.letter, each.waiting) for each in found.unsent]
    return view.letter_form(
        found.offering, named, draft, found.ahead, waiting, request.words, not_read=found.not_read
    )


async def preview(request: Request) -> Answer:
    """Save the submitted form as a draft and show the letter as people will get it."""
    target, kaiku = LetterTarget.parse(request.value), request.kaiku
    wanted, errors = _read(request)
    if errors:
        return FieldErrors(errors)
    try:
        found = await kaiku.store.run(
            letters.save_draft,
            request.actor,
            target.code,
            wanted,
            kaiku.defaults,
            kaiku.clock.now(),
            letter_id=target.letter_id,
            form_key=target.form_key,
        )
    except KaikuError as error:
        if error.code is not Refusal.NOBODY_TO_WRITE_TO:
            raise
        return FieldErrors({ids.LETTER_TO: request.words("refusal.nobody_to_write_to")})
    return Show(
        view.preview(
            found.letter,
            found.offering,
            found.readers,
            found.messages,
            found.at,
            request.words,
            is_paused=found.is_paused,
        )
    )


def _read(request: Request) -> tuple[WantedLetter, dict[str, str]]:
    """The values of the submitted form, and field errors by field name."""
    errors: dict[str, str] = {}
    text = {each: read_text(request, ids.LETTER[each], errors, at_most=MAX_LETTER) for each in LANGUAGES}
    for language, said in text.items():
        field, length = ids.LETTER[language], len(escape(said))
        if not said and language in DUTIES:
            errors.setdefault(field, request.words("letter.missing"))
        if length > MAX_SECTION_TEXT:  # too long only because of characters that Slack wants escaped
            errors[field] = request.words("typed.too_long", length=length, limit=MAX_SECTION_TEXT)
    chosen = AudienceChoice.parse(request.fields.get(ids.LETTER_TO) or "")
    in_office_hours = request.fields.get(ids.LETTER_WHEN) != view.NOW
    said_in = {language: said for language, said in text.items() if said}
    return WantedLetter(chosen.audience, chosen.session, said_in, in_office_hours), errors


async def send(request: Request) -> Answer:
    """Send the previewed letter."""
    kaiku = request.kaiku
    done = await kaiku.store.run(
        letters.send, request.actor, _letter_id(request), kaiku.defaults, kaiku.clock.now()
    )
    return Show(view.sent(done.letter, done.waiting, done.told, request.words))


async def ask_to_withdraw(request: Request) -> Answer:
    found = await request.kaiku.store.read(letters.load_sent, request.actor, _letter_id(request))
    return Open(view.withdraw_form(found.letter, found.offering, found.waiting, found.told, request.words))


async def withdraw(request: Request) -> Answer:
    kaiku = request.kaiku
    done = await kaiku.store.run(letters.withdraw, request.actor, _letter_id(request), kaiku.clock.now())
    return Show(view.withdrawn(done.told, request.words))


def _letter_id(request: Request) -> int:
    return parse_id(request.value, Refusal.LETTER_GONE)
