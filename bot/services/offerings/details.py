"""Reads and writes values stored as JSON: details, materials, venues, a programme's closing words."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import to_builtins
from msgspec.json import decode, encode

from bot.domain.plan.model import (
    DEFAULT_CLOSING,
    NO_DETAILS,
    Closing,
    Details,
    DrawRules,
    Picture,
    Reading,
    UseQuestion,
    Venue,
)


def stored_details(details: Details) -> dict[str, Any] | None:
    """The JSON value to store; None for an offering without details."""
    return decode(encode(details)) if details != NO_DETAILS else None


def to_details(stored: dict[str, Any] | None) -> Details:
    """The details of a stored JSON value."""
    if stored is None:
        return NO_DETAILS
    picture = stored["picture"]
    return Details(
        for_whom=stored["for_whom"],
        takes_home=stored["takes_home"],
        themes=tuple(stored["themes"]),
        pre_reading=to_readings(stored["pre_reading"]),
        questions=tuple(stored["questions"]),
        materials=to_readings(stored["materials"]),
        picture=Picture(**picture) if picture is not None else None,
        ask_needs=stored.get("ask_needs", False),  # stored by an older Kaiku
    )


def stored_draw(draw: DrawRules | None) -> dict[str, Any] | None:
    return to_builtins(draw) if draw is not None else None


def to_draw(stored: dict[str, Any] | None) -> DrawRules | None:
    return DrawRules(**stored) if stored is not None else None


def stored_readings(readings: Sequence[Reading]) -> list[dict[str, Any]] | None:
    return [to_builtins(each) for each in readings] or None


def to_readings(stored: Sequence[dict[str, Any]] | None) -> tuple[Reading, ...]:
    return tuple(Reading(**each) for each in stored or ())


def stored_venue(venue: Venue | None) -> dict[str, Any] | None:
    if venue is None:
        return None
    free_until = venue.free_until.isoformat() if venue.free_until is not None else None
    return {"price": venue.price, "free_until": free_until, "capacity": venue.capacity}


def to_venue(stored: dict[str, Any] | None) -> Venue | None:
    if stored is None:
        return None
    until = stored["free_until"]
    return Venue(stored["price"], date.fromisoformat(until) if until else None, stored["capacity"])


def stored_closing(closing: Closing) -> dict[str, Any] | None:
    """The JSON value to store; None for a programme without closing words of its own."""
    return to_builtins(closing) if closing != DEFAULT_CLOSING else None


def to_closing(stored: dict[str, Any] | None) -> Closing:
    if stored is None:
        return DEFAULT_CLOSING
    asked = stored["questions"]
    questions = tuple(UseQuestion(each["key"], each["text"], tuple(each["choices"])) for each in asked or ())
    return Closing(stored["issuer"], questions if asked is not None else None, stored.get("follow_up", False))
