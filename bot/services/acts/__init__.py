"""The log of acts. Every capability writes lines, so this stands below all of them."""

from bot.services.acts.note import note_act, note_acts

__all__ = ["note_act", "note_acts"]
