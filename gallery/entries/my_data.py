"""What Kaiku holds of a person: shown, copied, erased; and the record of processing activities."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from msgspec.structs import replace

from bot.domain.acts import ActKind, ActOnMe, ActorRole
from bot.domain.deliveries import DeliveryKind
from bot.domain.my_data import MyData, Records
from bot.domain.offerings.offering import Offering
from bot.domain.privacy import DataKind, Lock, PrivacyNotice
from bot.i18n import Words
from bot.services.people.agency_book import read_agencies
from bot.services.privacy.notice_file import read_notice
from bot.views import my_data as view
from bot.views.blocks import Message
from bot.views.my_data_file import my_data_html, my_data_json, text_lines
from bot.views.my_data_values import codes_of
from bot.views.privacy_record import record_lines
from gallery.entry import Entry
from gallery.sample import NOW, in_all, live
from storage.personal_data import PERSONAL

LED = in_all("Dialogi", "Dialog", "Dialogue")
REASON = in_all("Ryhmä on täynnä.", "Gruppen är full.", "The group is full.")
VALUES: dict[str, object] = {
    "name": "Aino Virtanen",
    "agency": "vero",
    "number": 2,
    "is_guest": False,
    "attended": True,
    "met_at": NOW,
    "paused_until": NOW.date(),
    "sentence": LED,
    "questions": [{"text": LED, "kind": "any"}],
    "reason": REASON,
}


def entries() -> Iterator[Entry]:
    here = live()
    yield Entry("What is held", lambda words: view.my_data_view(data(here), words))
    yield Entry("Nothing is held yet", lambda words: view.my_data_view(nothing(), words))
    yield Entry("The copy, from a page", partial(view.address_view, "https://kaiku.example/download/x"))
    yield Entry("The copy, without pages", partial(view.address_view, None))
    yield Entry("The page of the copy", _page)
    yield Entry("The copy to read", lambda words: my_data_html(data(here), read_agencies(), words))
    yield Entry("The copy to read, of nothing", lambda words: my_data_html(nothing(), read_agencies(), words))
    yield Entry("The copy for machines", lambda words: my_data_json(data(here), words))
    yield Entry("The copy as messages", partial(_messages, here))
    yield Entry("Erase, with a seat and a group to lead", lambda words: view.erase_form(data(here), words))
    yield Entry("Erase", lambda words: view.erase_form(nothing(), words))
    yield Entry("Erased", view.erased_view)
    locked = replace(data(here), notice=_with_lock())
    yield Entry("Erase, where a rule locks some of it", lambda words: view.erase_form(locked, words))
    yield Entry("Erased, some of it locked", lambda words: view.erased_view(words, locked.locked))
    yield Entry("My data, where a rule locks some of it", lambda words: view.my_data_view(locked, words))
    yield Entry("App Home after that", view.erased_home)
    yield Entry(
        "The record of processing activities", lambda words: "\n".join(record_lines(read_notice(), words))
    )


def data(offering: Offering) -> MyData:
    """A person's data with rows in every table, and every kind of act."""
    roles = list(ActorRole)
    acts = [
        ActOnMe(
            NOW - timedelta(days=n),
            kind,
            roles[n % len(roles)],
            LED if n % 3 else None,
            n,
            REASON if kind is ActKind.REMOVED else None,
        )
        for n, kind in enumerate(ActKind)
    ]
    by_code = {offering.code: offering}
    return MyData(read_notice(), _records(), acts, "1.0", [offering], [offering], NOW, by_code)


def _with_lock() -> PrivacyNotice:
    """A notice whose rule requires attendance to be kept."""
    rule = in_all(
        "Hankkeen menojen tarkastus, 24 kuukautta poistosta.",
        "Granskningen av programmets utgifter, 24 månader från raderingen.",
        "The audit of the programme's spending, 24 months from the erasure.",
    )
    shipped = read_notice()
    kept = [
        replace(each, lock=Lock(rule, months=24)) if each.kind is DataKind.ATTENDANCE else each
        for each in shipped.retention
    ]
    return replace(shipped, retention=kept)


def nothing() -> MyData:
    return MyData(read_notice(), [], [], "1.0", [], [], NOW)


def _records() -> list[Records]:
    found = []
    for table, declared in PERSONAL.items():
        names = [{"offering_id": "offering", "sealed": "answers"}.get(each, each) for each in declared.export]
        row = {name: VALUES.get(name, "x") for name in names}
        coded = [row | {name: code} for name in names for code in sorted(codes_of(table, name))]
        if table == "use_answer":
            coded += [row | {"offering": each, "key": "used", "choice": 0} for each in ("dialogue-2", "x")]
        if table == "delivery":
            card = {"kind": DeliveryKind.PREPARATION, "subject": "before_discussion@2019-05-22"}
            coded = [each for each in coded if each["kind"] != DeliveryKind.PREPARATION] + [row | card]
            coded += [row | {"subject": each} for each in ("dialogue-2", "dialogue-2/2", "2019-04")]
        found.append(Records(table, declared.kept, [row, *coded, dict.fromkeys(names)]))
    return found


def _page(words: Words) -> str:
    heading, contents = view.page_contents(words)
    return "\n".join([heading, *contents])


def _messages(offering: Offering, words: Words) -> Message:
    *_, last = view.as_messages(text_lines(data(offering), read_agencies(), words))
    return last
