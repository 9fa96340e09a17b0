"""The log of acts. Writing a line is what every capability needs, so that is here."""

from bot.services.acts.note import note_act, note_acts

__all__ = ["note_act", "note_acts"]
