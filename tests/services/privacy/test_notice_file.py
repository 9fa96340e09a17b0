"""The privacy notice is checked like a plan: every fault with its line and its remedy."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.file_faults import FaultCode, FileFaultError
from bot.domain.language import LANGUAGES
from bot.domain.privacy import DataKind
from bot.i18n import words_for
from bot.services.privacy.notice_file import MOST_ITEMS, NOTICE_FILE, parse_notice, read_notice
from bot.views.file_faults import lines_for
from tests.support.notices import CHANGED, RULE, as_file, notice_of, second_version, shipped, texts

Content = dict[str, Any]


def faults_of(content: Content) -> list[tuple[str, str]]:
    with pytest.raises(FileFaultError) as found:
        notice_of(content)
    return [(fault.field, fault.code) for fault in found.value.faults]


def test_the_shipped_notice_says_everything_in_every_language() -> None:
    notice = read_notice()
    assert notice.version == 1
    every = [notice.complaint, *notice.rights, *notice.sources, *notice.recipients]
    every += [text for each in notice.purposes for text in (each.name, each.what, each.basis)]
    every += [text for each in notice.processors for text in (each.name, each.what, each.transfers)]
    every += [text for each in notice.retention for text in (each.what, each.period)]
    for text in every:
        assert set(text) == set(LANGUAGES)
        assert len(set(text.values())) == len(LANGUAGES), text


def test_the_shipped_notice_names_what_the_authority_has_to_fill_in() -> None:
    raw = NOTICE_FILE.read_text(encoding="utf-8").splitlines()
    gaps = read_notice().gaps
    fields = {each.field for each in gaps}
    assert {
        "controller.name.fi",
        "contact.email",
        "officer.name.sv",
        "complaint.authority.email",
    } - fields == {"complaint.authority.email"}
    assert all("[" in "".join(raw[each.line - 1 : each.line + 4]) for each in gaps)


def test_a_notice_without_placeholders_has_no_gaps() -> None:
    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        return value.replace("[TÄYDENNÄ / FYLL I / FILL IN]", "kirjaamo@virasto.example").replace("[", "")

    assert notice_of(filled(shipped())).gaps == ()


KEEP = {"months": "12", "after": "programme"}
LOGS = [each.kind for each in read_notice().retention].index(DataKind.LOGS)


def without(*path: str | int) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        here: Any = content
        for part in path[:-1]:
            here = here[part]
        del here[path[-1]]

    return change


def with_value(value: Any, *path: str | int) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        here: Any = content
        for part in path[:-1]:
            here = here[part]
        here[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        (without("controller"), "controller", FaultCode.KEY_MISSING),
        (without("officer", "email"), "officer.email", FaultCode.KEY_MISSING),
        (without("rights", 0, "sv"), "rights[#1].sv", FaultCode.TEXT_MISSING_SV),
        (without("purposes", 1, "basis", "en"), "purposes[#2].basis.en", FaultCode.TEXT_MISSING_EN),
        (with_value("nobody", "contact", "email"), "contact.email", FaultCode.NOT_AN_EMAIL),
        (with_value([], "recipients"), "recipients", FaultCode.LIST_EMPTY),
        (with_value([texts("x")] * (MOST_ITEMS + 1), "rights"), "rights", FaultCode.LIST_TOO_LONG),
        (with_value("shoes", "retention", 0, "kind"), "retention[#1].kind", FaultCode.NOT_A_DATA_KIND),
        (with_value("drafts", "retention", 0, "kind"), "retention", FaultCode.DATA_KIND_MISSING),
        (with_value("enrolments", "retention", 0, "kind"), "retention[#2].kind", FaultCode.DATA_KIND_TWICE),
        (with_value("2", "version"), "changed", FaultCode.CHANGE_MISSING),
        (with_value("0", "version"), "version", FaultCode.OUT_OF_BOUNDS),
        (with_value("soon", "valid_from"), "valid_from", FaultCode.NOT_A_DATE),
        (with_value(texts("x"), "officer", "web"), "officer.web.fi", FaultCode.NOT_AN_ADDRESS),
        (with_value(texts("x" * 301), "short", "who"), "short.who.fi", FaultCode.TOO_LONG),
        (with_value("x", "colour"), "colour", FaultCode.KEY_UNKNOWN),
        (without("retention", 0, "keep"), "retention[#1]", FaultCode.KEEP_MISSING),
        (with_value({"after": "programme"}, "retention", 0, "keep"), "retention[#1]", FaultCode.KEEP_EMPTY),
        (with_value({"rule": RULE}, "retention", 1, "lock"), "retention[#2]", FaultCode.LOCK_EMPTY),
        (
            with_value({"rule": RULE, "days": "1"}, "retention", 0, "lock"),
            "retention[#1]",
            FaultCode.LOCK_NOT_FOR_THIS,
        ),
        (with_value(KEEP, "retention", LOGS, "keep"), f"retention[#{LOGS + 1}]", FaultCode.KEEP_NOT_OURS),
        (
            with_value(KEEP | {"after": "x"}, "retention", 0, "keep"),
            "retention[#1].keep.after",
            FaultCode.NOT_AN_ANCHOR_OF_TIME,
        ),
        (
            with_value(["x"], "retention", 0, "seen_by"),
            "retention[#1].seen_by[#1]",
            FaultCode.NOT_AN_AUDIENCE,
        ),
        (with_value([], "purposes", 3, "kinds"), "purposes", FaultCode.PURPOSE_MISSING),
    ],
)
def test_what_is_wrong_is_found_with_its_field(
    change: Callable[[Content], None], field: str, code: FaultCode
) -> None:
    content = shipped()
    change(content)
    assert (field, code) in faults_of(content)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_fault_is_said_with_its_line_and_its_remedy(language: str) -> None:
    with pytest.raises(FileFaultError) as found:
        parse_notice(NOTICE_FILE.read_bytes().replace(b"kind: profile", b"kind: shoes"))
    (line,) = lines_for(found.value, words_for(language, "UTC"))
    number = next(
        n
        for n, each in enumerate(NOTICE_FILE.read_text(encoding="utf-8").splitlines(), 1)
        if "kind: profile" in each
    )
    assert f" {number}: retention[#1].kind: " in line
    assert "shoes" in line
    assert "backups" in line, "the remedy names what may be written"


def test_a_second_version_says_what_changed() -> None:
    assert second_version().changed == CHANGED


def test_a_corrected_spelling_has_another_digest_under_the_same_version() -> None:
    before, content = read_notice(), shipped()
    content["complaint"]["how"] = texts("x")
    after = notice_of(content)
    assert (before.version, before.digest == after.digest) == (after.version, False)
    assert parse_notice(as_file(shipped())).digest == before.digest, "comments and line breaks are no change"
