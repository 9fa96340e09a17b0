"""Checks of the settings, the files that operators edit, the backups, and the calendar data."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from zoneinfo import TZPATH

from bot.cli.doctor.surroundings import Surroundings
from bot.domain.backups import ManifestError, from_json, newest
from bot.domain.doctor import Finding, Sign, judge_backup, judge_holidays, judge_tzdata, years_to_know
from bot.domain.file_faults import FileFaultError
from bot.domain.privacy import fields_of
from bot.services.calendars.holidays import known_years
from bot.services.people.agency_book import read_agencies
from bot.services.privacy.erasures import ErasureListError, read_erasures
from bot.services.privacy.notice_file import read_notice
from bot.services.prompts.library import read_library
from storage import look
from storage.engine import DatabaseAddressError, parse_database_url
from storage.erasures import newest_number


def look_at_settings(here: Surroundings) -> Iterator[Finding]:
    """Every problem of the settings, and the features that are off because they are not set."""
    settings, problems = here.settings, list(here.problems)
    try:
        parse_database_url(settings.database_url)
    except DatabaseAddressError as error:
        problems.append(error.sentence)
    yield from (Finding(Sign.SETTING_WRONG, {"problem": problem}) for problem in problems)
    wrong = {problem.params.get("meant", problem.params["name"]) for problem in problems}
    for name, value, sign in (
        ("KAIKU_SECRET_KEY", settings.secret_key, Sign.NO_SECRET_KEY),
        ("KAIKU_COORDINATORS", settings.coordinators, Sign.NO_COORDINATORS),
        ("KAIKU_PUBLIC_URL", settings.public_url, Sign.NO_PUBLIC_URL),
    ):
        if not value and name not in wrong:
            yield Finding(sign)
    if not problems:
        yield Finding(Sign.SETTINGS_FINE)


def look_at_files(here: Surroundings) -> Iterator[Finding]:
    """Agencies, questions and the privacy notice."""
    faults = [
        *_faults(read_agencies, here.agencies),
        *_faults(read_library, here.library),
        *_faults(read_notice, here.notice),
    ]
    yield from faults
    if not faults:
        gaps = fields_of(read_notice(here.notice).gaps)
        yield Finding(Sign.NOTICE_GAPS, {"fields": ", ".join(gaps)}) if gaps else Finding(Sign.FILES_FINE)


def _faults(read: Callable[[Path], object], path: Path) -> Iterator[Finding]:
    try:
        read(path)
    except FileFaultError as error:
        for fault in error.faults:
            yield Finding(Sign.FILE_WRONG, {"file": error.file or path.name, "problem": fault})
    except OSError as error:
        yield Finding(Sign.FILE_WRONG, {"file": path.name, "problem": str(error.strerror)})


def look_at_backups(here: Surroundings) -> Iterator[Finding]:
    """How old is the newest backup, and is its file there? `kaiku backup --verify` checks its content."""
    if not here.settings.backup_dir:
        yield Finding(Sign.BACKUPS_UNSET)
        return
    folder = Path(here.settings.backup_dir)
    name = newest([each.name for each in folder.iterdir()]) if folder.is_dir() else None
    if name is None:
        yield Finding(Sign.BACKUPS_NONE, {"folder": str(folder)})
        return
    try:
        manifest = from_json((folder / name).read_text(encoding="utf-8"))
        is_whole = (folder / manifest.file).stat().st_size == manifest.size
    except (ManifestError, OSError, UnicodeDecodeError):
        is_whole = False
    if is_whole:
        yield judge_backup(manifest.made_at, here.now)
    else:
        yield Finding(Sign.BACKUP_BROKEN, {"file": str(folder / name)})


def look_at_erasures(here: Surroundings) -> Iterator[Finding]:
    """Is the list of erasures in its place, and does it name all that the database knows of?"""
    if not here.settings.erasures:
        yield Finding(Sign.ERASURES_UNSET)
        return
    path = Path(here.settings.erasures)
    try:
        listed = max((each.number for each in read_erasures(path.read_text(encoding="utf-8"))), default=0)
    except (ErasureListError, OSError, UnicodeDecodeError):
        yield Finding(Sign.ERASURES_MISSING, {"file": str(path)})
        return
    with here.database() as tx:
        newest = newest_number(tx)
    is_old = listed < newest
    yield Finding(Sign.ERASURES_OLD, {"file": str(path)}) if is_old else Finding(Sign.ERASURES_FINE)


def look_at_calendar(here: Surroundings) -> Iterator[Finding]:
    """Are clock changes and holidays known up to the plan's last session?"""
    yield judge_tzdata(_tzdata_version(), here.now.date())
    with here.database() as tx:
        last = look.last_session_day(tx)
    today = here.now.date()
    years = years_to_know(last, today) if last is not None else ()
    yield judge_holidays(last, known_years(years), today)


def _tzdata_version() -> str | None:
    """The version of the machine's time zone files, or of the Python package where there are none."""
    for folder in TZPATH:
        for name in ("+VERSION", "tzdata.zi"):
            path = Path(folder, name)
            if path.is_file():
                with path.open(encoding="utf-8") as file:
                    return file.readline().removeprefix("# version ").strip() or None
    try:
        return str(import_module("tzdata").IANA_VERSION)
    except (ModuleNotFoundError, AttributeError):
        return None
