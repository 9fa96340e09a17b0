"""Privacy notices: the shipped one, changed as a controller would change it."""

import json
from typing import Any

import yaml

from bot.domain.privacy import LOCKABLE, DataKind, PrivacyNotice
from bot.services.privacy.notice_file import (
    MAX_NAME,
    MAX_PARAGRAPH,
    MAX_SENTENCE,
    MOST_ITEMS,
    NOTICE_FILE,
    parse_notice,
)

CHANGED = {
    "fi": "Lokien säilytysaika on lyhentynyt kuuteen kuukauteen.",
    "sv": "Loggarna sparas nu i sex månader.",
    "en": "Logs are now kept for six months.",
}


def shipped() -> dict[str, Any]:
    """The content of the shipped file, for a test to change."""
    content: dict[str, Any] = yaml.load(NOTICE_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return content


def as_file(content: dict[str, Any]) -> bytes:
    """The content as a file. By way of JSON, because YAML would write what is the same twice as an alias."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def notice_of(content: dict[str, Any]) -> PrivacyNotice:
    return parse_notice(as_file(content))


def second_version(**changes: Any) -> PrivacyNotice:
    """The shipped notice as version 2, which says what changed."""
    return notice_of(shipped() | {"version": "2", "changed": CHANGED} | changes)


RULE = {
    "fi": "Hankkeen menojen tarkastus, 24 kuukautta poistosta.",
    "sv": "Granskningen av programmets utgifter, 24 månader från raderingen.",
    "en": "The audit of the programme's spending, 24 months from the erasure.",
}


def with_locks(*kinds: DataKind, months: int = 24) -> PrivacyNotice:
    """The shipped notice of a controller whose rule requires that these kinds be kept of the erased."""
    content = shipped()
    for each in content["retention"]:
        if each["kind"] in kinds:
            each["lock"] = {"rule": RULE, "months": str(months)}
    return notice_of(content)


def longest_notice() -> PrivacyNotice:
    """Every list as long, and every text of it, as the check lets it be."""
    content = shipped()
    name, sentence, paragraph = (texts("x" * most) for most in (MAX_NAME, MAX_SENTENCE, MAX_PARAGRAPH))
    kinds = list(DataKind)
    purpose = {"name": name, "what": paragraph, "basis": paragraph, "kinds": kinds}
    processor = {"name": name, "what": paragraph, "transfers": paragraph}
    kept = [each | {"what": sentence, "period": sentence} for each in content["retention"]]
    kept = [
        each | ({"lock": {"rule": sentence, "days": 1}} if each["kind"] in LOCKABLE else {}) for each in kept
    ]
    lists = {key: [paragraph] * MOST_ITEMS for key in ("sources", "recipients", "rights")}
    lists |= {"purposes": [purpose] * MOST_ITEMS, "processors": [processor] * MOST_ITEMS, "retention": kept}
    return notice_of(content | lists)


def texts(text: str) -> dict[str, str]:
    return dict.fromkeys(("fi", "sv", "en"), text)
