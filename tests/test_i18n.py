"""Every sentence in every language, and none that nobody says."""

import ast
import re
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.domain.acts import ActKind, ActorRole, DoneBy, FaultKind
from bot.domain.announcements import POST_LANGUAGES, SERIES, PostReason, PostState
from bot.domain.backups import MANIFEST_FILE, MANIFEST_FORMAT, NO_MANIFEST
from bot.domain.calendars.quiet_days import QuietKind
from bot.domain.carried.group import GroupAct
from bot.domain.completion import Occasion
from bot.domain.deliveries import DeliveryKind
from bot.domain.doctor import Check, Level, Sign
from bot.domain.downloads import FileFormat
from bot.domain.enrolment.draw_review import ReviewState
from bot.domain.enrolment.leaving import SeatThen, WayBack
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import Refusal
from bot.domain.evidence.cases import Credit
from bot.domain.evidence.month import Because
from bot.domain.evidence.month import View as MonthSeen
from bot.domain.facilitation.group import Becomes
from bot.domain.facilitation.needs import Need
from bot.domain.facilitation.phases import Phase, PhaseAct
from bot.domain.file_faults import FaultCode
from bot.domain.group_channels import ChannelState
from bot.domain.language import LANGUAGES
from bot.domain.letters import LetterAudience
from bot.domain.offerings.reminders import ReminderKind
from bot.domain.offerings.session_changes import SessionChangeKind
from bot.domain.people.person import Role
from bot.domain.plan.changes import ChangeKind
from bot.domain.plan.consequences import Consequence
from bot.domain.plan.edits import EditFault, VenueAct
from bot.domain.plan.model import OfferingKind
from bot.domain.plan.next_year import Wish
from bot.domain.plan.people import PeopleFinding
from bot.domain.plan.rules import Note, Rule
from bot.domain.privacy import SeenBy
from bot.domain.prompts.dates import Reason as DropReason
from bot.domain.prompts.preparation import Card, Preparation
from bot.domain.prompts.prompt import Audience, Frequency, Moment, PromptState
from bot.domain.prompts.reach import NotReached
from bot.domain.prompts.timeline import EntryKind
from bot.domain.reflections import Sharing
from bot.domain.text import TextFlaw
from bot.i18n import MissingWordsError, words_for
from bot.services.plan.versions import Origin
from bot.views import ids as slack_ids_of
from bot.views.facilitation import letters
from bot.views.facilitation.channels import TROUBLES
from bot.views.facilitation.group_forms import DID
from bot.views.facilitation.prompt_forms import DIRECT, ROUND_PRIVATE, ROUND_THREAD
from bot.views.facilitation.rooms import RULES
from bot.views.my_data_values import VALUES
from bot.views.offerings.wording import EXPLAINED
from bot.views.people import NoRoom
from bot.views.plan.prompt_preview import COLUMNS
from bot.views.privacy_record import MEASURES
from rehearsal.compare import COMPARED, DIFFERENCES
from rehearsal.days import Quiet as QuietTime
from rehearsal.people import Deed
from rehearsal.plan_findings import Flaw
from rehearsal.promises import Breach, Promise
from rehearsal.wording import DROPPED, KINDS
from storage.personal_data import PERSONAL
from tests.conftest import ROOT
from tests.support.catalogues import sentences
from tests.support.commands import COMMANDS

ROSTER_HEADS = ("status", "place", "name", "user", "agency", "choice", "why", "role", "limit")
DELIVERY_HEADS = ("id", "kind", "to", "about", "state", "due", "sent", "tries", "reason")

KEY = re.compile(r"[a-z_]+\.[a-z_]*[a-z]|apology|undelivered")
COPIED = {name for each in PERSONAL.values() for name in each.export} - {"offering_id", "sealed"} | {
    "offering",
    "answers",
}
"""Columns in the copy of somebody's data."""
SHORT = re.compile(r".*[._](title|submit)$|form\..*")


@cache
def keys_in_code() -> frozenset[str]:
    """Literal keys in the code, and the families whose keys are put together from a value's name."""
    found: set[str] = set()
    files = [path for floor in ("bot", "handlers") for path in Path(ROOT, floor).rglob("*.py")]
    for path in [*files, *Path(ROOT, "storage").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                found.add(node.value)
    families = {
        "refusal": list(Refusal),
        "kind": list(OfferingKind),
        "role": list(Role),
        "help": [command.name for command in COMMANDS],
        "reminder": list(ReminderKind),
        "record": [f"measure_{each}" for each in MEASURES],
        "mydata": [
            *(f"by_{each}" for each in ActorRole),
            *(f"seen_{each}" for each in SeenBy),
            *(f"table_{each}" for each in PERSONAL),
            *(f"column_{each}" for each in COPIED),
            *(f"value_{each}" for each in VALUES),
        ],
        "prompt": [*(f"why_{each}" for each in Moment), "later_hour", "later_tomorrow", "later_week"],
        "texts": [f"in_{each}" for each in LANGUAGES],
        "needs": list(Need),
        "preparation": [*Card, *Preparation.__struct_fields__],
        "phase": [*Phase, *(f"{each}_what" for each in Phase), *(f"turn_{each}" for each in PhaseAct)],
        "rooms": [f"rule_{n}" for n in range(1, RULES + 1)],
        "frequency": [*Frequency, *(f"now_{each}" for each in Frequency)],
        "announcement": ["short_cancelled", "short_over", "short_closed"],
        "desk": [
            *(f"library_{each}" for each in Moment),
            *(f"kind_{each}" for each in (Moment.ANY, Moment.PLAN)),
            *(f"question_{n}_{each}" for n in (1, 2) for each in LANGUAGES),
            *(f"{part}_{each}" for part in ("choices", "looks", "lacking") for each in LANGUAGES),
            *(f"{part}_{each}" for part in ("missing", "required") for each in ("fi", "sv")),
            *(f"audience_{each}" for each in Audience),
            "looks_round",
            *(f"remind_{each}" for each in ("yes", "no")),
            *(f"where_{each}" for each in (DIRECT, ROUND_PRIVATE, ROUND_THREAD)),
            *(f"state_{each}" for each in (PromptState.CANCELLED, PromptState.STOPPED)),
            *(f"skipped_{each}" for each in NotReached),
        ],
        "timeline": [
            *EntryKind,
            *(f"prompt_{each}" for each in Moment),
            *(f"why_{each}" for each in DropReason),
            *(f"quiet_{each}" for each in QuietKind),
        ],
        "draw": [
            *(f"review_{each}" for each in ReviewState),
            *(f"desk_{each}" for each in (ReviewState.EARLY, ReviewState.READY, ReviewState.KNOWN)),
        ],
        "agency": [f"no_room_{each}" for each in NoRoom],
        "typed": list(TextFlaw),
        "refused": [*EXPLAINED, "unknown"],
        "trouble": [PostState.GONE, PostState.UNREACHABLE, PostState.FAILED, PostState.SKIPPED],
        "announce": [
            *(f"reason_{each}" for each in PostReason),
            *(f"state_{each}" for each in PostState),
            *(f"{part}_{each}" for part in ("series", "then") for each in SERIES),
            *(f"{part}_{each}" for part in ("channels", "sentence", "looks") for each in POST_LANGUAGES),
        ],
        "channel": [
            *(f"state_{each}" for each in ChannelState),
            *(f"trouble_{each}" for each in TROUBLES),
        ],
        "roster": [
            *(f"status_{each}" for each in Status if each is not Status.IN_DRAW),  # no enrolment yet
            *(f"column_{each}" for each in ("name", "agency", "role", "status", "place")),
        ],
        "download": [f"as_{each}" for each in FileFormat],
        "letter": [
            *(f"{part}_{each}" for part in ("to", "audience") for each in LetterAudience),
            *(f"{part}_{each}" for part in ("text", "reads") for each in LANGUAGES),
            *(f"when_{each}" for each in (letters.NOW, letters.OFFICE_HOURS)),
        ],
        "sharing": [f"{form}_{each}" for form in ("now", "short") for each in Sharing],
        "leave": [
            *(f"ask_{each}" for each in ("seated", "waiting", "offered")),
            *(f"seat_{each}" for each in SeatThen),
            *(f"back_{each}" for each in WayBack),
        ],
        "act": list(ActKind),
        "log": [
            *(f"fault_{each}" for each in FaultKind),
            *(f"by_{each}" for each in DoneBy),
            *(f"column_{each}" for each in ("when", "what", "by", "person", "about", "why")),
        ],
        "news": ["joined", "left", "absent", "lapsed"],
        "followup": ["after_3", "after_6"],
        "evidence": [f"use_{each}" for each in Occasion],
        "use": ["time", "supervisor", "peers", "opportunity"],
        "month": [*MonthSeen, *Because],
        "day": [f"on_{n}" for n in range(1, 8)],
        "echo": [Moment.PLAN, Moment.MIDPOINT],
        "fault": [*Rule, *FaultCode],
        "mend": [*Rule, *FaultCode],
        "plan": [
            *(f"change_{each}" for each in ChangeKind),
            *(f"asked_{each}" for each in Consequence),
            *(f"note_{each}" for each in Note),
            *(f"people_{each}" for each in PeopleFinding),
            *(f"from_{each}" for each in Origin),
            *(f"unmet_{each}" for each in Wish),
            *(f"preview_column_{each}" for each in COLUMNS),
        ],
        "venue": [f"{part}_{each}" for part in ("act", "means") for each in VenueAct],
        "edit": [
            *(f"fault_{each}" for each in EditFault),
            *(f"{part}_{each}" for part in ("place", "reason") for each in ("fi", "sv")),
        ],
        "group": [
            *(f"{part}_{each}" for part in ("act", "do") for each in GroupAct),
            *(f"{part}_{each}" for part in ("note", "title") for each in GroupAct if each != "close"),
            *(f"sign_up_{each}" for each in SignUpState),
            *(f"did_{each}" for each in DID),
            *(f"told_{each}" for each in LANGUAGES),
            *(f"undo_{each}" for each in Becomes),
            *(f"{part}_{each}" for part in ("reason", "reason_missing") for each in ("fi", "sv")),
        ],
        "cli": [f"column_{each}" for each in ROSTER_HEADS],
        "deliveries": [f"column_{each}" for each in DELIVERY_HEADS],
        "usage": ["kind_path", "kind_text", "kind_time", "kind_number"],
        "backup": [MANIFEST_FORMAT, NO_MANIFEST, MANIFEST_FILE],
        "doctor": [
            *(f"check_{each}" for each in Check),
            *(f"{part}_{each}" for part in ("level", "sum") for each in Level),
            *Sign,
            *(f"without_{each.replace(':', '_').replace('.', '_')}" for each in scopes_of_the_manifest()),
        ],
        "case": [f"credit_{each}" for each in Credit],
        "change": [SessionChangeKind.ADDED, SessionChangeKind.REINSTATED],
    }
    found |= keys_of_the_rehearsal()
    return frozenset(found | {f"{family}.{name}" for family, names in families.items() for name in names})


def scopes_of_the_manifest() -> list[str]:
    found: list[str] = yaml.safe_load((ROOT / "manifest.yml").read_text())["oauth_config"]["scopes"]["bot"]
    return found


def keys_of_the_rehearsal() -> set[str]:
    """It names its sentences without ``rehearsal.``: those of its codes, those of its tables' columns, and
    whatever stands as a literal where a sentence is asked for."""
    columns = ("capacity", "seated", "waiting", "agencies", "prompts", "messages")
    columns += ("longest_queue", "left", "most_of_one_agency", "half_empty", "offering")
    columns += ("week", "people_reached", "most_to_one")
    by_code = {
        "promise": Promise,
        "breach": Breach,
        "flaw": Flaw,
        "deed": Deed,
        "why": [*QuietTime, "unknown"],
        "dropped": [*DROPPED, *DropReason, "other", "none"],
        "kind": [*KINDS, *DeliveryKind],
        "diff": [*DIFFERENCES, *COMPARED],
        "t": [*COMPARED, *columns],
        "c": ["moved", "dropped"],
        "moved": ["none"],
    }
    found = {f"{family}_{name}" for family, names in by_code.items() for name in names}
    for path in [*Path(ROOT, "rehearsal").glob("*.py"), Path(ROOT, "bot/cli/rehearse.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node) in {"say", "many"}:
                asked = node.args[0]
                either = [asked.body, asked.orelse] if isinstance(asked, ast.IfExp) else [asked]
                found |= {str(each.value) for each in either if isinstance(each, ast.Constant)}
    return {f"rehearsal.{name}" for name in found | {"fault", "note", "fault_at", "note_at", "progress_old"}}


def called(node: ast.Call) -> str:
    """The name of a function or a method."""
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_stands_that_no_code_says(language: str) -> None:
    assert set(sentences(language)) - keys_in_code() == set()


def test_every_language_has_the_same_keys() -> None:
    assert set(sentences("fi")) == set(sentences("sv")) == set(sentences("en"))


def test_every_key_in_code_that_belongs_to_a_known_family_has_its_sentence() -> None:
    known = set(sentences("fi"))
    families = {key.split(".")[0] for key in known}
    ids = {value for value in vars(slack_ids_of).values() if isinstance(value, str)}
    ids |= {*slack_ids_of.PREVIEW_BUTTONS}
    ids |= {*slack_ids_of.SET_FREQUENCY.values(), *slack_ids_of.CHOOSE_ANSWER}
    wanted = {key for key in keys_in_code() if key.split(".")[0] in families}
    slack_ids = {key for key in wanted if key in ids or (key.startswith("calendar.") and key not in known)}
    assert wanted - known - slack_ids == set()


def test_placeholders_are_the_same_in_every_language() -> None:
    for key, finnish in sentences("fi").items():
        names = set(re.findall(r"{(\w+)}", " ".join(finnish)))
        for language in ("sv", "en"):
            others = set(re.findall(r"{(\w+)}", " ".join(sentences(language)[key])))
            assert others - {"n"} == names - {"n"}, (key, language)


def test_titles_and_buttons_of_forms_fit_into_slacks_24_characters() -> None:
    for language in LANGUAGES:
        for key, (text, *_) in sentences(language).items():
            if SHORT.fullmatch(key):
                assert len(text) <= 24, (language, key, text)


def test_nothing_is_left_in_english() -> None:
    same = {
        key for key, text in sentences("en").items() if text in (sentences("fi")[key], sentences("sv")[key])
    }
    only_form = {key for key in same if not re.sub(r"{\w+}|[^\w]", "", "".join(sentences("en")[key]))}
    assert same - only_form == {"note.title", "kind.process"}  # the same word in Swedish and English


def test_a_missing_key_is_an_error_and_not_its_own_name() -> None:
    with pytest.raises(MissingWordsError):
        words_for("fi", "Europe/Helsinki")("no.such_key")
    with pytest.raises(MissingWordsError):
        words_for("fi", "Europe/Helsinki").many("no.such_key", 2)


@pytest.mark.parametrize(
    ("language", "day", "hours"),
    [
        ("fi", "to 14.3.2019", "9.00–15.30"),
        ("sv", "tors 14.3.2019", "9.00–15.30"),
        ("en", "Thu 14 Mar 2019", "09:00–15:30"),
    ],
)
def test_dates_and_times_are_written_as_each_language_writes_them(
    language: str, day: str, hours: str
) -> None:
    words = words_for(language, "Europe/Helsinki")
    assert words.day(date(2019, 3, 14)) == day
    assert words.hours(time(9), time(15, 30)) == hours


@pytest.mark.parametrize(
    ("language", "near", "said"),
    [
        ("fi", "to 14.3.", "Ilmoittautuminen alkaa to 14.3."),
        ("sv", "tors 14.3", "Anmälan öppnar tors 14.3."),
        ("en", "Thu 14 Mar", "Sign-up opens on Thu 14 Mar."),
    ],
)
def test_the_year_is_said_only_where_it_is_not_the_readers(language: str, near: str, said: str) -> None:
    new_years_eve = datetime(2018, 12, 31, 22, 30, tzinfo=UTC)  # 2019 in Helsinki
    day = date(2019, 3, 14)
    here = words_for(language, "Europe/Helsinki", new_years_eve)
    assert here.day(day) == near
    assert here("sign_up.not_yet", day=here.day(day)) == said
    assert "2019" in words_for(language, "Europe/London", new_years_eve).day(day)
    assert "2019" in words_for(language, "Europe/Helsinki").day(day), "a document"


def test_a_short_swedish_date_has_no_final_dot() -> None:
    said = {
        language: words_for(language, "Europe/Helsinki").short_day(date(2019, 4, 9)) for language in LANGUAGES
    }
    assert said == {"fi": "9.4.", "sv": "9.4", "en": "9 Apr"}


def test_one_and_many_are_told_apart() -> None:
    words = words_for("sv", "Europe/Helsinki")
    assert words.many("seats.left", 1, capacity=20) == "1 plats kvar av 20"
    assert words.many("seats.left", 2, capacity=20) == "2 platser kvar av 20"


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("fi", {1, 2, 3}, "ti–to"),
        ("sv", {1, 2, 3}, "tis–tors"),
        ("en", {0, 2}, "Mon and Wed"),
        ("fi", {0, 1}, "ma ja ti"),
        ("fi", {4}, "pe"),
    ],
)
def test_weekdays_in_a_row_are_said_as_from_and_to(language: str, days: set[int], said: str) -> None:
    assert words_for(language, "Europe/Helsinki").weekdays(days) == said
