"""Runs all checks side by side; one that fails or hangs never stops the rest."""

import threading
import time
from collections.abc import Callable, Iterable

from bot.cli.doctor.database import (
    look_at_database,
    look_at_deliveries,
    look_at_keys,
    look_at_zones,
    look_for_damage,
)
from bot.cli.doctor.files import (
    look_at_backups,
    look_at_calendar,
    look_at_erasures,
    look_at_files,
    look_at_settings,
)
from bot.cli.doctor.slack import look_at_address, look_at_slack, look_at_socket
from bot.cli.doctor.surroundings import CannotLookError, Surroundings
from bot.domain.doctor import Check, Finding, Report, Sign

Looking = Callable[[Surroundings], Iterable[Finding]]

CHECKS: dict[Check, Looking] = {
    Check.SETTINGS: look_at_settings,
    Check.DATABASE: look_at_database,
    Check.INTEGRITY: look_for_damage,
    Check.SLACK: look_at_slack,
    Check.SOCKET: look_at_socket,
    Check.ADDRESS: look_at_address,
    Check.KEYS: look_at_keys,
    Check.BACKUPS: look_at_backups,
    Check.ERASURES: look_at_erasures,
    Check.FILES: look_at_files,
    Check.ZONES: look_at_zones,
    Check.DELIVERIES: look_at_deliveries,
    Check.CALENDAR: look_at_calendar,
}


def examine(here: Surroundings, checks: dict[Check, Looking] = CHECKS) -> Report:
    """The findings of all checks, in the order of the checks."""
    found: dict[Check, list[Finding]] = {check: [] for check in checks}
    threads = {
        check: threading.Thread(target=_note, args=(look, here, found[check]), daemon=True)
        for check, look in checks.items()
    }
    until = time.monotonic() + here.seconds
    for thread in threads.values():
        thread.start()
    report = {}
    for check, thread in threads.items():
        thread.join(max(0.0, until - time.monotonic()))
        slow = [Finding(Sign.CHECK_SLOW, {"n": round(here.seconds)})] if thread.is_alive() else []
        report[check] = (*found[check], *slow)
    return report


def _note(look: Looking, here: Surroundings, found: list[Finding]) -> None:
    try:
        for finding in look(here):
            found.append(finding)
    except CannotLookError:
        found.append(Finding(Sign.NOT_CHECKED))
    except Exception as error:
        found.append(Finding(Sign.CHECK_FAILED, {"reason": f"{type(error).__name__}: {error}"}))
