"""What the doctor looks at, what it may find there, and how bad that is."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct, field


class Check(StrEnum):
    """A part that the doctor examines by itself."""

    SETTINGS = "settings"
    DATABASE = "database"
    INTEGRITY = "integrity"
    SLACK = "slack"
    SOCKET = "socket"
    ADDRESS = "address"
    KEYS = "keys"
    BACKUPS = "backups"
    ERASURES = "erasures"
    FILES = "files"
    ZONES = "zones"
    DELIVERIES = "deliveries"
    CALENDAR = "calendar"


class Level(StrEnum):
    """How bad a finding is."""

    FINE = "fine"
    WARNING = "warning"
    BROKEN = "broken"


class Sign(StrEnum):
    """What may be found. The catalogues have a sentence for each, with what to do about it."""

    CHECK_FAILED = "check_failed"
    CHECK_SLOW = "check_slow"
    NOT_CHECKED = "not_checked"

    SETTINGS_FINE = "settings_fine"
    SETTING_WRONG = "setting_wrong"
    NO_SECRET_KEY = "no_secret_key"  # noqa: S105 - a word
    NO_COORDINATORS = "no_coordinators"
    NO_PUBLIC_URL = "no_public_url"

    DATABASE_FINE = "database_fine"
    DATABASE_FILE = "database_file"
    DATABASE_AWAY = "database_away"
    DATABASE_EMPTY = "database_empty"
    DATABASE_OLDER = "database_older"
    DATABASE_NEWER = "database_newer"
    NOT_ERASED_AGAIN = "not_erased_again"
    NOT_WAL = "not_wal"
    READ_BY_OTHERS = "read_by_others"
    SPACE_FINE = "space_fine"
    SPACE_LOW = "space_low"
    SPACE_GONE = "space_gone"
    INTEGRITY_FINE = "integrity_fine"
    INTEGRITY_BROKEN = "integrity_broken"
    INTEGRITY_UNFINISHED = "integrity_unfinished"
    LOOSE_ROWS = "loose_rows"

    SLACK_FINE = "slack_fine"
    ORG_FINE = "org_fine"
    ORG_NO_TEAM = "org_no_team"
    ORG_OTHER_TEAM = "org_other_team"
    SLACK_REFUSES = "slack_refuses"
    SLACK_AWAY = "slack_away"
    CLOCK_FINE = "clock_fine"
    CLOCK_OFF = "clock_off"
    CLOCK_WRONG = "clock_wrong"
    CLOCK_UNKNOWN = "clock_unknown"
    SCOPES_FINE = "scopes_fine"
    SCOPES_UNKNOWN = "scopes_unknown"
    SCOPE_LACKING = "scope_lacking"
    SCOPE_LEFT_OUT = "scope_left_out"
    SOCKET_FINE = "socket_fine"
    SOCKET_OFF = "socket_off"
    SOCKET_REFUSED = "socket_refused"
    ADDRESS_FINE = "address_fine"
    ADDRESS_AWAY = "address_away"
    ADDRESS_WRONG = "address_wrong"

    KEYS_FINE = "keys_fine"
    KEYS_CLOSED = "keys_closed"
    KEYS_PREVIOUS = "keys_previous"
    KEYS_NO_SECRET = "keys_no_secret"  # noqa: S105 - a word

    BACKUPS_UNSET = "backups_unset"
    BACKUPS_NONE = "backups_none"
    BACKUP_FINE = "backup_fine"
    BACKUP_OLD = "backup_old"
    BACKUP_TOO_OLD = "backup_too_old"
    BACKUP_BROKEN = "backup_broken"

    ERASURES_FINE = "erasures_fine"
    ERASURES_UNSET = "erasures_unset"
    ERASURES_MISSING = "erasures_missing"
    ERASURES_OLD = "erasures_old"

    FILES_FINE = "files_fine"
    FILE_WRONG = "file_wrong"
    NOTICE_GAPS = "notice_gaps"

    ZONES_FINE = "zones_fine"
    ZONES_UNKNOWN = "zones_unknown"

    DELIVERIES_FINE = "deliveries_fine"
    LATE = "late"
    FAILED = "failed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    PAUSED = "paused"
    SENDING_PAUSED = "sending_paused"
    SET_ASIDE = "set_aside"

    NO_PLAN = "no_plan"
    HOLIDAYS_FINE = "holidays_fine"
    HOLIDAYS_MISSING = "holidays_missing"
    TZDATA_FINE = "tzdata_fine"
    TZDATA_OLD = "tzdata_old"
    TZDATA_UNKNOWN = "tzdata_unknown"


_WARNINGS: Final = frozenset(
    {
        Sign.NOT_CHECKED,
        Sign.NO_SECRET_KEY,
        Sign.NO_COORDINATORS,
        Sign.NO_PUBLIC_URL,
        Sign.NOT_WAL,
        Sign.READ_BY_OTHERS,
        Sign.SPACE_LOW,
        Sign.INTEGRITY_UNFINISHED,
        Sign.CLOCK_OFF,
        Sign.CLOCK_UNKNOWN,
        Sign.SCOPES_UNKNOWN,
        Sign.SCOPE_LEFT_OUT,
        Sign.ADDRESS_AWAY,
        Sign.KEYS_PREVIOUS,
        Sign.BACKUPS_UNSET,
        Sign.BACKUP_OLD,
        Sign.ERASURES_UNSET,
        Sign.NOTICE_GAPS,
        Sign.ZONES_UNKNOWN,
        Sign.FAILED,
        Sign.OUTCOME_UNKNOWN,
        Sign.PAUSED,
        Sign.SENDING_PAUSED,
        Sign.SET_ASIDE,
        Sign.NO_PLAN,
        Sign.TZDATA_OLD,
        Sign.TZDATA_UNKNOWN,
    }
)


class Finding(Struct, frozen=True):
    """One line of the doctor's report; ``params`` are those of its sentence."""

    sign: Sign
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        if self.sign in _WARNINGS:
            return Level.WARNING
        is_fine = self.sign.endswith("_fine") or self.sign is Sign.SOCKET_OFF
        return Level.FINE if is_fine else Level.BROKEN


Report = Mapping[Check, tuple[Finding, ...]]

EXIT_CODES: Final = {Level.FINE: 0, Level.BROKEN: 1, Level.WARNING: 3}
"""2 is for wrong usage, as everywhere."""


def worst(findings: Iterable[Finding]) -> Level:
    found = {finding.level for finding in findings}
    return next((level for level in (Level.BROKEN, Level.WARNING) if level in found), Level.FINE)


SLACK_BELIEVES = timedelta(minutes=5)
"""How far our clock may differ from the timestamp of a signed request before it is refused."""

CLOCK_NOTICED = timedelta(seconds=30)


def judge_clock(ours: datetime, slacks: datetime | None) -> Finding:
    if slacks is None:
        return Finding(Sign.CLOCK_UNKNOWN)
    off = abs(ours - slacks)
    seconds = round(off.total_seconds())
    if off >= SLACK_BELIEVES:
        return Finding(Sign.CLOCK_WRONG, {"n": seconds})
    return Finding(Sign.CLOCK_OFF if off >= CLOCK_NOTICED else Sign.CLOCK_FINE, {"n": seconds})


def judge_scopes(
    wanted: Collection[str], optional: Collection[str], granted: Collection[str] | None
) -> Iterator[Finding]:
    """``granted`` is None where Slack did not say."""
    if granted is None:
        yield Finding(Sign.SCOPES_UNKNOWN)
        return
    lacking = sorted(set(wanted) - set(granted))
    for scope in lacking:
        yield Finding(Sign.SCOPE_LEFT_OUT if scope in optional else Sign.SCOPE_LACKING, {"scope": scope})
    if not lacking:
        yield Finding(Sign.SCOPES_FINE, {"n": len(wanted)})


def judge_organisation(team_id: str, workspaces: Mapping[str, str]) -> Finding:
    """For an app that is installed for a whole organisation. ``workspaces``: names of the workspaces that it
    was added to, by id."""
    named = ", ".join(f"{each} ({name})" for each, name in sorted(workspaces.items())) or "–"
    if not team_id:
        return Finding(Sign.ORG_NO_TEAM, {"workspaces": named})
    if team_id not in workspaces:
        return Finding(Sign.ORG_OTHER_TEAM, {"team": team_id, "workspaces": named})
    return Finding(Sign.ORG_FINE, {"team": workspaces[team_id], "workspaces": named})


BACKUP_EXPECTED = timedelta(hours=48)
BACKUP_NEEDED = timedelta(days=7)


def judge_backup(made_at: datetime, now: datetime) -> Finding:
    age = now - made_at
    sign = Sign.BACKUP_FINE
    if age >= BACKUP_EXPECTED:
        sign = Sign.BACKUP_TOO_OLD if age >= BACKUP_NEEDED else Sign.BACKUP_OLD
    return Finding(sign, {"n": max(0, round(age.total_seconds() / 3600))})


MEGABYTE = 1_000_000
SPACE_NEEDED = 100 * MEGABYTE


def judge_space(free: int, used: int) -> Finding:
    """Judge the free disk space: a migration and a backup each need as much as the database takes."""
    said = {"free": free // MEGABYTE, "used": used // MEGABYTE}
    if free < SPACE_NEEDED:
        return Finding(Sign.SPACE_GONE, said)
    return Finding(Sign.SPACE_LOW if free < SPACE_NEEDED + 2 * used else Sign.SPACE_FINE, said)


RECENT = timedelta(days=14)
"""What failed longer ago has been seen, or helps nobody any more."""


def judge_deliveries(
    *,
    behind: timedelta,
    late_after: timedelta,
    failed: int,
    unknown: int,
    pauses: Collection[str],
    is_paused: bool,
    set_aside: int,
) -> Iterator[Finding]:
    found = []
    if behind > late_after:
        found.append(Finding(Sign.LATE, {"n": round(behind.total_seconds() / 60)}))
    for sign, n in ((Sign.FAILED, failed), (Sign.OUTCOME_UNKNOWN, unknown), (Sign.SET_ASIDE, set_aside)):
        if n:
            found.append(Finding(sign, {"n": n}))
    if is_paused:
        found.append(Finding(Sign.SENDING_PAUSED))
    if pauses:
        found.append(Finding(Sign.PAUSED, {"methods": ", ".join(sorted(pauses))}))
    yield from found or [Finding(Sign.DELIVERIES_FINE)]


def judge_keys(*, current: int, previous: int, closed: int) -> Iterator[Finding]:
    if closed:
        yield Finding(Sign.KEYS_CLOSED, {"n": closed})
    if previous:
        yield Finding(Sign.KEYS_PREVIOUS, {"n": previous})
    if not closed and not previous:
        yield Finding(Sign.KEYS_FINE, {"n": current})


def years_to_know(last: date, today: date) -> range:
    """The years from today to the last session; for a plan that is over, its last year."""
    return range(min(today.year, last.year), last.year + 1)


def judge_holidays(last: date | None, known: Collection[int], today: date) -> Finding:
    """``known``: the years whose holidays this machine knows; ``last``: when the plan's last session is."""
    if last is None:
        return Finding(Sign.NO_PLAN)
    for year in years_to_know(last, today):
        if year not in known:
            return Finding(Sign.HOLIDAYS_MISSING, {"year": str(year)})
    return Finding(Sign.HOLIDAYS_FINE, {"day": last.isoformat()})


TZDATA_YEARS = 2


def judge_tzdata(version: str | None, today: date) -> Finding:
    """Judge the age of the time zone data by its version, such as 2025b: countries change their clocks at
    short notice."""
    if version is None or not version[:4].isdigit():
        return Finding(Sign.TZDATA_UNKNOWN)
    is_old = today.year - int(version[:4]) >= TZDATA_YEARS
    return Finding(Sign.TZDATA_OLD if is_old else Sign.TZDATA_FINE, {"version": version})
