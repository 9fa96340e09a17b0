"""Settings from the environment: read once, checked together, frozen."""

import base64
import os
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, LiteralString, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from bot.domain.calendars.wall_time import known_timezones
from bot.domain.language import LANGUAGES
from bot.i18n import Sentence

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SECRETS = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_CLIENT_SECRET",
    "SLACK_REFRESH_TOKEN",
    "KAIKU_DATABASE_URL",
    "KAIKU_SECRET_KEY",
    "KAIKU_SECRET_KEY_PREVIOUS",
)
"""Settings that may stand in a file instead, which ``<name>_FILE`` names: container secrets are files."""

NOT_OURS = ("KAIKU_TEST_", "KAIKU_BENCH_")
"""Beginnings of variables that only the tests and the benchmark read."""

USER_ID = re.compile(r"[UW][A-Z0-9]{2,31}")

TEAM_ID = re.compile(r"T[A-Z0-9]{2,31}")

KEY_BYTES = 32
SHORTEST_SECRET = 8


class ConfigError(ValueError):
    """Settings are missing or ill-formed; ``problems`` has a sentence for each."""

    def __init__(self, problems: list[Sentence]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def _wrong(key: LiteralString, **params: str | int) -> PydanticCustomError:
    """A wrong value; ``key`` is that of its sentence, which begins with the setting's name."""
    return PydanticCustomError(key, "wrong", params)


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise _wrong("config.no_language", languages=", ".join(LANGUAGES))
    return value


def _timezone(value: str) -> str:
    if value not in known_timezones():
        raise _wrong("config.no_zone")
    return value


def _bot_token(value: str) -> str:
    if not value.startswith(("xoxb-", "xoxe.xoxb-")):
        raise _wrong("config.no_bot_token")
    return value


def _team_id(value: str) -> str:
    if value and not TEAM_ID.fullmatch(value):
        raise _wrong("config.no_team_id")
    return value


def _refresh_token(value: object) -> object:
    """None for an empty value."""
    if value and not str(value).startswith("xoxe-"):
        raise _wrong("config.no_refresh_token")
    return value or None


def _app_token(value: object) -> object:
    """None for an empty value."""
    if value and not str(value).startswith("xapp-"):
        raise _wrong("config.no_app_token")
    return value or None


def _signing_secret(value: str, known: ValidationInfo) -> str:
    if not value and known.data.get("app_token", "ill-formed") is None:
        raise _wrong("config.no_signing_secret")
    if value and len(value) < SHORTEST_SECRET:
        raise _wrong("config.too_short")
    return value


def _renewable(value: str | None, known: ValidationInfo) -> str | None:
    """Check that a refresh token has what its renewal and its storage need."""
    needed = {
        "client_id": "SLACK_CLIENT_ID",
        "client_secret": "SLACK_CLIENT_SECRET",
        "secret_key": "KAIKU_SECRET_KEY",
    }
    lacking = [name for field, name in needed.items() if field in known.data and not known.data[field]]
    if value is not None and lacking:
        raise _wrong("config.needs_too", others=", ".join(lacking))
    return value


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


def _on_or_off(value: object) -> object:
    if value not in {"on", "off", "", True, False}:
        raise _wrong("config.on_or_off")
    return value in {"on", True}


def _comma_separated(value: object) -> object:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


def _user_ids(value: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := [each for each in value if not USER_ID.fullmatch(each)]:
        raise _wrong("config.no_user_id", wrong=wrong[0])
    return value


def _api_url(value: str) -> str:
    if not value.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
        raise _wrong("config.no_https")
    return value if value.endswith("/") else f"{value}/"


def _public_url(value: str) -> str | None:
    """The address without its last slash. It is put into links and messages unescaped, so it is checked
    strictly."""
    if not value:
        return None
    found = re.fullmatch(r"(https?)://([\w.-]+|\[[0-9a-f:]+\])(:\d{1,5})?(/[\w./~-]*)?", value, re.ASCII)
    if found is None or (found[1] == "http" and found[2] not in {"127.0.0.1", "localhost", "[::1]"}):
        raise _wrong("config.no_https")
    return value.rstrip("/")


def _secret_key(value: object) -> object:
    """32 bytes in urlsafe base64; None for an empty value."""
    if not isinstance(value, str) or not value:
        return value or None
    try:
        key = base64.b64decode(value, altchars=b"-_", validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise _wrong("config.no_secret_key", bytes=KEY_BYTES)
    return key


SecretKey = Annotated[bytes | None, BeforeValidator(_secret_key)]


class _FromEnvironment(BaseModel):
    """Fields are filled from the environment variables that their aliases name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def read(cls) -> Self:
        """Raises ConfigError naming all problems at once."""
        environment, problems = _with_files(os.environ)
        problems += _slips(os.environ)
        try:
            settings = cls.model_validate(environment)
        except ValidationError as error:
            problems += map(_problem, error.errors())
        if problems:
            raise ConfigError(problems)
        return settings


class Settings(_FromEnvironment):
    """Everything the operator sets. Names are the environment variables; see docs/operating.md."""

    bot_token: Annotated[str, AfterValidator(_bot_token)] = Field(
        validation_alias="SLACK_BOT_TOKEN", repr=False
    )
    app_token: Annotated[str | None, BeforeValidator(_app_token)] = Field(
        default=None, validation_alias="SLACK_APP_TOKEN", repr=False
    )
    signing_secret: Annotated[str, AfterValidator(_signing_secret)] = Field(
        default="", validate_default=True, validation_alias="SLACK_SIGNING_SECRET", repr=False
    )
    client_id: str = Field(default="", validation_alias="SLACK_CLIENT_ID")
    client_secret: str = Field(default="", validation_alias="SLACK_CLIENT_SECRET", repr=False)
    team_id: Annotated[str, AfterValidator(_team_id)] = Field(default="", validation_alias="SLACK_TEAM_ID")
    api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        default="https://slack.com/api/", validation_alias="SLACK_API_URL"
    )
    database_url: str = Field(default="sqlite:///kaiku.db", validation_alias="KAIKU_DATABASE_URL")
    host: str = Field(default="127.0.0.1", validation_alias="KAIKU_HOST")
    port: int = Field(default=3000, ge=0, le=65535, validation_alias="KAIKU_PORT")
    metrics_port: Annotated[int | None, Field(ge=0, le=65535), BeforeValidator(_none_if_empty)] = Field(
        default=None, validation_alias="KAIKU_METRICS_PORT"
    )
    public_url: Annotated[str | None, BeforeValidator(_public_url)] = Field(
        default=None, validation_alias="KAIKU_PUBLIC_URL"
    )
    coordinators: Annotated[tuple[str, ...], BeforeValidator(_comma_separated), AfterValidator(_user_ids)] = (
        Field(default=(), validation_alias="KAIKU_COORDINATORS")
    )
    language: Annotated[str, AfterValidator(_language)] = Field(
        default="fi", validation_alias="KAIKU_LANGUAGE"
    )
    timezone: Annotated[str, AfterValidator(_timezone)] = Field(
        default="Europe/Helsinki", validation_alias="KAIKU_TIMEZONE"
    )
    seat_hold_days: int = Field(default=1, ge=0, le=30, validation_alias="KAIKU_SEAT_HOLD_DAYS")
    secret_key: SecretKey = Field(default=None, validation_alias="KAIKU_SECRET_KEY", repr=False)
    previous_secret_key: SecretKey = Field(
        default=None, validation_alias="KAIKU_SECRET_KEY_PREVIOUS", repr=False
    )
    refresh_token: Annotated[str | None, BeforeValidator(_refresh_token), AfterValidator(_renewable)] = Field(
        default=None, validate_default=True, validation_alias="SLACK_REFRESH_TOKEN", repr=False
    )
    late_minutes: int = Field(default=15, ge=1, le=1440, validation_alias="KAIKU_LATE_MINUTES")
    channels: Annotated[bool, BeforeValidator(_on_or_off)] = Field(
        default=False, validation_alias="KAIKU_CHANNELS"
    )
    log_format: Annotated[str, Field(pattern="^(text|json)$")] = Field(
        default="text", validation_alias="KAIKU_LOG_FORMAT"
    )
    backup_dir: str = Field(default="", validation_alias="KAIKU_BACKUP_DIR")
    erasures: str = Field(default="", validation_alias="KAIKU_ERASURES")

    @classmethod
    def look(cls) -> tuple[Self, list[Sentence]]:
        """The settings, with defaults for wrong values, and all problems, so that the doctor can check the
        rest. A wrong or missing token is empty."""
        environment, problems = _with_files(os.environ)
        problems += _slips(os.environ)
        try:
            return cls.model_validate(environment), problems
        except ValidationError as error:
            problems += map(_problem, error.errors())
            wrong = {str(found["loc"][0]) for found in error.errors()}
        right = {}
        for name, field in cls.model_fields.items():
            alias = str(field.validation_alias)
            if alias in environment and not wrong & {alias, name}:
                right[alias] = environment[alias]
        stand_in = {"SLACK_BOT_TOKEN": "xoxb-", "SLACK_SIGNING_SECRET": "x" * SHORTEST_SECRET}
        settings = cls.model_validate(stand_in | right)
        no_token = {} if "SLACK_BOT_TOKEN" in right else {"bot_token": ""}
        return settings.model_copy(update=no_token), problems


class DatabaseSettings(_FromEnvironment):
    """The settings of commands that only use the database."""

    database_url: str = Field(default="sqlite:///kaiku.db", validation_alias="KAIKU_DATABASE_URL")


class SlackSettings(_FromEnvironment):
    """The settings of commands that ask Slack something; without a token they can't."""

    bot_token: str = Field(default="", validation_alias="SLACK_BOT_TOKEN", repr=False)
    api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        default="https://slack.com/api/", validation_alias="SLACK_API_URL"
    )


class KeySettings(DatabaseSettings):
    """The settings of commands that manage people's keys."""

    secret_key: SecretKey = Field(default=None, validation_alias="KAIKU_SECRET_KEY", repr=False)
    previous_secret_key: SecretKey = Field(
        default=None, validation_alias="KAIKU_SECRET_KEY_PREVIOUS", repr=False
    )


def _known() -> frozenset[str]:
    """The names of all settings."""
    names = {str(field.validation_alias) for field in Settings.model_fields.values()}
    return frozenset(names | {f"{name}_FILE" for name in SECRETS})


def _slips(environment: Mapping[str, str]) -> Iterator[Sentence]:
    """Variables that look like misspelt settings, which would have no effect."""
    known = _known()
    for name in environment:
        if name in known or not name.startswith(("KAIKU_", "SLACK_")) or name.startswith(NOT_OURS):
            continue
        if meant := get_close_matches(name, known, n=1, cutoff=0.85):
            yield Sentence("config.slip", name=name, meant=meant[0])


def _with_files(environment: Mapping[str, str]) -> tuple[dict[str, str], list[Sentence]]:
    """The environment with the content of the files that ``<name>_FILE`` name, and the problems of these."""
    found, problems = dict(environment), list[Sentence]()
    for name in SECRETS:
        file = environment.get(f"{name}_FILE")
        if not file:
            continue
        if environment.get(name):
            problems.append(Sentence("config.both_set", name=name))
            continue
        try:
            found[name] = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "UTF-8"
            problems.append(Sentence("config.file_not_read", name=name, reason=reason))
    return found, problems


_KINDS = {
    "missing": "config.not_set",
    "string_pattern_mismatch": "config.no_log_format",
    "greater_than_equal": "config.too_small",
    "less_than_equal": "config.too_large",
    "int_parsing": "config.no_number",
    "int_type": "config.no_number",
}
"""The kinds of pydantic's errors, with the keys of our sentences."""


def _problem(error: "ErrorDetails") -> Sentence:
    # pydantic's own text would repeat the value, which may be a secret.
    name, kind = str(error["loc"][0]), error["type"]
    if name in Settings.model_fields:  # pydantic names a default by its field, and a set value by its alias
        name = str(Settings.model_fields[name].validation_alias)
    bounds = error.get("ctx", {})
    if kind.startswith("config."):
        return Sentence(kind, name=name, **bounds)
    if kind in _KINDS:
        return Sentence(_KINDS[kind], name=name, **bounds)
    return Sentence("config.wrong", name=name, reason=error["msg"])
