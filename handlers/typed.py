"""What people type into forms: cleaned and bounded, or what is wrong is said at the field; and the names of
forms that make something new."""

import secrets

from bot.domain.text import TextError, clean_line, clean_text
from handlers.kaiku import Request


def read_text(
    request: Request, field: str, errors: dict[str, str], *, at_most: int, on_one_line: bool = False
) -> str:
    """The text of a field; empty where nothing was typed, and where ``errors`` now says what is wrong. The
    form stays open then, with all that was typed."""
    typed = request.fields.get(field) or ""
    if not typed.strip():
        return ""
    try:
        return (clean_line if on_one_line else clean_text)(typed, at_most=at_most)
    except TextError as error:
        errors[field] = request.words(f"typed.{error.code}", **error.params)
        return ""


_NEW = "new-"


def new_form() -> str:
    """The name of a form that makes something new: sent again, it makes nothing more."""
    return f"{_NEW}{secrets.token_urlsafe(12)}"


def form_key_of(name: str) -> str | None:
    """What is stored of a form's name with what it makes; None for the form of something that is there."""
    return name.removeprefix(_NEW)[:32] if name.startswith(_NEW) else None
