from datetime import date, timedelta
from pathlib import Path
from time import monotonic

import pytest
from msgspec.structs import replace

from bot.domain.file_faults import FileFaultError
from bot.domain.people.agencies import Agency, AgencyBook, Branch
from bot.domain.plan.model import DrawRules, OfferingKind, Picture, PlannedStrand, Reading, SignUpWindow
from bot.i18n import words_for
from bot.services.offerings.details import (
    stored_closing,
    stored_details,
    stored_readings,
    to_closing,
    to_details,
    to_readings,
)
from bot.services.plan.file import MOST_FAULTS, parse_plan, read_plan
from bot.services.plan.models import MODELS
from bot.services.yaml_files.reading import MAX_BYTES
from bot.services.yaml_files.values import keys_of
from bot.views.file_faults import line_for, lines_for, words_for_fault
from tests.support.plans import a_plan, a_remote_session, a_session, an_offering, as_yaml, texts

BOOK = AgencyBook((Branch("vm", texts("VM"), (Agency("vero", texts("Vero")), Agency("thl", texts("THL")))),))
ENGLISH = words_for("en", "Europe/Helsinki")
GUIDE = Path(__file__).parents[3] / "docs" / "plan-file.md"

SOUND = """\
programme: demo-2020
title: {fi: Hanke, sv: Program}
strands:
  - number: 1
    title: {fi: Osa, sv: Del}
    offerings:
      - code: dialogue-1
        kind: group
        title: {fi: Ryhmä, sv: Grupp}
        summary: {fi: Sisältö, sv: Innehåll}
        capacity: 20
        seats_per_agency: 4
        sessions:
          - number: 1
            on: 2020-03-12
            from: 09:00
            to: 9.30
            place: {fi: Sali, sv: Sal}
"""


def faults(text: str | bytes) -> list[tuple[int, str, str, str]]:
    raw = text.encode() if isinstance(text, str) else text
    with pytest.raises(FileFaultError) as caught:
        parse_plan(raw, BOOK)
    return [(fault.line, fault.field, *words_for_fault(fault, ENGLISH)) for fault in caught.value.faults]


def fault_after(old: str, new: str) -> tuple[int, str, str, str]:
    """The one fault of the sound file with ``old`` replaced."""
    assert old in SOUND
    [found] = faults(SOUND.replace(old, new, 1))
    return found


def test_a_plan_survives_being_written_and_read() -> None:
    plan = a_plan(
        an_offering("a", sessions=(a_session(1, bring=texts("Kynä")), a_session(2, cancelled=True))),
        an_offering("b", cancelled=True, agency_seats=(), sessions=(a_remote_session(1),)),
        note=texts("Huomio"),
    )
    assert parse_plan(as_yaml(plan), BOOK) == plan


def test_times_need_no_quotes_and_zone_and_window_may_be_left_out() -> None:
    plan = parse_plan(SOUND.encode(), BOOK)
    [session] = plan.offerings[0].sessions
    assert (f"{session.starts:%H:%M}", f"{session.ends:%H:%M}") == ("09:00", "09:30")
    assert plan.timezone == "Europe/Helsinki"
    assert plan.offerings[0].sign_up == SignUpWindow()


def test_a_key_left_empty_is_a_key_left_out() -> None:
    text = SOUND.replace(
        "        capacity: 20", "        facilitators:\n        cancelled: ~\n        capacity: 20"
    )
    assert parse_plan(text.encode(), BOOK) == parse_plan(SOUND.encode(), BOOK)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse_plan(b"\xef\xbb\xbf" + SOUND.encode(), BOOK).code == "demo-2020"


def test_another_year_other_strands_and_sixty_offerings_work() -> None:
    start = date(2031, 9, 1)
    strands = tuple(
        PlannedStrand(
            number,
            texts(f"Osa {number}"),
            tuple(
                an_offering(
                    f"area{number}-{index}",
                    kind=list(OfferingKind)[index % 2],
                    sign_up=SignUpWindow(None, start),
                    sessions=tuple(
                        a_session(k, on=start + timedelta(days=7 * k + index)) for k in range(1, 5)
                    ),
                )
                for index in range(12)
            ),
        )
        for number in (3, 7, 8, 20, 21)
    )
    plan = replace(a_plan(strands=strands), code="oppiva-valtio-2031", timezone="Europe/Mariehamn")
    assert len(plan.offerings) == 60
    assert parse_plan(as_yaml(plan), BOOK) == plan


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "wrong", "mend"),
    [
        ("title: {fi: Ryhmä, sv: Grupp}", "title: {fi: Ryhmä}", 9, "offerings[dialogue-1].title.sv",
         "The Swedish text is missing", "Add `sv:`; nothing is published without Finnish and Swedish"),
        ("title: {fi: Ryhmä, sv: Grupp}", "title: Ryhmä", 9, "offerings[dialogue-1].title",
         "The text is needed by language", "Write `fi:` and `sv:` below it, each with its text"),
        ("sv: Sal}", "sv: ''}", 18, "offerings[dialogue-1].sessions[1].place.sv",
         "The text is empty", "Write it, or leave the key out if it may be left out"),
        ("fi: Hanke", f"fi: {'x' * 76}", 2, "title.fi",
         "The text has 76 characters; 75 fit", "Shorten it"),
        ("capacity: 20", "capcity: 20", 11, "offerings[dialogue-1].capcity",
         "There is no key `capcity` here", "Did you mean `capacity`"),
        ("to: 9.30", "ends: 9.30", 17, "offerings[dialogue-1].sessions[1].ends",
         "There is no key `ends` here", "Did you mean `to`"),
        ("number: 1\n            on", "number: 1\n            qqq: 1\n            on", 15,
         "offerings[dialogue-1].sessions[1].qqq", "There is no key `qqq` here",
         "The keys here are number, on, from, to, place, venue, link, label, bring, cancelled, materials"),
        ("        capacity: 20\n", "", 7, "offerings[dialogue-1].capacity",
         "The key `capacity` is missing", "Add `capacity:`"),
        ("capacity: 20", "capacity: many", 11, "offerings[dialogue-1].capacity",
         "`many` is not a whole number", "Write digits only, such as 20"),
        ("capacity: 20", "capacity: 100001", 11, "offerings[dialogue-1].capacity",
         "100001 is too large", "Write at most 100,000"),
        ("capacity: 20", "capacity: 0", 11, "offerings[dialogue-1].capacity",
         "A capacity of 0 leaves no seat", "Write 1 or more"),
        ("capacity: 20", "capacity: [20]", 11, "offerings[dialogue-1].capacity",
         "A single value is expected here", "Write one, such as 20"),
        ("2020-03-12", "2020-02-30", 15, "offerings[dialogue-1].sessions[1].on",
         "There is no such date as 2020-02-30", "Look the day up in a calendar"),
        ("2020-03-12", "12.3.2020", 15, "offerings[dialogue-1].sessions[1].on",
         "`12.3.2020` is not written as year-month-day", "Write 2020-03-12"),
        ("2020-03-12", "soon", 15, "offerings[dialogue-1].sessions[1].on",
         "`soon` is not a date", "Write year-month-day, such as 2019-03-14"),
        ("09:00", "morning", 16, "offerings[dialogue-1].sessions[1].from",
         "`morning` is not a time of day", 'Write hours and minutes, such as "09:00"'),
        ("9.30", "24:00", 17, "offerings[dialogue-1].sessions[1].to",
         "There is no such time as 24:00", 'Write "00:00" to "23:59"'),
        ("kind: group", "kind: groop", 8, "offerings[dialogue-1].kind",
         "`groop` is not a kind of offering",
         "Choose one of group, process, series, remote, event, coaching"),
        ("demo-2020", "Demo 2020", 1, "programme", "`Demo 2020` is not a well-formed code",
         "Use small letters a-z, digits and single hyphens, at most 40 characters, such as dialogue-2"),
        ("strands:", "timezone: Europe/Helsingfors\nstrands:", 3, "timezone",
         "`Europe/Helsingfors` is not the time zone of a region", "Write one such as Europe/Helsinki"),
        ("capacity: 20", "capacity: 20\n        facilitators: [UFASI, me]", 12,
         "offerings[dialogue-1].facilitators[#2]", "`me` is neither a Slack user id nor an e-mail address",
         "Write the id from the person's Slack profile (U012AB3CD), or their address"),
        ("capacity: 20", "capacity: 20\n        cancelled: maybe", 12, "offerings[dialogue-1].cancelled",
         "`maybe` is neither true nor false", "Write true or false"),
        ("capacity: 20", "capacity: 20\n        facilitators: UFASI", 12,
         "offerings[dialogue-1].facilitators", "A list is expected here",
         'Begin each of its items on a new line with "- "'),
        ("capacity: 20", "capacity: 20\n        agency_seats: {veri: 2}", 12,
         "offerings[dialogue-1].agency_seats.veri", "There is no agency veri", "Did you mean `vero`"),
        ("capacity: 20", "capacity: 20\n        sign_up: 2020-01-01", 12, "offerings[dialogue-1].sign_up",
         "Keys are expected here", "Write below it, each with its value: opens, closes"),
        ("capacity: 20", "capacity: 20\n        themes: [{fi: Yksi, sv: Ett}, Kaksi]", 12,
         "offerings[dialogue-1].themes[#2]", "The text is needed by language",
         "Write `fi:` and `sv:` below it, each with its text"),
        ("capacity: 20", "capacity: 20\n        materials: [{title: {fi: A, sv: B}, link: kaiku.example}]",
         12, "offerings[dialogue-1].materials[#1].link", "`kaiku.example` is not a web address",
         "Write a whole address that starts with https://"),
        ("capacity: 20", "capacity: 20\n        picture: {url: 'https://kaiku.example/1.png'}", 12,
         "offerings[dialogue-1].picture.alt", "The key `alt` is missing", "Add `alt:`"),
        ("sv: Sal}", "sv: Sal}\n            venue: {free_until: 2020-03-01, capacity: 20}", 19,
         "offerings[dialogue-1].sessions[1].venue.price", "The key `price` is missing", "Add `price:`"),
        ("sv: Sal}", "sv: Sal}\n            venue:\n              price: 980.50", 20,
         "offerings[dialogue-1].sessions[1].venue.price", "`980.50` is not a whole number",
         "Write digits only, such as 20"),
        ("sv: Sal}", "sv: Sal}\n            venue: {price: 980, free_until: 2020-03-12}", 19,
         "offerings[dialogue-1].sessions[1].venue.free_until",
         "The venue could be cancelled free of charge until 2020-03-12, but the session is on 2020-03-12",
         "Write a day before the session, or leave `free_until:` out"),
        ("capacity: 20", "capacity: 20\n        capacity: 30", 12, "offerings[dialogue-1].capacity",
         "The key `capacity` is given again; it is on line 11 already", "Keep one of them"),
    ],
)  # fmt: skip
def test_a_fault_has_its_line_field_and_remedy(
    old: str, new: str, line: int, field: str, wrong: str, mend: str
) -> None:
    assert fault_after(old, new) == (line, field, wrong, mend)


PLACE = "place: {fi: Sali, sv: Sal}"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("fi: Sali,", "fi: Säätytalo, Snellmaninkatu 9–11, Helsinki,",
         [(18, "place.Helsinki", "text_cut_at_comma"),
          (18, "place.Snellmaninkatu 9–11", "text_cut_at_comma")]),
        ("fi: Sali,", "fi: Sali, e,", [(18, "place.e", "text_cut_at_comma")]),
        ("fi: Sali,", "fi: ”Sali, toinen kerros”,",
         [(18, "place.fi", "text_cut_in_quotes"), (18, "place.toinen kerros”", "text_cut_at_comma")]),
        (PLACE, "place:\n              fi: Sali #1\n              sv: Sal",
         [(19, "place.fi", "text_cut_at_hash")]),
        (PLACE, "place:\n              fi: Sali # iso\n              sv: Sal",
         [(19, "place.fi", "text_cut_at_hash")]),
        (PLACE, "link: https://kaiku.example/1\n            label: Skype #2",
         [(19, "label", "text_cut_at_hash")]),
        (PLACE, "place:\n              fi: ”Sali #1”\n              sv: Sal",
         [(19, "place.fi", "text_cut_at_hash"), (19, "place.fi", "text_cut_in_quotes")]),
    ],
)  # fmt: skip
def test_nothing_of_a_text_vanishes_in_silence(old: str, new: str, found: list[tuple[int, str, str]]) -> None:
    with pytest.raises(FileFaultError) as caught:
        parse_plan(SOUND.replace(old, new).encode(), BOOK)
    where = "offerings[dialogue-1].sessions[1]."
    assert [(each.line, each.field.removeprefix(where), each.code) for each in caught.value.faults] == found


def test_an_agency_without_its_number_of_seats_is_no_agency_left_out() -> None:
    [(line, field, *_)] = faults(
        SOUND.replace("capacity: 20", "capacity: 20\n        agency_seats: {vero, thl: 2}")
    )
    assert (line, field) == (12, "offerings[dialogue-1].agency_seats.vero")


def test_a_code_cut_at_a_hash_is_refused_and_a_remark_after_a_number_is_none() -> None:
    assert [code for _, _, code, _ in faults(SOUND.replace("dialogue-1", "dialogue #1"))] == [
        "What follows ` #` is left out of the value"
    ]
    remark = SOUND.replace("capacity: 20", "capacity: 20 # 18 last year").replace("number: 1", "number: 1 #")
    assert parse_plan(remark.encode(), BOOK) == parse_plan(SOUND.encode(), BOOK)


def test_a_text_in_quotes_may_hold_everything() -> None:
    text = SOUND.replace("fi: Sali", 'fi: "Talo #1, ”Sali”, 3. krs: oikea" ')
    place = parse_plan(text.encode(), BOOK).offerings[0].sessions[0].place
    assert place == {"fi": "Talo #1, ”Sali”, 3. krs: oikea", "sv": "Sal"}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (r'"Sali\x07"', "control_character"),
        (r'"Sali\0"', "control_character"),
        (r'"\u200b\ufeff"', "nothing_visible"),
        (r'"Sali\uFFFE"', "broken_character"),
    ],
)
def test_text_that_cannot_be_shown_is_refused_at_its_line(written: str, code: str) -> None:
    with pytest.raises(FileFaultError) as caught:
        parse_plan(SOUND.replace("fi: Sali", f"fi: {written}").encode(), BOOK)
    assert [(fault.line, fault.code) for fault in caught.value.faults] == [(18, code)]


def test_text_is_kept_in_normal_form() -> None:
    text = SOUND.replace("fi: Sali", "fi: Sa\u0308li")
    place = parse_plan(text.encode(), BOOK).offerings[0].sessions[0].place
    assert place == {"fi": "Säli", "sv": "Sal"}


@pytest.mark.parametrize("line_break", ["\u2028", "\u2029", "\u0085"])
def test_lines_are_counted_as_editors_count_them(line_break: str) -> None:
    text = SOUND.replace("fi: Hanke", f'fi: "Han{line_break}ke"').replace("capacity: 20", "capacity: many")
    assert [line for line, *_ in faults(text)] == [11]
    assert [line for line, *_ in faults(text.replace("sessions:", "sessions: ]"))] == [13]


def test_every_language_that_is_too_long_is_named() -> None:
    text = SOUND.replace("{fi: Ryhmä, sv: Grupp}", f"{{fi: {'x' * 76}, sv: {'y' * 77}, en: {'z' * 78}}}")
    assert [(field.rsplit(".", 1)[1], wrong) for _, field, wrong, _ in faults(text)] == [
        ("en", "The text has 78 characters; 75 fit"),
        ("fi", "The text has 76 characters; 75 fit"),
        ("sv", "The text has 77 characters; 75 fit"),
    ]


@pytest.mark.parametrize("day", ["31.2.2027", "99.99.2027", "2027-02-31", "29.2.2019"])
def test_an_impossible_date_is_not_suggested_back(day: str) -> None:
    [(_, _, wrong, mend)] = faults(SOUND.replace("2020-03-12", day))
    assert (wrong, mend) == (f"There is no such date as {day}", "Look the day up in a calendar")


@pytest.mark.parametrize("day", ["0001-01-01", "0227-03-01", "9999-12-31", "12.3.0202"])
def test_a_year_beyond_all_programmes_is_refused(day: str) -> None:
    [(_, _, wrong, mend)] = faults(SOUND.replace("2020-03-12", day))
    assert (wrong, mend) == (f"{day} is out of bounds", "Write a year from 2000 to 2100")


@pytest.mark.parametrize(
    "zone",
    ["localtime", "Factory", "posixrules", "right/Europe/Helsinki", "posix/Europe/Helsinki", "Etc/GMT-2",
     "EST", "UTC", "GMT+0", "+02:00", "Europe", "Europe/", "../Europe/Helsinki", "europe/helsinki"],
)  # fmt: skip
def test_only_the_zones_of_regions_are_zones(zone: str) -> None:
    [(line, field, *_)] = faults(SOUND.replace("strands:", f'timezone: "{zone}"\nstrands:'))
    assert (line, field) == (3, "timezone")


@pytest.mark.parametrize("zone", ["Europe/Mariehamn", "America/Argentina/Ushuaia", "Atlantic/Reykjavik"])
def test_a_region_may_be_anywhere(zone: str) -> None:
    text = SOUND.replace("strands:", f"timezone: {zone}\nstrands:")
    assert parse_plan(text.encode(), BOOK).timezone == zone


def test_a_file_of_the_largest_size_full_of_faults_is_checked_soon() -> None:
    offering = SOUND[SOUND.index("      - code") :].replace("capacity", "capcity").replace("fi:", "fii:")
    head = SOUND[: SOUND.index("      - code")]
    raw = (head + offering * ((MAX_BYTES - len(head)) // len(offering.encode()) - 1)).encode()
    began = monotonic()
    assert len(faults(raw)) == MOST_FAULTS
    assert monotonic() - began < 10  # under 2 s on a quiet machine; quadratic it would be minutes


ALL_WRONG = """\
programme: demo-2020
title: {fi: Hanke}
strands:
  - number: 1
    title: {fi: Osa, sv: Del}
    offerings:
      - code: Not A Code
        kind: group
        title: {fi: Ryhmä, sv: Grupp}
        summary: {fi: Sisältö, sv: Innehåll}
        capacity: 0
        seats_per_agency: 4
        agency_seats: {veri: 3}
        colour: red
        sessions:
          - {number: 1, on: 2020-03-12, from: 12:00, to: 11:00, place: {fi: Sali, sv: Sal}}
          - {number: 2, on: 2020-02-30, from: 09:00, to: 11:00, place: {fi: Sali, sv: Sal}}
          - {number: 3, on: 2020-03-29, from: 03:30, to: 11:00, place: {fi: Sali, sv: Sal}}
          - {number: 4, on: 2020-03-29, from: 10:00, to: 12:00, place: {fi: Sali, sv: Sal}}
      - &twin
"""


def test_every_kind_of_fault_is_told_at_once_with_its_line() -> None:
    twice = """\
      - code: twice
        kind: event
        title: {fi: A, sv: B}
        summary: {fi: A, sv: B}
        capacity: 9
        seats_per_agency: 1
        sessions: [{number: 1, on: 2020-05-12, from: 12:00, to: 13:00, place: {fi: Sali, sv: Sal}}]
"""
    found = faults(ALL_WRONG.replace("      - &twin\n", twice + twice))
    assert [
        (line, field.removeprefix("offerings[Not A Code]."), wrong) for line, field, wrong, _ in found
    ] == [
        (2, "title.sv", "The Swedish text is missing"),
        (7, "code", "`Not A Code` is not a well-formed code"),
        (11, "capacity", "A capacity of 0 leaves no seat"),
        (13, "agency_seats.veri", "There is no agency veri"),
        (14, "colour", "There is no key `colour` here"),
        (16, "sessions[1].to", "The session ends at 11:00 but starts at 12:00"),
        (17, "sessions[2].on", "There is no such date as 2020-02-30"),
        (
            18,
            "sessions[3].from",
            "On 2020-03-29 there is no 03:30 in Europe/Helsinki: the clocks go forward past it",
        ),
        (19, "sessions[4]", "Session 4 overlaps session 3 of the same offering"),
        (27, "offerings[twice].code", "The code twice is taken by another offering"),
    ]


def test_a_misspelt_key_is_read_as_the_one_meant_so_that_nothing_hides_behind_it() -> None:
    text = SOUND.replace("capacity: 20", "capcity: 0").replace(
        "place: {fi: Sali, sv: Sal}", "plcae: {fi: Sali}"
    )
    assert [(line, wrong) for line, _, wrong, _ in faults(text)] == [
        (11, "A capacity of 0 leaves no seat"),
        (11, "There is no key `capcity` here"),
        (18, "The Swedish text is missing"),
        (18, "There is no key `plcae` here"),
    ]


def test_what_is_no_strand_offering_or_session_at_all_is_one_fault() -> None:
    assert [(line, field) for line, field, _, _ in faults(SOUND + "          - oops\n")] == [
        (19, "offerings[dialogue-1].sessions[#2]")
    ]
    assert [(line, field) for line, field, _, _ in faults(SOUND + "      - oops\n")] == [
        (19, "strands[1].offerings[#2]")
    ]
    assert [(line, field) for line, field, _, _ in faults(SOUND + "  - oops\n")] == [(19, "strands[#2]")]
    assert [field for _, field, _, _ in faults("programme: x\nstrands: none\n")] == ["title", "strands"]


@pytest.mark.parametrize(
    ("raw", "line", "wrong"),
    [
        (b"", 1, "The file is empty"),
        (b"# nothing but a comment\n", 1, "The file is empty"),
        (b"- a\n- b\n", 1, "The file does not consist of keys with values"),
        (b"just words", 1, "The file does not consist of keys with values"),
        (b"a: 1\nb: \xe4\xe4ni\n", 2, "The file is not UTF-8 text"),
        (b"\xff\xfea\x00", 1, "The file is not UTF-8 text"),
        (b"a: 1\nb: \x07\n", 2, "There is a character that YAML does not allow"),
        (b"a: [1\nb: 2\n", 2, "This is not YAML: did not find expected ',' or ']'"),
        (b"a: b: c\n", 1, "This is not YAML: mapping values are not allowed in this context"),
        (b"a: 1\n---\nb: 2\n", 2, "A second document begins here (`---`)"),
        (b"a: &x 1\n", 1, "`&x` names a place"),
        (b"a: 1\nb: *x\n", 2, "`*x` refers to another place"),
        (b"a: !!python/object:os.system x\n", 1, "`tag:yaml.org,2002:python/object:os.system` is a YAML tag"),
        (b"? [a]\n: 1\n", 1, "A key must be one word"),
        (b"a: " + b"[" * 100_000, 1, "Brackets or indentation go too deep"),
        (b"a: " + b"x" * MAX_BYTES, 1, "The file has more than 500,000 bytes"),
    ],
)
def test_a_file_that_is_no_plan_gets_one_clear_fault(raw: bytes, line: int, wrong: str) -> None:
    [(found_line, field, found_wrong, mend)] = faults(raw)
    assert (found_line, field, found_wrong) == (line, "", wrong)
    assert mend


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 12))
    [(line, *_)] = faults(f"l0: &l0 [x]\n{levels}")
    assert line == 1


def test_a_file_is_read_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "plan.yml"
    path.write_text(SOUND, encoding="utf-8")
    assert read_plan(path, BOOK).code == "demo-2020"
    path.write_bytes(b"x" * (MAX_BYTES * 2))
    with pytest.raises(FileFaultError):
        read_plan(path, BOOK)


def test_a_fault_reads_as_one_line() -> None:
    with pytest.raises(FileFaultError) as caught:
        parse_plan(SOUND.replace("capacity: 20", "capcity: 20").encode(), BOOK)
    [fault] = caught.value.faults
    assert line_for(fault, ENGLISH) == (
        "line 11: offerings[dialogue-1].capcity: There is no key `capcity` here. Did you mean `capacity`?"
    )


def test_details_survive_being_written_stored_and_read() -> None:
    written = """\
        themes: [{fi: Teema, sv: Tema}]
        pre_reading: [{title: {fi: Lue, sv: Läs}, link: https://kaiku.example/lue}]
        picture: {url: https://kaiku.example/1.png, alt: {fi: Kuva, sv: Bild}}
"""
    text = GUIDE.read_text(encoding="utf-8").split("```yaml\n", 1)[1].split("```", 1)[0]
    marker = "        capacity: 20\n"
    details = parse_plan(text.replace(marker, marker + written, 1).encode(), BOOK).offerings[0].details
    assert details.themes == ({"fi": "Teema", "sv": "Tema"},)
    assert details.pre_reading == (Reading({"fi": "Lue", "sv": "Läs"}, "https://kaiku.example/lue"),)
    assert details.picture == Picture("https://kaiku.example/1.png", {"fi": "Kuva", "sv": "Bild"})
    assert to_details(stored_details(details)) == details


def test_what_is_said_at_the_end_survives_being_written_stored_and_read() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    written = guide.split("    closing:\n", 1)[1]
    text = guide.split("```yaml\n", 1)[1].split("```", 1)[0]
    ending = "closing:\n" + "\n".join(line[4:] for line in written.splitlines())
    materials = "            materials: [{title: {fi: Kalvot, sv: Bilder}, link: https://kaiku.example/1}]\n"
    text = text.replace("            to:", materials + "            to:", 1)
    plan = parse_plan(f"{text}\n{ending}\n".encode(), BOOK)
    assert plan.closing.issuer is not None
    assert plan.closing.issuer["sv"] == "Statskontoret"
    (question,) = plan.closing.questions or ()
    assert (question.key, [each["fi"] for each in question.choices]) == ("used", ["Kyllä", "En vielä"])
    assert to_closing(stored_closing(plan.closing)) == plan.closing
    session = plan.offerings[0].sessions[0]
    assert session.materials == (Reading({"fi": "Kalvot", "sv": "Bilder"}, "https://kaiku.example/1"),)
    assert to_readings(stored_readings(session.materials)) == session.materials


@pytest.mark.parametrize(
    ("asked", "field", "wrong"),
    [
        ("[{key: a, text: {fi: K, sv: F}, choices: [{fi: J, sv: J}]}]", "closing.questions[a]", "1"),
        ("[{key: a, text: {fi: K, sv: F}, choices: 3}]", "closing.questions[a].choices", "list"),
        (
            "[{key: a, text: {fi: K, sv: F}, choices: [{fi: J, sv: J}, {fi: E, sv: N}]},"
            " {key: a, text: {fi: K, sv: F}, choices: [{fi: J, sv: J}, {fi: E, sv: N}]}]",
            "closing",
            "taken",
        ),
    ],
)
def test_a_question_on_use_that_cannot_be_asked_is_a_fault(asked: str, field: str, wrong: str) -> None:
    text = GUIDE.read_text(encoding="utf-8").split("```yaml\n", 1)[1].split("```", 1)[0]
    with pytest.raises(FileFaultError) as caught:
        parse_plan(f"{text}\nclosing:\n  questions: {asked}\n".encode(), BOOK)
    (line,) = lines_for(caught.value, words_for("en", "UTC"))
    assert field in line
    assert wrong in line


def test_the_guide_names_every_key() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for model in MODELS:
        for key in keys_of(model):
            assert f"`{key}`" in guide, f"docs/plan-file.md does not mention `{key}` of {model.__name__}"


def test_the_guides_example_is_a_sound_plan() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    example = guide.split("```yaml\n", 1)[1].split("```", 1)[0]
    assert parse_plan(example.encode(), BOOK).offerings


def test_the_keys_of_a_draw_are_read_and_refused_where_nothing_is_drawn() -> None:
    window = "        sign_up: {opens: 2020-01-13, closes: 2020-03-06}\n"
    keys = window + "        allocation: balanced\n        balance_roles: true\n        seats_each: 2\n"
    before = "        sessions:\n"
    (drawn,) = parse_plan(SOUND.replace(before, keys + before).encode(), BOOK).offerings
    assert drawn.draw == DrawRules(balance_roles=True, seats_each=2)
    (first_come,) = parse_plan(SOUND.encode(), BOOK).offerings
    assert first_come.draw is None
    wrong = keys.replace("balanced", "lottery")
    assert any("lottery" in fault for *_, fault, _ in faults(SOUND.replace(before, wrong + before)))
    alone = keys.replace("        allocation: balanced\n", "")
    assert any("balance_roles" in fault for *_, fault, _ in faults(SOUND.replace(before, alone + before)))
