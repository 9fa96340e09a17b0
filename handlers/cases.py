"""Success cases: a coordinator asks for them; participants write, give and withdraw their own."""

from bot.domain.carried.ids import MAX_FORM_KEY, parse_number
from bot.domain.evidence.cases import ASKED_AT_ONCE, MAX_PART, Credit, Told
from bot.services.evidence import cases
from bot.views import ids
from bot.views.evidence import cases as view
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Show
from handlers.typed import new_form_key, read_text


async def ask_about_cases(request: Request) -> Answer:
    """Ask a coordinator how many people are to be asked for a case."""
    kaiku = request.kaiku
    given = await kaiku.store.read(cases.count_cases, request.actor, kaiku.clock.now())
    return Open(view.ask_form(given, new_form_key(), request.words))


async def ask_for_cases(request: Request) -> Answer:
    """Ask participants for cases; ``value`` is the form's key."""
    kaiku = request.kaiku
    chosen = parse_number(request.fields.get(ids.CASES_MOST) or "", 1)
    most = chosen if chosen in ASKED_AT_ONCE else ASKED_AT_ONCE[0]
    form_key = request.value[:MAX_FORM_KEY]
    await kaiku.store.run(cases.ask_for_cases, kaiku.vault, request.actor, most, form_key, kaiku.clock.now())
    return Show(view.asked_view(most, request.words))


async def tell_case(request: Request) -> Answer:
    """Open the form, with earlier input; ``value`` is the offering's code."""
    kaiku = request.kaiku
    form = await kaiku.store.read(cases.load_form, kaiku.vault, request.person, request.value)
    return Open(view.case_form(form.offering, form.case, request.words))


async def save_case(request: Request) -> Answer:
    """Save the case and show it for confirmation."""
    kaiku, errors = request.kaiku, dict[str, str]()
    tried, came = (_read_part(request, field, errors) for field in (ids.CASE_TRIED, ids.CASE_CAME))
    if errors:
        return FieldErrors(errors)
    chosen = request.fields.get(ids.CASE_CREDIT) or ""
    told = Told(tried, came, Credit(chosen) if chosen in set(Credit) else Credit.NOTHING)
    case = await kaiku.store.run(
        cases.write_case, kaiku.vault, request.person, request.value, told, kaiku.clock.now()
    )
    return Show(view.case_view(case, kaiku.book, request.words))


async def give_case(request: Request) -> Answer:
    """Let the next report include the case; ``value`` is the offering's code."""
    kaiku = request.kaiku
    case = await kaiku.store.run(
        cases.give_case, kaiku.vault, request.person, request.value, kaiku.clock.now()
    )
    return Renew(view.case_view(case, kaiku.book, request.words))


async def withdraw_case(request: Request) -> Answer:
    """Delete the case, unless it is in a report; ``value`` is the offering's code."""
    kaiku = request.kaiku
    offering = await kaiku.store.run(cases.withdraw_case, request.person, request.value, kaiku.clock.now())
    return Renew(view.withdrawn_view(offering, request.words))


def _read_part(request: Request, field: str, errors: dict[str, str]) -> str:
    text = read_text(request, field, errors, at_most=MAX_PART)
    if not text and field not in errors:
        errors[field] = request.words("refusal.nothing_written")
    return text
