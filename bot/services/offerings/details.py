"""Reads and writes an offering's details as they are stored: one JSON value."""

from dataclasses import asdict
from typing import Any

from bot.domain.plan.model import NO_DETAILS, Details, Picture, Reading


def stored_details(details: Details) -> dict[str, Any] | None:
    """The JSON value to store; None for an offering without details."""
    return asdict(details) if details != NO_DETAILS else None


def to_details(stored: dict[str, Any] | None) -> Details:
    """The details of a stored JSON value."""
    if stored is None:
        return NO_DETAILS
    picture = stored["picture"]
    return Details(
        for_whom=stored["for_whom"],
        takes_home=stored["takes_home"],
        themes=tuple(stored["themes"]),
        pre_reading=tuple(Reading(**each) for each in stored["pre_reading"]),
        questions=tuple(stored["questions"]),
        materials=tuple(Reading(**each) for each in stored["materials"]),
        picture=Picture(**picture) if picture is not None else None,
    )
