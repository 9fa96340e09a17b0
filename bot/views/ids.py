"""Every Slack id Kaiku uses, declared once: ``noun.verb`` for what a person does, plain nouns for fields."""

from typing import Final

COMMAND: Final = "/kaiku"

# Buttons; the value of the first two is the offering's code.
JOIN_OFFERING: Final = "offering.join"
LEAVE_OFFERING: Final = "offering.leave"
SHOW_OFFERINGS: Final = "offerings.show"
OPEN_SETTINGS: Final = "settings.open"
OPEN_CALENDAR: Final = "calendar.open"
OPEN_CALENDAR_FILE: Final = "calendar.open_file"
RENEW_CALENDAR: Final = "calendar.renew"

# Forms
JOIN_FORM: Final = "offering.join_form"
LEAVE_FORM: Final = "offering.leave_form"
SETTINGS_FORM: Final = "settings.form"
RENEW_CALENDAR_FORM: Final = "calendar.renew_form"

# Fields: one name serves as block_id and action_id
AGENCY: Final = "agency"
AGENCY_NAME: Final = "agency_name"
ROLE: Final = "role"
LANGUAGE: Final = "language"
TIMEZONE: Final = "timezone"
