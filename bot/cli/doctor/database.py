"""Checks of the database and its content."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.cli.doctor.surroundings import CannotLookError, Surroundings
from bot.domain.calendars.wall_time import known_timezones
from bot.domain.doctor import RECENT, Finding, Sign, judge_deliveries, judge_keys, judge_space
from bot.services.reflections.vault import KeyState, Vault
from bot.services.sending.metrics import load_figures
from storage import look
from storage.engine import parse_database_url
from storage.erasures import is_live
from storage.migrate import SchemaState, revisions, schema_state
from storage.sqlite_file import why_no_database

_STATES = {
    SchemaState.EMPTY: Sign.DATABASE_EMPTY,
    SchemaState.OLDER: Sign.DATABASE_OLDER,
    SchemaState.NEWER: Sign.DATABASE_NEWER,
}


def look_at_database(here: Surroundings) -> Iterator[Finding]:
    """Reachable, of the right version, safe on its disk?"""
    url = _url(here)
    if wrong := why_no_database(url):
        yield Finding(Sign.DATABASE_FILE, {"problem": wrong})
        return
    try:
        with look.looking(url, here.patience) as tx:
            state = schema_state(tx.engine)
            version = look.server_version(tx)
            must_erase = state is SchemaState.CURRENT and not is_live(tx)
    except DBAPIError as error:
        yield Finding(Sign.DATABASE_AWAY, {"reason": " ".join(str(error.orig).split())})
        return
    if state in _STATES:
        yield Finding(_STATES[state])
    else:
        yield Finding(Sign.DATABASE_FINE, {"version": version, "revision": revisions()[-1]})
    if must_erase:
        yield Finding(Sign.NOT_ERASED_AGAIN)
    if url.get_backend_name() == "sqlite":
        yield from _file(url)


def _file(url: URL) -> Iterator[Finding]:
    path = Path(url.database or "").absolute()
    size = path.stat().st_size
    if size and not look.is_in_wal_mode(url):
        yield Finding(Sign.NOT_WAL)
    if path.stat().st_mode & 0o077:
        yield Finding(Sign.READ_BY_OTHERS, {"file": str(path)})
    yield judge_space(shutil.disk_usage(path.parent).free, size)


def look_for_damage(here: Surroundings) -> Iterator[Finding]:
    """Look for damage in SQLite only: PostgreSQL enforces its foreign keys and guards its files itself."""
    url = _url(here)
    if url.get_backend_name() != "sqlite":
        return
    if why_no_database(url):
        raise CannotLookError
    try:
        damage, loose = look.find_damage(url, here.patience)
    except TimeoutError:
        yield Finding(Sign.INTEGRITY_UNFINISHED, {"n": round(here.patience)})
        return
    if damage is not None:
        yield Finding(Sign.INTEGRITY_BROKEN, {"found": damage})
    if loose:
        yield Finding(Sign.LOOSE_ROWS, {"n": loose})
    if damage is None and not loose:
        yield Finding(Sign.INTEGRITY_FINE)


def look_at_keys(here: Surroundings) -> Iterator[Finding]:
    """Does the secret open every key?"""
    settings = here.settings
    with here.database() as tx:
        if settings.secret_key is None:
            vault = Vault(bytes(32))
            if keys := vault.count_unopenable(tx)[1]:
                yield Finding(Sign.KEYS_NO_SECRET, {"n": keys})
            return
        counts = Vault(settings.secret_key, settings.previous_secret_key).count_keys(tx)
    closed = counts[KeyState.UNKNOWN] + counts[KeyState.DAMAGED]
    yield from judge_keys(current=counts[KeyState.CURRENT], previous=counts[KeyState.PREVIOUS], closed=closed)


def look_at_zones(here: Surroundings) -> Iterator[Finding]:
    """Does this machine know the time zones of all people and programmes?"""
    with here.database() as tx:
        zones = look.count_by_zone(tx)
    unknown = {zone: people for zone, people in zones.items() if zone not in known_timezones()}
    if unknown:
        names, people = ", ".join(sorted(unknown)), sum(unknown.values())
        yield Finding(Sign.ZONES_UNKNOWN, {"zones": names, "n": people})
    else:
        yield Finding(Sign.ZONES_FINE)


def look_at_deliveries(here: Surroundings) -> Iterator[Finding]:
    """Late, failed, of unknown outcome, paused, set aside?"""
    since = here.now - RECENT
    with here.database() as tx:
        figures = load_figures(tx, here.now)
        failed, unknown = (look.count_due_since(tx, state, since) for state in ("failed", "unknown"))
    yield from judge_deliveries(
        behind=timedelta(seconds=figures.behind),
        late_after=timedelta(minutes=here.settings.late_minutes),
        failed=failed,
        unknown=unknown,
        pauses=figures.pauses,
        is_paused=figures.is_paused,
        set_aside=sum(figures.set_aside.values()),
    )


def _url(here: Surroundings) -> URL:
    try:
        return parse_database_url(here.settings.database_url)
    except ValueError as error:
        raise CannotLookError from error
