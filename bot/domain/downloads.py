"""Files that a person fetches once, at an address that is theirs alone."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

LASTS: Final = timedelta(hours=1)
"""From the click in Slack until the address is of no use any more."""


class DownloadKind(StrEnum):
    """What is in the file. ``Download.about`` narrows it: for a roster it is the offering's code; for a
    report too, or empty for the whole programme."""

    ROSTER = "roster"
    MY_DATA = "my_data"
    REPORT = "report"


class FileFormat(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    HTML = "html"
    JSON = "json"
    ZIP = "zip"


CONTENT_TYPES: Final = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.HTML: "text/html; charset=utf-8",
    FileFormat.JSON: "application/json; charset=utf-8",
    FileFormat.ZIP: "application/zip",
}


class Download(Struct, frozen=True):
    """One address: whose it is, for what, and until when; ``used`` once its file has been delivered."""

    person_id: str
    kind: DownloadKind
    about: str
    expires_at: datetime
    used: bool = False

    def is_good(self, now: datetime) -> bool:
        return not self.used and now < self.expires_at


class DownloadPage(Struct, frozen=True):
    """What the page at the address shows before anything is fetched. ``contents`` are sentences in the
    person's language."""

    language: str
    timezone: str
    expires_at: datetime
    formats: tuple[FileFormat, ...]
    heading: str
    contents: tuple[str, ...]
