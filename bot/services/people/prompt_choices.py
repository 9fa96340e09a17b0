"""A person's choices about prompts: how often, at what time of day, a pause; and absences."""

from datetime import date, datetime, timedelta

from msgspec import Struct

from bot.domain.people.person import Profile
from bot.domain.prompts.prompt import Frequency
from storage import prompts as prompt_rows
from storage.transaction import Tx

AWAY_AT_MOST = timedelta(days=14)
"""How long a status without an end counts; people forget to remove it."""


class PromptChoices(Struct, frozen=True):
    """``paused_until`` is the first day after the pause; ``hour`` is in the person's zone."""

    frequency: Frequency = Frequency.ALL
    paused_until: date | None = None
    hour: int | None = None

    def shown(self, today: date) -> dict[str, str]:
        """The choices as form values; a pause that is over is left out."""
        paused = self.paused_until is not None and self.paused_until > today
        day = self.paused_until.isoformat() if paused and self.paused_until else ""
        return {
            "frequency": self.frequency.value,
            "paused_until": day,
            "hour": "" if self.hour is None else str(self.hour),
        }


def load_choices(tx: Tx, person_id: str) -> PromptChoices:
    row = prompt_rows.get_choice(tx, person_id)
    return PromptChoices(Frequency(row.frequency), row.paused_until, row.hour)


def change_choices(tx: Tx, person_id: str, choices: PromptChoices) -> None:
    """Store the choices, which apply from the next prompt on."""
    row = prompt_rows.get_choice(tx, person_id)
    changed = row._replace(
        frequency=choices.frequency.value, paused_until=choices.paused_until, hour=choices.hour
    )
    if changed != row:
        prompt_rows.set_choice(tx, person_id, changed)
        prompt_rows.mark_stale(tx, [person_id])


def set_frequency(tx: Tx, person_id: str, frequency: Frequency) -> None:
    row = prompt_rows.get_choice(tx, person_id)
    if row.frequency != frequency:
        prompt_rows.set_choice(tx, person_id, row._replace(frequency=frequency.value))
        prompt_rows.mark_stale(tx, [person_id])


def note_away(tx: Tx, profile: Profile, now: datetime) -> None:
    """Record from the Slack status whether the person is away: prompts wait until they are back."""
    row = prompt_rows.get_choice(tx, profile.user_id)
    until = None
    if profile.away is not None:
        until = profile.away.until or now + AWAY_AT_MOST
    if row.away_until is not None and row.away_until <= now:
        row = row._replace(away_until=None)
    if until != row.away_until:
        prompt_rows.set_choice(tx, profile.user_id, row._replace(away_until=until))
        prompt_rows.mark_stale(tx, [profile.user_id])
