"""Text that people type into forms: cleaned and bounded, with errors at the field; and the keys of forms that
create something.
"""

import secrets

from bot.domain.text import TextError, clean_line, clean_text
from handlers.kaiku import Request


def read_text(
    request: Request, field: str, errors: dict[str, str], *, at_most: int, on_one_line: bool = False
) -> str:
    """The text of a field; empty where nothing was typed, and where ``errors`` now has an error. The form
    then stays open, with all that was typed.
    """
    typed = request.fields.get(field) or ""
    if not typed.strip():
        return ""
    try:
        return (clean_line if on_one_line else clean_text)(typed, at_most=at_most)
    except TextError as error:
        errors[field] = request.words(f"typed.{error.code}", **error.params)
        return ""


def new_form_key() -> str:
    """The key of a form that creates something: submitted again, the form creates nothing more."""
    return secrets.token_urlsafe(12)
