"""The feed is read back by hand, line by line, and its time zones by dateutil: not by what wrote it."""

import io
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from msgspec.structs import replace

from bot.services.calendars.ics import CalendarEntry, calendar_of, etag_of, is_known

ROOT = Path(__file__).parents[3]
HELSINKI = "Europe/Helsinki"
REMOTE = CalendarEntry(
    code="skype-1",
    number=2,
    sequence=3,
    changed_at=datetime(2019, 2, 11, 8, 30, tzinfo=UTC),
    summary="Dialogi etänä; osa 2, jatko",
    on=date(2019, 3, 13),
    starts=time(9),
    ends=time(11, 30),
    timezone=HELSINKI,
    link="https://meet.example/abc?x=1;y=2",
    link_label="Skype",
    notes=("Ota mukaan: kuulokkeet, kynä.",),
)
LIVE = replace(
    REMOTE, code="group-1", number=1, place="Sali 1, Helsinki", link=None, link_label=None, notes=()
)


def content_lines(content: bytes) -> list[str]:
    """The unfolded lines. Asserts that lines end and fold as RFC 5545, 3.1, says."""
    assert content.endswith(b"\r\n")
    raw = content.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 75 for line in raw), "octets, not characters"
    assert all(b"\n" not in line and b"\r" not in line for line in raw)
    for line in raw:
        line.decode()  # no character is cut in two
    return content.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def events(content: bytes) -> list[dict[str, str]]:
    """What stands in each VEVENT: the value by property name, and the whole line by name and a ``*``."""
    found: list[dict[str, str]] = []
    inside = False
    for line in content_lines(content):
        if line == "BEGIN:VEVENT":
            found.append({})
        inside = line != "END:VEVENT" and (inside or line == "BEGIN:VEVENT")
        if inside and (match := re.match(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:]*))*):(.*)', line)):
            found[-1] |= {match[1]: match[3], f"{match[1]}*": line}
    return found


def written(entry: CalendarEntry) -> dict[str, str]:
    (event,) = events(calendar_of([entry], name="Kaiku"))
    return event


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], text)


def zone_in(content: bytes, timezone: str) -> tz.tzical:
    """The zone as the file's own VTIMEZONE has it, read by dateutil."""
    found = re.findall(r"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", content.decode(), flags=re.DOTALL)
    return tz.tzical(io.StringIO("".join(found))).get(timezone)


def test_a_calendar_says_what_it_is_and_how_often_to_look() -> None:
    lines = content_lines(calendar_of([REMOTE], name="Kaiku: minun tapaamiseni"))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    for line in (
        "VERSION:2.0",
        "X-WR-CALNAME:Kaiku: minun tapaamiseni",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ):
        assert lines.count(line) == 1
    assert any(line.startswith("PRODID:") for line in lines)


def test_a_calendar_is_no_scheduling_message_since_no_event_names_an_organizer() -> None:
    content = calendar_of([REMOTE], name="Kaiku").decode()
    assert "METHOD" not in content
    assert "ORGANIZER" not in content


def test_a_session_stands_in_local_time_with_its_zone() -> None:
    event = written(REMOTE)
    assert event["DTSTART*"] == "DTSTART;TZID=Europe/Helsinki:20190313T090000"
    assert event["DTEND*"] == "DTEND;TZID=Europe/Helsinki:20190313T113000"
    assert event["UID"] == "skype-1-2@kaiku"
    assert event["SEQUENCE"] == "3"
    assert event["DTSTAMP"] == event["LAST-MODIFIED"] == "20190211T083000Z"
    assert event["STATUS"] == "CONFIRMED"
    assert event["TRANSP"] == "OPAQUE"
    assert event["SUMMARY"] == "Dialogi etänä\\; osa 2\\, jatko"


def test_a_remote_session_carries_its_link() -> None:
    event = written(REMOTE)
    assert event["URL"] == event["CONFERENCE"] == REMOTE.link
    assert "VALUE=URI" in event["CONFERENCE*"]
    assert "LABEL=Skype" in event["CONFERENCE*"]
    assert event["LOCATION"] == "Skype"
    assert unescaped(event["DESCRIPTION"]) == f"Skype: {REMOTE.link}\nOta mukaan: kuulokkeet, kynä."


def test_a_link_without_a_name_stands_for_itself() -> None:
    event = written(replace(REMOTE, link_label=None, notes=()))
    assert unescaped(event["LOCATION"]) == unescaped(event["DESCRIPTION"]) == REMOTE.link


def test_who_may_not_see_the_link_sees_that_it_is_remote() -> None:
    event = written(replace(REMOTE, link=None))
    assert event["LOCATION"] == "Skype"
    assert not {"URL", "CONFERENCE"} & event.keys()
    assert "https" not in event["DESCRIPTION"]


def test_a_live_session_has_a_place_and_no_link() -> None:
    event = written(LIVE)
    assert unescaped(event["LOCATION"]) == "Sali 1, Helsinki"
    assert not {"URL", "CONFERENCE", "DESCRIPTION"} & event.keys()


def test_a_moved_session_keeps_its_uid_and_a_higher_sequence() -> None:
    later = replace(REMOTE, on=date(2019, 4, 3), sequence=4, changed_at=datetime(2019, 2, 12, tzinfo=UTC))
    before, after = written(REMOTE), written(later)
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["LAST-MODIFIED"] > before["LAST-MODIFIED"]
    assert after["DTSTART"] == "20190403T090000"


def test_a_cancelled_session_is_cancelled_and_takes_no_time() -> None:
    event = written(replace(LIVE, cancelled=True))
    assert event["STATUS"] == "CANCELLED"
    assert event["TRANSP"] == "TRANSPARENT"


def test_a_calendar_without_sessions_is_still_one() -> None:
    content = calendar_of([], name="Kaiku")
    assert events(content) == []
    assert "BEGIN:VTIMEZONE" in content_lines(content), "at least one component, RFC 5545, 3.6"


def test_the_zone_changes_its_clocks_at_three_and_at_four() -> None:
    """Onsets are in the wall time before the change (RFC 5545, 3.6.5)."""
    text = "\n".join(content_lines(calendar_of([REMOTE], name="Kaiku")))
    spring, autumn = (text[text.index(f"BEGIN:{part}") :] for part in ("DAYLIGHT", "STANDARD"))
    assert "T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nTZNAME:EEST" in spring.split("END:")[0]
    assert "T040000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZNAME:EET" in autumn.split("END:")[0]


@pytest.mark.parametrize("timezone", [HELSINKI, "America/New_York", "Australia/Lord_Howe", "Asia/Jerusalem"])
def test_another_reader_of_the_zone_agrees_on_every_hour_of_the_years_of_the_sessions(timezone: str) -> None:
    entries = [replace(LIVE, timezone=timezone, on=on) for on in (date(2019, 2, 1), date(2020, 11, 30))]
    theirs, ours = zone_in(calendar_of(entries, name="Kaiku"), timezone), ZoneInfo(timezone)
    wall = datetime(2019, 1, 1)  # noqa: DTZ001
    while wall < datetime(2021, 1, 1):  # noqa: DTZ001
        there = wall.replace(tzinfo=ours)
        exists = there.astimezone(UTC).astimezone(ours).replace(tzinfo=None) == wall
        if exists:
            assert wall.replace(tzinfo=theirs).utcoffset() == there.utcoffset(), wall
        # Hourly at night, when clocks change; dateutil is slow.
        wall += timedelta(hours=1 if wall.hour < 5 else 10)


def test_a_zone_that_gave_up_changing_its_clocks_is_spelled_out() -> None:
    entry = replace(LIVE, timezone="Europe/Istanbul", on=date(2016, 12, 1))
    earlier = replace(entry, number=2, on=date(2015, 11, 20))
    theirs = zone_in(calendar_of([entry, earlier], name="Kaiku"), "Europe/Istanbul")
    assert datetime(2016, 12, 1, 9, tzinfo=theirs).utcoffset() == timedelta(hours=3)
    assert datetime(2015, 11, 20, 9, tzinfo=theirs).utcoffset() == timedelta(hours=2)


def test_each_zone_is_given_once() -> None:
    entries = [REMOTE, LIVE, replace(LIVE, number=9, timezone="Asia/Tokyo")]
    lines = content_lines(calendar_of(entries, name="Kaiku"))
    assert [line for line in lines if line.startswith("TZID:")] == ["TZID:Asia/Tokyo", "TZID:Europe/Helsinki"]


def test_the_same_sessions_give_the_same_bytes_in_any_order() -> None:
    content = calendar_of([REMOTE, LIVE], name="Kaiku")
    assert calendar_of([LIVE, REMOTE], name="Kaiku") == content
    assert etag_of(calendar_of([replace(LIVE), REMOTE], name="Kaiku")) == etag_of(content)
    assert etag_of(calendar_of([replace(LIVE, sequence=4), REMOTE], name="Kaiku")) != etag_of(content)


def test_a_reader_who_has_it_is_recognised() -> None:
    etag = etag_of(b"content")
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag)
    assert is_known(etag, etag)
    assert is_known(etag, f'"other", W/{etag}')
    assert is_known(etag, "*")
    assert not is_known(etag, None)
    assert not is_known(etag, '"other"')
    assert not is_known(etag, etag.strip('"'))


def test_the_library_is_loaded_by_the_first_calendar() -> None:
    script = "import sys, bot.services.calendars.ics; assert 'icalendar' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=30)


words = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=200)


@settings(deadline=None)
@given(words, words, words)
def test_no_text_breaks_out_of_its_line(summary: str, place: str, note: str) -> None:
    nasty = f"{summary}\r\nEND:VEVENT\nBEGIN:VEVENT"
    entry = replace(LIVE, summary=nasty, place=place, notes=(note,))
    content = calendar_of([entry], name="Kaiku")
    (event,) = events(content)
    printable = {n: None for n in (*range(32), 127) if chr(n) not in "\n\t"}
    assert unescaped(event["SUMMARY"]) == nasty.translate(printable)
    assert unescaped(event["DESCRIPTION"]) == note.translate(printable)
    assert event["UID"] == LIVE.uid
    (parsed,) = Calendar.from_ical(content).walk("VEVENT")
    assert parsed["UID"] == LIVE.uid


@settings(deadline=None)
@given(
    st.dates(date(2019, 1, 1), date(2030, 12, 31)),
    st.times(min_value=time(7), max_value=time(20)),
    st.sampled_from([HELSINKI, "America/New_York", "Asia/Tokyo"]),
)
def test_the_instant_read_is_the_instant_meant(on: date, starts: time, timezone: str) -> None:
    starts = starts.replace(second=0, microsecond=0)
    entry = replace(LIVE, on=on, starts=starts, ends=time(21), timezone=timezone)
    content = calendar_of([entry], name="Kaiku")
    (event,) = events(content)
    read = datetime.strptime(event["DTSTART"], "%Y%m%dT%H%M%S").replace(tzinfo=zone_in(content, timezone))
    assert read.astimezone(UTC) == datetime.combine(on, starts, ZoneInfo(timezone)).astimezone(UTC)


def test_a_session_that_ends_after_midnight_ends_on_the_next_day() -> None:
    [event] = events(calendar_of([replace(LIVE, starts=time(22), ends=time(1))], name="Kaiku"))
    assert (event["DTSTART"], event["DTEND"]) == ("20190313T220000", "20190314T010000")
