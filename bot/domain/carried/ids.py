"""The ids and keys in what buttons and forms carry: numbers of rows, and the key that a form is known by."""

from bot.domain.errors import KaikuError, Refusal

MAX_ID_DIGITS = 9
"""The databases' integers hold every number of so many digits."""


MAX_FORM_KEY = 32


def parse_id(text: str, refusal: Refusal) -> int:
    """Parse the id of a row. Raises KaikuError with the given refusal."""
    found = parse_number(text, MAX_ID_DIGITS)
    if found is None:
        raise KaikuError(refusal)
    return found


def parse_number(text: str, most_digits: int) -> int | None:
    """Parse a number without a sign; None for any other text."""
    if text.isascii() and text.isdigit() and len(text) <= most_digits:
        return int(text)
    return None
