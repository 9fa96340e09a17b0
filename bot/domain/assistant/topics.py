"""What people ask Kaiku for in their own words."""

from enum import StrEnum


class Topic(StrEnum):
    """One thing that Kaiku has a button for; NONE is everything else: thanks, chat, a reflection."""

    NEXT_SESSION = "next_session"
    MY_ENROLMENTS = "my_enrolments"
    JOIN = "join"
    LEAVE = "leave"
    CANNOT_COME = "cannot_come"
    CALENDAR = "calendar"
    SETTINGS = "settings"
    FEWER_PROMPTS = "fewer_prompts"
    MY_DATA = "my_data"
    MATERIALS = "materials"
    CERTIFICATE = "certificate"
    HUMAN = "human"
    NONE = "none"
