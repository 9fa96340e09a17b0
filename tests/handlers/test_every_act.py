"""Every act, by everybody: who may do it, and that nobody else changes anything by trying."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.domain.errors import Refusal
from bot.domain.plan.edits import PlanEdit
from bot.domain.prompts.prompt import Frequency
from bot.views import ids
from tests.conftest import FakeClock
from tests.support.acts import ANYTHING_ELSE, Answer, chosen, refusal_in, registered_acts, send, text
from tests.support.roles import (
    NOW,
    OTHER,
    OWN,
    PEER,
    ROLES,
    STRANGER,
    Changes,
    Rows,
    Stage,
    Writes,
    all_rows,
    changed_rows,
    put_back,
    set_stage,
    words_of,
)
from tests.support.running import Running, start_app, start_workspace

ANYBODY = frozenset(ROLES) - {"deactivated"}
STAFF = ANYBODY - {"guest", "became_guest", "outsider"}
SEATED = frozenset({"participant"})
HOLDING = SEATED | {"became_guest"}
"""Who became a guest keeps the seat: they may give it up, but not take part."""
LEADS_OWN = frozenset({"facilitator", "coordinator"})
LEADS_OTHER = frozenset({"facilitator_elsewhere", "coordinator"})
COORDINATOR = frozenset({"coordinator"})
LEADS_ANY = LEADS_OWN | LEADS_OTHER
FACILITATOR, ELSEWHERE = frozenset({"facilitator"}), frozenset({"facilitator_elsewhere"})
NOBODY: frozenset[str] = frozenset()

Value = str | Callable[[Stage], str]


@dataclass(frozen=True)
class Try:
    """An act with the value that it is sent, and who may do it. The others are refused with ``refused``, or
    with what ``but`` says of their role; of the deactivated it is always the same."""

    act: tuple[str, str]
    value: Value
    may: frozenset[str]
    refused: Refusal | None = None
    but: Mapping[str, Refusal] = field(default_factory=dict)
    form: Mapping[str, Any] = field(default_factory=dict)

    def expected(self, role: str) -> Refusal | None:
        if role in self.may:
            return None
        if role == "deactivated":
            return Refusal.DEACTIVATED
        return self.but.get(role, self.refused)


def command(name: str, value: str, *rest: Any, **more: Any) -> Try:
    return Try(("command", name), value, *rest, **more)


def click(name: str, value: Value, *rest: Any, **more: Any) -> Try:
    return Try(("block_action", name), value, *rest, **more)


def submit(name: str, value: Value, *rest: Any, **more: Any) -> Try:
    return Try(("view_submission", name), value, *rest, **more)


def own(ids_of: str, shape: str = "{}") -> Callable[[Stage], str]:
    return lambda stage: shape.format(getattr(stage, ids_of)[OWN])


def other(ids_of: str, shape: str = "{}") -> Callable[[Stage], str]:
    return lambda stage: shape.format(getattr(stage, ids_of)[OTHER])


def written_by(user_id: str, shape: str = "{}") -> Callable[[Stage], str]:
    return lambda stage: shape.format(stage.reflections[user_id])


def seat_of(user_id: str, code: str, act: str, to: str = "") -> Callable[[Stage], str]:
    """An act on somebody's sign-up in OWN, under the code of this offering."""
    return lambda stage: f'{code}:{act}:["{stage.enrolments[user_id]}","{to}",{{"fi":"x"}}]'


def cancelling(code: str) -> str:
    return str(PlanEdit(code, 0, 1, cancelled=True))


def mark(stage: Stage) -> str:
    return stage.mark


TEXTS = {
    ids.TITLE["fi"]: text("Uusi otsikko"),
    ids.TITLE["sv"]: text("Ny rubrik"),
    ids.SUMMARY["fi"]: text("Kuvaus"),
    ids.SUMMARY["sv"]: text("Beskrivning"),
}
NEW = TEXTS | {
    ids.STRAND: chosen("kaiku-2019/2"),
    ids.KIND_OF: chosen("group"),
    ids.CAPACITY: text("12"),
    ids.PER_AGENCY: text("3"),
    ids.NEW_DAY: {"type": "datepicker", "selected_date": "2019-09-10"},
    ids.NEW_STARTS: {"type": "timepicker", "selected_time": "09:00"},
    ids.NEW_ENDS: {"type": "timepicker", "selected_time": "12:00"},
    ids.NEW_LINK: text("https://skype.example/9"),
}
TIME = "2019-05-07 12:30 16:00"
ASKING = f"{OWN}/3;1;{TIME}"
TIMES = {
    ids.ASKED_DAYS[0]: {"type": "datepicker", "selected_date": TIME[:10]},
    ids.ASKED_STARTS[0]: {"type": "timepicker", "selected_time": "12:30"},
}
GUESTS = dict.fromkeys(("guest", "became_guest", "outsider"), Refusal.GUEST)


def people(*user_ids: str) -> Mapping[str, Any]:
    return {ids.PEOPLE: {"type": "multi_users_select", "selected_users": list(user_ids)}}


LEFT = {"withdrawn": Refusal.ROUND_FOR_SEATED, "became_guest": Refusal.GUEST_IN_GROUP}
JOINING = {"agency": chosen("mml"), "role": chosen("expert"), "language": chosen("fi")}
ANSWERED = {"answer_0": text("1"), "sharing": chosen("facilitators")}
WORDED = {"question_0_fi": text("Mitä?"), "question_0_sv": text("Vad?"), "kind": chosen("any")}
SENTENCE = {"sentence_fi": text("Tule mukaan!"), "sentence_sv": text("Kom med!")}
CHANNELS = {"channels_fi": {"type": "multi_conversations_select", "selected_conversations": ["CYLEINEN"]}}
PRESENT = {"attended_0": {"type": "checkboxes", "selected_options": [{"value": PEER}, {"value": STRANGER}]}}
SENDING = {"timing": chosen("now"), "audience": chosen("seated")}
NOT_ASKED, NOT_MINE = Refusal.NOT_YOUR_PROMPT, Refusal.NOT_YOURS_TO_ASK
NO_VENUE = Refusal.CHANGED_MEANWHILE
NOT_ANNOUNCED = Refusal.NOT_YOURS_TO_ANNOUNCE
NOT_OVER = {"participant": Refusal.NOT_OVER_YET, "became_guest": Refusal.NOT_OVER_YET}
COMING = dict.fromkeys(("participant", "became_guest"), Refusal.NOT_ABSENT)
NOT_STAFF = dict.fromkeys(("guest", "became_guest", "outsider"), Refusal.GUEST)
NO_SEAT_NOW = {"withdrawn": Refusal.NOT_ENROLLED, "became_guest": Refusal.GUEST_IN_GROUP}
NO_TICK, NO_NEEDS = Refusal.SESSION_NOT_BEGUN, Refusal.NEEDS_NOT_ASKED
TOO_FEW = dict.fromkeys(LEADS_OTHER, Refusal.TOO_FEW_FOR_ROOMS)
NOT_THEIR_LETTER = {"coordinator": Refusal.LETTER_GONE}
LETTER = {ids.LETTER["fi"]: text("Hei!"), ids.LETTER["sv"]: text("Hej!"), ids.LETTER_TO: chosen("both")}
TOLD = {ids.CASE_TRIED: text("a"), ids.CASE_CAME: text("b"), ids.CASE_CREDIT: chosen("name")}
NAMED = {ids.NAME: text("Aino Virtanen"), ids.LANGUAGE: chosen("fi")}

TABLE = [
    *(command(name, "", ANYBODY) for name in ("next", "list", "mine", "reflect", "settings", "help")),
    *(
        command(name, "", ANYBODY)
        for name in ("calendar", "pause", "materials", "certificate", "contacts", "cancel", "data")
    ),
    *(
        click(name, "", ANYBODY)
        for name in ("next.show", "mine.list", "absence.choose", "materials.show", "my_data.show")
    ),
    *(click(name, "", ANYBODY) for name in ("contacts.show", "help.show", "certificates.show")),
    click(ids.READ_NOTICE, "", ANYBODY),
    click(ids.GET_MY_DATA, "", ANYBODY),
    click(ids.ASK_TO_ERASE_ME, "", ANYBODY),
    submit(ids.ERASE_ME_FORM, "0.000000", ANYBODY),
    click(ids.ASK_AGAIN, "next", ANYBODY),
    click(ids.WISH_OPENING, OWN, STAFF, Refusal.GUEST),
    click(ids.TAKE_WISH_BACK, OWN, STAFF | HOLDING, Refusal.GUEST),
    # The end: these groups go on, so nobody has a certificate yet, or waits in vain
    # A seat that is offered to somebody else, and one that nobody was ever offered
    *(
        click(act, value, NOBODY, Refusal.OFFER_GONE)
        for act in (ids.ACCEPT_OFFER, ids.DECLINE_OFFER)
        for value in (other("offers", "{}:" + OTHER), other("offers", "{}:" + OWN), f"999:{OWN}")
    ),
    click(ids.KEEP_TURN, OWN, NOBODY, Refusal.NOT_ENROLLED),
    click(ids.GIVE_UP_TURN, OWN, ANYBODY),
    click(ids.ASK_CERTIFICATE, OWN, NOBODY, Refusal.NOT_ENROLLED, but=NOT_OVER),
    submit(ids.CERTIFICATE_FORM, OWN, NOBODY, Refusal.NOT_ENROLLED, but=NOT_OVER, form=NAMED),
    click(ids.OPEN_CERTIFICATE, OWN, ANYBODY),
    *(click(each, f"{OWN}:used:0", HOLDING, Refusal.NOT_ENROLLED) for each in ids.ANSWER_USE),
    click(ids.THROW_ANNOUNCEMENT_AWAY, own("announcement_drafts"), LEADS_ANY, Refusal.NOTHING_TO_ANNOUNCE),
    click(ids.THROW_PROMPT_AWAY, other("drafts", OWN + "/{}"), LEADS_OWN, NOT_MINE),
    command("join", OWN, STAFF | HOLDING, Refusal.GUEST),
    command("join", OTHER, STAFF, Refusal.GUEST),
    command("leave", OWN, HOLDING, Refusal.NOT_ENROLLED),
    command("leave", OTHER, NOBODY, Refusal.NOT_ENROLLED),
    command("leave", "", ANYBODY),
    command("shared", OWN, FACILITATOR, Refusal.NOT_FACILITATOR),
    command("shared", OTHER, ELSEWHERE, Refusal.NOT_FACILITATOR),
    command("prompt", "", LEADS_ANY, Refusal.LEADS_NOTHING),
    command("prompt", OWN, LEADS_OWN, NOT_MINE),
    command("prompt", OTHER, LEADS_OTHER, NOT_MINE),
    command("announce", "", LEADS_ANY, Refusal.NOTHING_TO_ANNOUNCE),
    command("announce", OWN, LEADS_OWN, NOT_ANNOUNCED),
    command("announce", OTHER, LEADS_OTHER, NOT_ANNOUNCED),
    command("report", "", LEADS_ANY, Refusal.LEADS_NOTHING),
    command("report", OWN, LEADS_OWN, NOT_MINE),
    command("report", OTHER, LEADS_OTHER, NOT_MINE),
    click(ids.ISSUE_REPORT, "", COORDINATOR, Refusal.NOT_COORDINATOR),
    click(ids.GET_REPORT, OTHER, NOBODY, NOT_MINE, but=dict.fromkeys(LEADS_OTHER, Refusal.NOT_ISSUED)),
    click(ids.ASK_CASES, "", COORDINATOR, Refusal.NOT_COORDINATOR),
    submit(
        ids.ASK_CASES_FORM, "new", COORDINATOR, Refusal.NOT_COORDINATOR, form={ids.CASES_MOST: chosen("4")}
    ),
    click(ids.TELL_CASE, OWN, SEATED, Refusal.CASE_NOT_ASKED, but=NO_SEAT_NOW),
    click(ids.TELL_CASE, OTHER, NOBODY, Refusal.CASE_NOT_ASKED),
    submit(ids.CASE_FORM, OWN, SEATED, Refusal.CASE_NOT_ASKED, but=NO_SEAT_NOW, form=TOLD),
    submit(ids.CASE_FORM, OTHER, NOBODY, Refusal.CASE_NOT_ASKED, form=TOLD),
    click(ids.GIVE_CASE, OWN, SEATED, Refusal.CASE_NOT_ASKED, but=NO_SEAT_NOW),
    click(ids.GIVE_CASE, OTHER, NOBODY, Refusal.CASE_NOT_ASKED),
    click(ids.WITHDRAW_CASE, OWN, SEATED, Refusal.CASE_GONE),
    click(ids.WITHDRAW_CASE, OTHER, NOBODY, Refusal.CASE_GONE),
    command("announce", "digest", LEADS_ANY, Refusal.NOT_YOUR_DIGEST),
    # Joining, leaving, one's own year
    click(ids.SHOW_OFFERINGS, "", ANYBODY),
    click(ids.JOIN_OFFERING, OWN, STAFF | HOLDING, Refusal.GUEST),
    click(ids.JOIN_OFFERING, OTHER, STAFF, Refusal.GUEST),
    submit(ids.JOIN_FORM, OWN, STAFF, Refusal.GUEST, form=JOINING),
    submit(ids.JOIN_FORM, other("posts", OTHER + "@{}"), STAFF, Refusal.GUEST, form=JOINING),
    click(ids.LEAVE_OFFERING, OWN, HOLDING, Refusal.NOT_ENROLLED),
    click(ids.LEAVE_OFFERING, OTHER, NOBODY, Refusal.NOT_ENROLLED),
    submit(ids.LEAVE_FORM, OWN, HOLDING, Refusal.NOT_ENROLLED),
    submit(ids.LEAVE_FORM, OTHER, NOBODY, Refusal.NOT_ENROLLED),
    click(ids.UNDO_LEAVE, OWN, SEATED | {"withdrawn"}, Refusal.UNDO_TOO_LATE, but=NOT_STAFF),
    click(ids.UNDO_LEAVE, OTHER, NOBODY, Refusal.UNDO_TOO_LATE, but=NOT_STAFF),
    submit(ids.ABSENCE_WORD_FORM, f"{OWN}/2", NOBODY, Refusal.NOT_ENROLLED, but=COMING),
    submit(ids.ABSENCE_WORD_FORM, f"{OTHER}/1", NOBODY, Refusal.NOT_ENROLLED),
    click(ids.OFFERING_DETAILS, OWN, ANYBODY),
    click(ids.OPEN_MINE, OWN, HOLDING, Refusal.NOT_ENROLLED),
    click(ids.OPEN_MINE, OTHER, NOBODY, Refusal.NOT_ENROLLED),
    click(ids.SHOW_PAST, OWN, HOLDING, Refusal.NOT_ENROLLED),
    click(ids.SHOW_PAST, OTHER, NOBODY, Refusal.NOT_ENROLLED),
    *(
        each
        for act in (ids.SAY_ABSENT, ids.ABSENT_FOR_SURE, ids.SAY_PRESENT)
        for each in (
            click(act, f"{OWN}/2", HOLDING, Refusal.NOT_ENROLLED),
            click(act, f"{OTHER}/1", NOBODY, Refusal.NOT_ENROLLED),
        )
    ),
    click(ids.JOIN_SESSION, "", ANYBODY),
    click(ids.OPEN_SETTINGS, "", ANYBODY),
    submit(ids.SETTINGS_FORM, "", ANYBODY, form=JOINING),
    click(ids.OPEN_CALENDAR, "", ANYBODY),
    click(ids.OPEN_CALENDAR_FILE, "", ANYBODY),
    click(ids.RENEW_CALENDAR, mark, ANYBODY),
    submit(ids.RENEW_CALENDAR_FORM, mark, ANYBODY),
    # Prompts and what one writes
    click(ids.ANSWER_PROMPT, own("prompts"), SEATED, NOT_ASKED, LEFT),
    click(ids.ANSWER_PROMPT, other("prompts"), NOBODY, NOT_ASKED),
    *(click(each, own("prompts"), SEATED, NOT_ASKED, LEFT) for each in ids.CHOOSE_ANSWER),
    click(ids.CHOOSE_ANSWER[0], other("prompts"), NOBODY, NOT_ASKED),
    *(
        each
        for act in ids.ANSWERS
        for each in (
            Try(
                ("block_action", act),
                "x",
                SEATED,
                NOT_ASKED,
                LEFT,
                form={"form": own("prompts")} | ANSWERED,
            ),
            Try(("block_action", act), "x", NOBODY, NOT_ASKED, form={"form": other("prompts")} | ANSWERED),
            Try(("block_action", act), "x", ANYBODY, form={"form": "free"} | ANSWERED),
        )
    ),
    submit(ids.ANSWER_FORM, own("prompts"), SEATED, NOT_ASKED, LEFT, form=ANSWERED),
    submit(ids.ANSWER_FORM, other("prompts"), NOBODY, NOT_ASKED, form=ANSWERED),
    click(ids.ASK_LATER, own("prompts", "{}:hour"), SEATED, NOT_ASKED, LEFT),
    click(ids.ASK_LATER, other("prompts", "{}:hour"), NOBODY, NOT_ASKED),
    click(ids.READ_SHARED, own("prompts"), SEATED, NOT_ASKED, LEFT),
    click(ids.READ_SHARED, other("prompts"), NOBODY, NOT_ASKED),
    click(ids.FEWER_PROMPTS, "", ANYBODY),
    *(click(ids.SET_FREQUENCY[each], "", ANYBODY) for each in Frequency),
    click(ids.OPEN_REFLECTIONS, "", ANYBODY),
    click(ids.WRITE_FREELY, "", ANYBODY),
    submit(ids.FREE_FORM, "free:new:abc", ANYBODY, form=ANSWERED),
    submit(ids.FREE_FORM, written_by("UAINO", "free:{}"), SEATED, Refusal.REFLECTION_GONE, form=ANSWERED),
    submit(ids.FREE_FORM, written_by(PEER, "free:{}"), NOBODY, Refusal.REFLECTION_GONE, form=ANSWERED),
    click(ids.EDIT_REFLECTION, written_by("UAINO"), SEATED, Refusal.REFLECTION_GONE),
    click(ids.EDIT_REFLECTION, written_by(PEER), NOBODY, Refusal.REFLECTION_GONE),
    click(ids.DELETE_REFLECTION, written_by("UAINO"), SEATED, Refusal.REFLECTION_GONE),
    click(ids.DELETE_REFLECTION, written_by(STRANGER), NOBODY, Refusal.REFLECTION_GONE),
    click(ids.ERASE_REFLECTIONS, "", ANYBODY),
    submit(ids.ERASE_FORM, "", ANYBODY),
    # Under a post
    click(ids.POST_JOIN, own("posts", "{}:" + OWN), STAFF | HOLDING, Refusal.GUEST),
    click(ids.POST_JOIN, other("posts", "{}:" + OTHER), STAFF, Refusal.GUEST),
    click(ids.POST_DETAILS, own("posts", "{}:" + OWN), ANYBODY),
    click(ids.POST_CALENDAR, own("posts", "{}:" + OWN), ANYBODY),
    # Announcing
    *(click(each, "", ANYBODY) for each in ids.PREVIEW_BUTTONS),
    click(ids.ANNOUNCE, OWN, LEADS_OWN, NOT_ANNOUNCED),
    click(ids.ANNOUNCE, other("announcement_drafts", OWN + ":{}"), {"coordinator"}, NOT_ANNOUNCED),
    click(ids.ANNOUNCE, OTHER, LEADS_OTHER, NOT_ANNOUNCED),
    click(ids.ANNOUNCE, "digest", LEADS_ANY, Refusal.NOT_YOUR_DIGEST),
    submit(ids.ANNOUNCE_FORM, f"{OWN}:new-k", LEADS_OWN, NOT_ANNOUNCED, form=SENTENCE | CHANNELS),
    submit(
        ids.ANNOUNCE_FORM,
        other("announcement_drafts", OWN + ":{}"),
        LEADS_OWN,
        NOT_ANNOUNCED,
        form=SENTENCE | CHANNELS,
    ),
    submit(ids.ANNOUNCE_FORM, f"{OTHER}:new-k", LEADS_OTHER, NOT_ANNOUNCED, form=SENTENCE | CHANNELS),
    submit(ids.PUBLISH_FORM, own("announcement_drafts"), LEADS_OWN, NOT_ANNOUNCED),
    submit(ids.PUBLISH_FORM, other("announcement_drafts"), LEADS_OTHER, NOT_ANNOUNCED),
    *(
        each
        for make, act in (
            (click, ids.EDIT_ANNOUNCEMENT),
            (submit, ids.SENTENCE_FORM),
            (click, ids.WITHDRAW_ANNOUNCEMENT),
            (submit, ids.WITHDRAW_FORM),
        )
        for each in (
            make(act, own("announcements"), LEADS_OWN, NOT_ANNOUNCED, form=SENTENCE),
            make(act, other("announcements"), LEADS_OTHER, NOT_ANNOUNCED, form=SENTENCE),
        )
    ),
    # The desk
    *(
        each
        for make, act, form in (
            (click, ids.OPEN_DESK, {}),
            (click, ids.WRITE_PROMPT, {}),
            (submit, ids.SOURCE_FORM, {"source": chosen("own")}),
            (click, ids.SHOW_TIMELINE, {}),
            (click, ids.DRAW_TIMELINE, {}),
        )
        for each in (
            make(act, OWN, LEADS_OWN, NOT_MINE, form=form),
            make(act, OTHER, LEADS_OTHER, NOT_MINE, form=form),
        )
    ),
    submit(ids.WORDING_FORM, f"{OWN}:new-k:", LEADS_OWN, NOT_MINE, form=WORDED),
    submit(ids.WORDING_FORM, f"{OTHER}:new-k:", LEADS_OTHER, NOT_MINE, form=WORDED),
    submit(
        ids.WORDING_FORM,
        other("drafts", OWN + ":{}:"),
        NOBODY,
        NOT_MINE,
        {"coordinator": Refusal.PROMPT_GONE},
        form=WORDED,
    ),
    *(
        each
        for make, act, ids_of, shape, form in (
            (click, ids.GO_ON_WRITING, "drafts", "{}", {}),
            (click, ids.CHANGE_SENDING, "drafts", "{}", {}),
            (
                submit,
                ids.SENDING_FORM,
                "drafts",
                "{}",
                {"timing": chosen("now"), "audience": chosen("seated")},
            ),
            (submit, ids.PROMPT_FORM, "drafts", "{}", {}),
            (click, ids.PROMPT_MENU, "drafts", "edit:{}", {}),
            (click, ids.PROMPT_MENU, "prompts", "withdraw:{}", {}),
            (submit, ids.WITHDRAW_PROMPT_FORM, "prompts", "{}", {}),
        )
        for each in (
            make(act, own(ids_of, shape), LEADS_OWN, NOT_MINE, form=form),
            make(act, other(ids_of, shape), LEADS_OTHER, NOT_MINE, form=form),
        )
    ),
    click(ids.SHOW_SHARED_ANSWERS, OWN, FACILITATOR, Refusal.NOT_FACILITATOR),
    click(ids.SHOW_SHARED_ANSWERS, OTHER, ELSEWHERE, Refusal.NOT_FACILITATOR),
    # Nothing is drawn here, and anybody may know it; who may confirm: services/enrolment/test_draws.py.
    click(ids.REVIEW_DRAW, OWN, NOBODY, Refusal.NOT_DRAWN),
    submit(ids.DRAW_FORM, f"{OWN}:9f2c0d", NOBODY, Refusal.NOT_DRAWN),
    click(ids.SHOW_DRAW_MESSAGES, f"{OWN}:9f2c0d", NOBODY, Refusal.NOT_DRAWN),
    click(ids.CHOOSE_DRAW_READER, f"{OWN}:9f2c0d:UAINO", NOBODY, Refusal.NOT_DRAWN),
    click(ids.MARK_ATTENDANCE, f"{OWN}/1", LEADS_OWN, NOT_MINE),
    submit(ids.ATTENDANCE_FORM, f"{OWN}/1", LEADS_OWN, NOT_MINE, form=PRESENT),
    submit(
        ids.ATTENDANCE_FORM,
        f"{OTHER}/1",
        NOBODY,
        NOT_MINE,
        dict.fromkeys(LEADS_OTHER, Refusal.SESSION_NOT_BEGUN),
        form=PRESENT,
    ),
    # A session: attendance, brief, rooms; no needs are asked here, and nothing is remote
    click(ids.WAS_THERE, f"{OWN}/1", NOBODY, Refusal.NOT_ENROLLED, but=dict.fromkeys(HOLDING, NO_TICK)),
    # No group here has preparation cards: services/prompts/test_preparation.py.
    click(ids.OPEN_PREPARATION, ANYTHING_ELSE, NOBODY, Refusal.NOTHING_TO_PREPARE),
    submit(ids.PREPARATION_FORM, ANYTHING_ELSE, NOBODY, Refusal.NOTHING_TO_PREPARE),
    click(ids.CHANGE_NEEDS, OWN, NOBODY, Refusal.NOT_ENROLLED, but=dict.fromkeys(HOLDING, NO_NEEDS)),
    submit(
        ids.NEEDS_FORM,
        OWN,
        NOBODY,
        Refusal.NOT_ENROLLED,
        but=dict.fromkeys(HOLDING, NO_NEEDS),
        form={"needs": {"type": "checkboxes", "selected_options": [{"value": "step_free"}]}},
    ),
    *(
        each
        for make, act in (
            (click, ids.SHOW_BRIEF),
            (click, ids.OPEN_ROOMS),
            (click, ids.SHARE_OUT),
            (submit, ids.ROOMS_FORM),
            (click, ids.SHOW_PHASES),
        )
        for each in (
            make(act, f"{OWN}/2", LEADS_OWN, NOT_MINE),
            make(
                act,
                f"{OTHER}/1",
                NOBODY if act == ids.ROOMS_FORM else LEADS_OTHER,
                NOT_MINE,
                but=TOO_FEW if act == ids.ROOMS_FORM else {},
            ),
        )
    ),
    click(ids.SEND_ROOMS, f"{OWN}/2", NOBODY, NOT_MINE, but=dict.fromkeys(LEADS_OWN, Refusal.NO_ROOMS_YET)),
    *(click(act, f"{OWN}/2/start/0p300", LEADS_OWN, NOT_MINE) for act in ids.TURN_PHASE),
    click(ids.TURN_PHASE[0], f"{OTHER}/1/start/0p300", LEADS_OTHER, NOT_MINE),
    # Changing sessions
    click(ids.CHANGE_PLAN, OWN, LEADS_OWN, NOT_MINE),
    click(ids.CHANGE_PLAN, OTHER, LEADS_OTHER, NOT_MINE),
    click(ids.NEW_SESSION, OWN, LEADS_OWN, NOT_MINE),
    click(ids.NEW_SESSION, OTHER, LEADS_OTHER, NOT_MINE),
    click(ids.EDIT_SESSION, f"{OWN}/2", LEADS_OWN, NOT_MINE),
    click(ids.EDIT_SESSION, f"{OTHER}/0", LEADS_OTHER, NOT_MINE),
    click(ids.EDIT_SEATS, OWN, LEADS_OWN, NOT_MINE),
    click(ids.EDIT_SEATS, OTHER, LEADS_OTHER, NOT_MINE),
    # Venues: no session has one there, so those who may decide are told that it has changed
    *(
        click(act, f"{OWN}/1/2019-03-26", NOBODY, NOT_MINE, but=dict.fromkeys(LEADS_OWN, NO_VENUE))
        for act in (ids.KEEP_VENUE, ids.OPEN_VENUE, *ids.CHANGE_VENUE.values())
    ),
    *(
        each
        for code, leads in ((OWN, LEADS_OWN), (OTHER, LEADS_OTHER))
        for each in (
            click(ids.EDIT_AGAIN, "", leads, NOT_MINE, form={"form": cancelling(code)}),
            click(
                ids.EDIT_QUIETLY,
                "",
                NOBODY,
                NOT_MINE,
                but=dict.fromkeys(leads, Refusal.MUST_BE_TOLD),
                form={"form": cancelling(code)},
            ),
            submit(ids.EDIT_FORM, cancelling(code), leads, NOT_MINE, form={ids.HELD: chosen("cancelled")}),
            submit(ids.EDIT_CONFIRM, cancelling(code), leads, NOT_MINE),
        )
    ),
    click(
        ids.ACKNOWLEDGE_CHANGE,
        f"{OWN}/2",
        NOBODY,
        Refusal.NOT_ENROLLED,
        but=dict.fromkeys(HOLDING, Refusal.CHANGED_MEANWHILE),
    ),
    click(ids.ACKNOWLEDGE_CHANGE, f"{OTHER}/1", NOBODY, Refusal.NOT_ENROLLED),
    # Texts and new offerings
    click(ids.EDIT_TEXTS, f"{OWN}/0", LEADS_OWN, NOT_MINE),
    click(ids.EDIT_TEXTS, f"{OTHER}/1", LEADS_OTHER, NOT_MINE),
    submit(ids.TEXTS_FORM, f"{OWN}/0/old", LEADS_OWN, NOT_MINE, form=TEXTS),
    submit(ids.TEXTS_FORM, f"{OTHER}/0/old", LEADS_OTHER, NOT_MINE, form=TEXTS),
    click(ids.NEW_OFFERING, "", LEADS_ANY, Refusal.LEADS_NOTHING),
    submit(ids.NEW_OFFERING_FORM, "9", LEADS_OWN, Refusal.LEADS_NOTHING, form=NEW),
    click(ids.COPY_OFFERING, OWN, LEADS_OWN, NOT_MINE),
    click(ids.COPY_OFFERING, OTHER, LEADS_OTHER, NOT_MINE),
    submit(ids.COPY_FORM, f"{OWN}/9", LEADS_OWN, NOT_MINE, form=NEW),
    submit(ids.COPY_FORM, f"{OTHER}/9", LEADS_OTHER, NOT_MINE, form=NEW),
    # Finding a time
    click(ids.FIND_TIME, f"{OWN}/2", LEADS_OWN, NOT_MINE),
    click(ids.FIND_TIME, f"{OTHER}/1", LEADS_OTHER, NOT_MINE),
    click(ids.TIMES_AGAIN, "", LEADS_OWN, NOT_MINE, form={"form": ASKING}),
    submit(ids.TIMES_FORM, ASKING, LEADS_OWN, NOT_MINE, form=TIMES),
    submit(ids.TIMES_CONFIRM, ASKING, LEADS_OWN, NOT_MINE),
    *(
        each
        for of, leads in ((own, LEADS_OWN), (other, LEADS_OTHER))
        for each in (
            click(ids.PICK_TIME, of("polls", "{}/0"), leads, NOT_MINE),
            click(ids.CLOSE_POLL, of("polls"), leads, NOT_MINE),
        )
    ),
    click(ids.TIME_SUITS, own("polls", "{}/1"), HOLDING, Refusal.NOT_ENROLLED),
    click(ids.NO_TIME_SUITS, own("polls"), HOLDING, Refusal.NOT_ENROLLED),
    click(ids.TIME_SUITS, other("polls", "{}/1"), NOBODY, Refusal.NOT_ENROLLED),
    click(ids.NO_TIME_SUITS, other("polls"), NOBODY, Refusal.NOT_ENROLLED),
    # The desk of a group
    command("group", "", LEADS_ANY, Refusal.LEADS_NOTHING),
    command("group", OWN, LEADS_OWN, NOT_MINE),
    click(ids.OPEN_GROUP, OTHER, LEADS_OTHER, NOT_MINE),
    click(ids.GROUP_MENU, f"{OWN}:remove", LEADS_OWN, NOT_MINE),
    click(ids.GROUP_MENU, f"{OTHER}:close", LEADS_OTHER, NOT_MINE),
    submit(ids.GROUP_FORM, f"{OWN}:close", LEADS_OWN, NOT_MINE),
    submit(ids.GROUP_CONFIRM, f"{OTHER}:close", LEADS_OTHER, NOT_MINE),
    submit(ids.GROUP_CONFIRM, f'{OWN}:add:["UELSA","",{{}}]', LEADS_OWN, NOT_MINE),
    submit(ids.GROUP_CONFIRM, seat_of("UAINO", OWN, "remove"), LEADS_OWN, NOT_MINE),
    submit(ids.GROUP_CONFIRM, seat_of("UAINO", OWN, "seat"), LEADS_OWN, NOT_MINE),
    submit(ids.GROUP_CONFIRM, seat_of("UAINO", OWN, "move", "dialogue-3"), {"coordinator"}, NOT_MINE),
    submit(ids.GROUP_CONFIRM, f'{OWN}:raise:["vero","4/5",{{}}]', LEADS_OWN, NOT_MINE),
    submit(
        ids.GROUP_CONFIRM,
        seat_of("UAINO", OTHER, "remove"),
        NOBODY,
        NOT_MINE,
        dict.fromkeys(LEADS_OTHER, Refusal.NOT_IN_GROUP),
    ),
    click(ids.UNDO_REMOVAL, own("removals", OWN + "/{}"), LEADS_OWN, NOT_MINE),
    click(ids.UNDO_REMOVAL, other("removals", OTHER + "/{}"), LEADS_OTHER, NOT_MINE),
    click(
        ids.UNDO_REMOVAL,
        other("removals", OWN + "/{}"),
        NOBODY,
        NOT_MINE,
        dict.fromkeys(LEADS_OWN, Refusal.TOO_LATE_TO_UNDO),
    ),
    click(ids.UNDO_INVITATION, own("invitations", OWN + "/{}"), LEADS_OWN, NOT_MINE),
    click(ids.UNDO_INVITATION, other("invitations", OTHER + "/{}"), LEADS_OTHER, NOT_MINE),
    click(
        ids.UNDO_INVITATION,
        other("invitations", OWN + "/{}"),
        NOBODY,
        NOT_MINE,
        dict.fromkeys(LEADS_OWN, Refusal.INVITATION_SENT),
    ),
    click(ids.ACCEPT_INVITATION, other("invitations"), SEATED, Refusal.INVITATION_GONE, GUESTS),
    submit(ids.INVITATION_FORM, other("invitations"), SEATED, Refusal.INVITATION_GONE, GUESTS, form=JOINING),
    click(ids.DECLINE_INVITATION, other("invitations"), SEATED, Refusal.INVITATION_GONE),
    # Roles, the log of acts, the pause of all sending
    command("contacts", OWN, ANYBODY),
    click(ids.OPEN_FACILITATORS, OWN, ANYBODY),
    submit(ids.FACILITATORS_FORM, f"{OWN}:UFASI", LEADS_OWN, NOT_MINE, form=people("UFASI", PEER)),
    submit(ids.FACILITATORS_FORM, f"{OTHER}:UANDERS", LEADS_OTHER, NOT_MINE, form=people("UANDERS", PEER)),
    command("log", "", COORDINATOR, Refusal.NOT_COORDINATOR),
    command("log", OWN, COORDINATOR, Refusal.NOT_COORDINATOR),
    click(ids.SHOW_LOG, ":7", COORDINATOR, Refusal.NOT_COORDINATOR),
    click(ids.OPEN_COORDINATORS, "", COORDINATOR, Refusal.NOT_COORDINATOR),
    submit(ids.COORDINATORS_FORM, ":", COORDINATOR, Refusal.NOT_COORDINATOR, form=people(PEER)),
    click(ids.PAUSE_SENDING, "", COORDINATOR, Refusal.NOT_COORDINATOR),
    submit(ids.PAUSE_FORM, "", COORDINATOR, Refusal.NOT_COORDINATOR, form={ids.WHY: text("Väärä linkki")}),
    click(ids.RESUME_SENDING, "", COORDINATOR, Refusal.NOT_COORDINATOR),
    # Letters: a draft is its author's, and what was sent is withdrawn by whoever leads
    click(ids.WRITE_LETTER, OWN, LEADS_OWN, NOT_MINE),
    click(ids.WRITE_LETTER, OTHER, LEADS_OTHER, NOT_MINE),
    submit(ids.LETTER_FORM, f"{OWN}:new-k", LEADS_OWN, NOT_MINE, form=LETTER),
    submit(ids.LETTER_FORM, f"{OTHER}:new-k", LEADS_OTHER, NOT_MINE, form=LETTER),
    submit(ids.SEND_LETTER_FORM, own("letter_drafts"), FACILITATOR, NOT_MINE, NOT_THEIR_LETTER),
    submit(ids.SEND_LETTER_FORM, other("letter_drafts"), ELSEWHERE, NOT_MINE, NOT_THEIR_LETTER),
    *(
        each
        for make, act in ((click, ids.WITHDRAW_LETTER), (submit, ids.WITHDRAW_LETTER_FORM))
        for each in (
            make(act, own("letters"), LEADS_OWN, NOT_MINE),
            make(act, other("letters"), LEADS_OTHER, NOT_MINE),
        )
    ),
    click(ids.EXPORT_ROSTER, OWN, FACILITATOR, Refusal.NOT_YOURS_TO_EXPORT),
    click(ids.EXPORT_ROSTER, OTHER, ELSEWHERE, Refusal.NOT_YOURS_TO_EXPORT),
    click(ids.OPEN_DOWNLOAD, "", ANYBODY),
    # A group's own channel, which is not turned on here
    click(ids.OPEN_CHANNEL, OWN, LEADS_OWN, NOT_MINE),
    click(ids.OPEN_CHANNEL, OTHER, LEADS_OTHER, NOT_MINE),
    submit(ids.CHANNEL_FORM, OWN, NOBODY, NOT_MINE, dict.fromkeys(LEADS_OWN, Refusal.CHANNELS_OFF)),
    submit(ids.CHANNEL_FORM, OTHER, NOBODY, NOT_MINE, dict.fromkeys(LEADS_OTHER, Refusal.CHANNELS_OFF)),
    click(ids.LET_CHANNEL_GO, OWN, LEADS_OWN, NOT_MINE),
    click(ids.LET_CHANNEL_GO, OTHER, LEADS_OTHER, NOT_MINE),
    # What nobody is asked to click any more, and what Slack tells by itself
    click(ANYTHING_ELSE, "", ANYBODY),
    submit(ANYTHING_ELSE, "", ANYBODY),
    Try(("event", "app_home_opened"), "", ANYBODY),
    Try(("event", "message"), "", ANYBODY),
    Try(("event", "app_mention"), "", ANYBODY),
    Try(("event", "user_change"), "", frozenset(ROLES)),
    Try(("event", "team_join"), "", frozenset(ROLES)),
]

pytestmark = pytest.mark.timeout(300)

SEATED_IN_OWN = {PEER, *(ROLES[each] for each in (*HOLDING, "deactivated"))}
SHOWS_NOTHING = {
    *(("block_action", each) for each in (*ids.PREVIEW_BUTTONS, *ids.ANSWERS, *ids.ANSWER_USE)),
    ("block_action", ids.OPEN_CERTIFICATE),
    ("block_action", ids.OPEN_DOWNLOAD),
    ("block_action", ids.JOIN_SESSION),
    ("block_action", ids.TIME_SUITS),
    ("block_action", ids.NO_TIME_SUITS),
    ("block_action", ids.OPEN_CALENDAR_FILE),
    ("block_action", ids.ASK_LATER),
}
"""Acts whose answer is not shown: the browser does the rest, or the message is edited later."""

ON_OTHERS = {
    ("view_submission", ids.GROUP_CONFIRM),
    ("view_submission", ids.EDIT_CONFIRM),
    ("view_submission", ids.TIMES_CONFIRM),
}
"""What facilitators do with other people's sign-ups: a cancelled group's sign-ups are told of it."""

OF_EACH_TIME = {"act", "announcement_click", "announcement"}
"""What is noted each time: who read or decided, and that somebody clicked. And somebody else's draft that is
saved becomes one of one's own."""
VOLATILE = ("_at", "at", "sealed", "digest")

OF_A_PERSON = ("person", "prompt_choice", "absence", "person_key", "reflection", "reflection_draft")
"""Tables of which nobody changes another's rows; the column that says whose a row is."""


@pytest.fixture
async def stage(database_url: str, clock: FakeClock) -> Any:
    server = await start_workspace(clock)
    with Writes() as writes:
        app = await start_app(server, database_url, clock, ticks=False)  # nothing changes but by what is sent
        kaiku = Running(app, server, clock)
        kaiku.app.public_url = f"http://127.0.0.1:{kaiku.app.port}"
        yield kaiku, set_stage(kaiku), writes
        await kaiku.app.stop()
    await kaiku.server.stop()


async def test_every_act_has_its_rows_and_does_only_for_those_who_may(
    stage: tuple[Running, Stage, Writes],
) -> None:
    kaiku, ids_of, writes = stage
    acts = {each.act for each in TABLE}
    assert acts == set(registered_acts(kaiku)), "a listener without rows, or rows without one"
    before, faults = all_rows(kaiku), []
    languages = {role: words_of(kaiku, user_id).language for role, user_id in ROLES.items()}
    for n, tried in enumerate(TABLE):
        for role in _who_tries(tried, n, everybody=kaiku.store.is_sqlite):
            kaiku.clock.move_to(NOW)
            value = tried.value if isinstance(tried.value, str) else tried.value(ids_of)
            form = {key: each(ids_of) if callable(each) else each for key, each in tried.form.items()}
            writes.seen.clear()
            answer = await send(kaiku, role, tried.act, value, form)
            after = before | all_rows(kaiku, writes.seen) if writes.seen else before
            changes = changed_rows(before, after)
            wrong = _wrong(tried, role, answer, languages[role], changes)
            wrong += _wrong_offering(role, ids_of, changes)
            if changes and role == next(iter(sorted(tried.may))) and tried.act[0] != "event":
                kaiku.clock.advance(minutes=1)
                writes.seen.clear()
                await send(kaiku, role, tried.act, value, form)
                was, after = after, after | all_rows(kaiku, writes.seen)
                wrong += sorted({f"sent again changes {table}" for table in _done_again(was, after)})
            faults += [f"{tried.act[1] or 'help'} {value} by {role}: {each}" for each in wrong]
            if changes:
                put_back(kaiku, before, after)
    assert not faults, "\n".join(faults)


def _done_again(before: Rows, after: Rows) -> set[str]:
    """The tables that an act changes which had been done, as when Slack sends it twice: in more than when it
    was and how it is encrypted."""
    counted = Counter(
        (table, repr({name: each for name, each in row.items() if not name.endswith(VOLATILE)}))
        for table, row in changed_rows(before, after)
    )
    return {table for (table, _), number in counted.items() if number % 2} - OF_EACH_TIME


def _who_tries(tried: Try, n: int, *, everybody: bool) -> Iterable[str]:
    """Everybody on one database. On the other, where roles are the same and only statements may differ, one
    who may and one who may not, in turns."""
    if everybody:
        return ROLES
    may, may_not = ([role for role in ROLES if (role in tried.may) is each] for each in (True, False))
    return [roles[n % len(roles)] for roles in (may, may_not) if roles]


def _wrong_offering(role: str, ids_of: Stage, changes: Changes) -> list[str]:
    """Whoever leads one of the two offerings changes nothing of the other but their own seat."""
    of_others = {"facilitator": OTHER, "facilitator_elsewhere": OWN}.get(role)
    if of_others is None:
        return []
    other_id = ids_of.offerings[of_others]
    return [
        f"changed {table} of {of_others}"
        for table, row in changes
        if row.get("offering_id") == other_id and row.get("person_id") != ROLES[role]
    ]


def _wrong(tried: Try, role: str, answer: Answer, language: str, changes: Changes) -> list[str]:
    expected, found = tried.expected(role), refusal_in(language, answer.text)
    wrong = [] if answer.status == 200 else [f"answered {answer.status}"]
    if found is not expected and tried.act[0] != "event":
        wrong.append(f"{found or 'not refused'} instead of {expected or 'doing it'}: {answer.text[:80]!r}")
    if not answer.text and role in tried.may and tried.act[0] != "event" and tried.act not in SHOWS_NOTHING:
        wrong.append("no answer")
    if role not in tried.may:
        wrong += sorted({f"changed {table}" for table, _ in changes})
    for table, row in changes:
        whose = row.get("id") if table == "person" else row.get("person_id")
        if table == "enrolment" and tried.act in ON_OTHERS:
            continue
        if table in (*OF_A_PERSON, "enrolment") and whose != ROLES[role]:
            wrong.append(f"changed {table} of {whose}")
        if table == "attendance" and whose not in SEATED_IN_OWN:
            wrong.append(f"marked {whose}, who has no seat")
    return wrong
