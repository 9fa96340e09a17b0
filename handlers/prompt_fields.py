"""Reads a facilitator's form for a prompt: the values, and field errors by field name."""

from datetime import date, datetime, time

from bot.domain.calendars.wall_time import to_instant
from bot.domain.carried.ids import parse_number
from bot.domain.carried.prompts import TimingChoice, TimingKind
from bot.domain.language import LANGUAGES
from bot.domain.prompts.prompt import (
    MAX_CHOICE,
    MAX_CHOICES,
    MAX_QUESTION,
    Audience,
    Moment,
    Question,
    Timing,
)
from bot.services.facilitation.prompt_writing import Sending, Wording
from bot.views import ids
from bot.views.facilitation.prompt_forms import DIRECT, DUTIES, MAX_ALL_CHOICES, ROUND_THREAD, USUAL_DAYS
from handlers.kaiku import Request
from handlers.typed import read_text


def read_wording(request: Request, library_key: str | None) -> tuple[Wording, dict[str, str]]:
    """Read the questions; returns them with field errors by field name."""
    kind = Moment.PLAN if request.fields.get(ids.KIND) == Moment.PLAN else Moment.ANY
    errors: dict[str, str] = {}
    texts = [
        {
            each: read_text(request, fields[each], errors, at_most=MAX_QUESTION, on_one_line=True)
            for each in LANGUAGES
        }
        for fields in ids.QUESTIONS
    ]
    for n, text in enumerate(texts):
        if n > 0 and not any(text.values()):
            continue
        for language in DUTIES:
            if not text[language]:
                errors.setdefault(ids.QUESTIONS[n][language], request.words(f"desk.missing_{language}"))
    choices = _read_choices(request, errors)
    if kind is Moment.PLAN and any(texts[1].values()):
        errors[ids.QUESTIONS[1]["fi"]] = request.words("desk.plan_is_one")
    if kind is Moment.PLAN and choices:
        errors[ids.CHOICES["fi"]] = request.words("desk.plan_has_no_choices")
    questions = [
        Question({language: said for language, said in text.items() if said}, choices if n == 0 else ())
        for n, text in enumerate(texts)
        if any(text.values())
    ]
    return Wording(questions, kind, library_key), errors


def _read_choices(request: Request, errors: dict[str, str]) -> tuple[dict[str, str], ...]:
    lines = {
        each: [
            line.strip()
            for line in read_text(request, ids.CHOICES[each], errors, at_most=MAX_ALL_CHOICES).split("\n")
            if line.strip()
        ]
        for each in LANGUAGES
    }
    if any(ids.CHOICES[each] in errors for each in LANGUAGES):
        return ()
    number_of = len(lines["fi"])
    for language, said in lines.items():
        field = ids.CHOICES[language]
        if any(len(line) > MAX_CHOICE for line in said):
            errors[field] = request.words("desk.choice_too_long", most=MAX_CHOICE)
        elif len(said) != number_of and (said or language in DUTIES):
            errors[field] = request.words("desk.choices_differ")
        elif said and not 2 <= len(said) <= MAX_CHOICES:
            errors[field] = request.words("desk.choices_number", most=MAX_CHOICES)
    if any(ids.CHOICES[each] in errors for each in LANGUAGES):
        return ()
    return tuple({language: said[n] for language, said in lines.items() if said} for n in range(number_of))


def read_sending(request: Request) -> tuple[Sending, dict[str, str]]:
    """Read when and to whom the prompt goes; returns that with field errors by field name."""
    errors: dict[str, str] = {}
    timing = _read_timing(request, errors)
    where = request.fields.get(ids.WHERE) or DIRECT
    channel = request.fields.get(ids.CHANNEL) if where != DIRECT else None
    if where != DIRECT and channel is None:
        errors[ids.CHANNEL] = request.words("desk.channel_missing")
    if where != DIRECT and (timing.after_session is not None or timing.before_session is not None):
        errors[ids.TIMING] = request.words("desk.round_needs_time")
    audience = request.fields.get(ids.AUDIENCE)
    return (
        Sending(
            timing,
            Audience(audience) if audience in set(Audience) else Audience.SEATED,
            request.fields.get(ids.REMIND) != "no",
            channel,
            where == ROUND_THREAD,
        ),
        errors,
    )


def _read_timing(request: Request, errors: dict[str, str]) -> Timing:
    choice = TimingChoice.parse(request.fields.get(ids.TIMING) or TimingKind.NOW)
    days = parse_number(request.fields.get(ids.DAYS) or "", most_digits=2)
    working_days = USUAL_DAYS if days is None else days
    match choice.kind:
        case TimingKind.NOW:
            return Timing()
        case TimingKind.AFTER:
            return Timing(after_session=choice.session, working_days=working_days)
        case TimingKind.BEFORE:
            return Timing(before_session=choice.session, working_days=working_days)
    at = _instant(request.fields.get(ids.ON_DAY), request.fields.get(ids.AT_TIME), request.person.timezone)
    if at is None:
        errors[ids.ON_DAY] = request.words("desk.time_missing")
        return Timing()
    if at <= request.kaiku.clock.now():
        errors[ids.ON_DAY] = request.words("desk.in_the_past")
    return Timing(at=at)


def _instant(day: str | None, at: str | None, timezone: str) -> datetime | None:
    if not day or not at:
        return None
    try:
        return to_instant(date.fromisoformat(day), time.fromisoformat(at), timezone)
    except (ValueError, OverflowError):  # only a forged form sends this
        return None
