from pathlib import Path

import pytest

from bot.domain.file_faults import FileFaultError
from bot.domain.language import LANGUAGES
from bot.i18n import words_for
from bot.services.people.agency_book import MAX_OPTIONS, parse_agencies, read_agencies
from bot.views.file_faults import words_for_fault

SOUND = """\
branches:
  - code: vm
    name: {fi: VM, sv: FM}
    agencies:
      - {code: vero, name: {fi: Verohallinto, sv: Skatteförvaltningen}}
"""


def faults(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(FileFaultError) as caught:
        parse_agencies(text.encode())
    return [
        (fault.line, fault.field, words_for_fault(fault, words_for("en", "UTC"))[0])
        for fault in caught.value.faults
    ]


def test_the_shipped_book_has_every_name_in_every_language_within_slacks_limits() -> None:
    book = read_agencies()
    assert 80 <= len(book) <= 120
    assert len(book.branches) <= 100
    for branch in book.branches:
        assert 1 <= len(branch.agencies) <= MAX_OPTIONS
        for name in (branch.name, *(agency.name for agency in branch.agencies)):
            assert set(name) == set(LANGUAGES)
            assert all(0 < len(text) <= 75 for text in name.values())


def test_the_shipped_book_knows_the_agencies_people_come_from() -> None:
    book = read_agencies()
    expected = {
        "vero": ("Verohallinto", "Skatteförvaltningen", "Finnish Tax Administration"),
        "tulli": ("Tulli", "Tullen", "Finnish Customs"),
        "valtiokonttori": ("Valtiokonttori", "Statskontoret", "State Treasury"),
        "mml": ("Maanmittauslaitos", "Lantmäteriverket", "National Land Survey of Finland"),
        "kela": (
            "Kansaneläkelaitos (Kela)",
            "Folkpensionsanstalten (FPA)",
            "Social Insurance Institution of Finland (Kela)",
        ),
    }
    for code, names in expected.items():
        assert tuple(book.name(code, language) for language in LANGUAGES) == names
    ministries = {"vnk", "um", "om", "sm", "plm", "vm", "okm", "mmm", "lvm", "tem", "stm", "ym"}
    assert ministries <= set(book.codes)


def test_no_two_agencies_have_the_same_name() -> None:
    for language in LANGUAGES:
        names = [agency.name[language] for agency in read_agencies()]
        assert len(names) == len(set(names))


def test_a_book_of_ones_own_works(tmp_path: Path) -> None:
    path = tmp_path / "agencies.yml"
    path.write_text(SOUND, encoding="utf-8")
    assert read_agencies(path).name("vero", "sv") == "Skatteförvaltningen"


def test_faults_have_lines() -> None:
    assert faults(SOUND.replace(", sv: Skatteförvaltningen", "")) == [
        (5, "branches[vm].agencies[vero].name.sv", "The Swedish text is missing")
    ]
    assert faults(SOUND.replace("sv: FM", f"sv: {'x' * 76}")) == [
        (3, "branches[vm].name.sv", "The text has 76 characters; 75 fit")
    ]
    assert faults(SOUND.replace("code: vero", "code: Vero!")) == [
        (5, "branches[vm].agencies[Vero!].code", "`Vero!` is not a well-formed code")
    ]
    again = (6, "branches[vm].name", "The key `name` is given again; it is on line 3 already")
    assert faults(SOUND + "    name: again\n") == [again]


def test_a_code_names_one_agency_and_other_is_nobodys() -> None:
    second = "      - {code: CODE, name: {fi: Toinen, sv: Andra}}\n"
    for code in ("vero", "other"):
        assert faults(SOUND + second.replace("CODE", code)) == [
            (6, f"branches[vm].agencies[{code}].code", f"The code {code} is taken")
        ]


def test_a_branch_fits_one_group_of_a_select() -> None:
    more = "".join(f"      - {{code: a{n}, name: {{fi: A{n}, sv: B{n}}}}}\n" for n in range(MAX_OPTIONS))
    assert faults(SOUND + more) == [(4, "branches[vm].agencies", "There are 101 agencies; 100 fit")]
