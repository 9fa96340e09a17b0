"""A programme that many people have been through, written straight into the store, and counted from there."""

import random
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from bot.services.plan.apply import apply_plan
from bot.services.prompts.library import read_library
from bot.services.prompts.series import keep_series
from storage.tables import (
    Attendance,
    Delivery,
    Enrolment,
    Offering,
    OfferingSession,
    Person,
    Prompt,
    PromptChoice,
    Reflection,
    UseAnswer,
)
from storage.transaction import Tx
from tests.support.shipped_plan import BOOK, SHIPPED

STATUSES = ("seated",) * 14 + ("waiting", "withdrawn", "withdrawn", "removed")


def live_through(tx: Tx, people: int, now: datetime, *, seed: int = 7, prompts: int = 8) -> None:
    """The plan of 2019 with ``people`` people in it, the same for a seed."""
    dice = random.Random(seed)
    began = datetime.fromisoformat("2019-01-07T07:00:00+00:00")
    apply_plan(tx, SHIPPED, began)
    keep_series(tx, read_library(), began)
    offerings = list(tx.execute(select(Offering.c.id, Offering.c.code).order_by(Offering.c.id)))
    sessions = list(tx.execute(select(OfferingSession.c.offering_id, OfferingSession.c.number)))
    codes = BOOK.codes[:26]
    agencies = {f"UR{n:05}": dice.choices(codes, range(len(codes), 0, -1))[0] for n in range(people)}
    roles = ("expert", "expert", "expert", "supervisor", "manager", "other")
    tx.execute(
        insert(Person),
        [
            {
                "id": person,
                "name": person,
                "agency": agency,
                "role": dice.choice(roles),
                "language": dice.choice(("fi", "fi", "fi", "fi", "sv", "en")),
                "language_chosen": True,
                "timezone_chosen": False,
                "is_guest": False,
                "is_bot": False,
                "deactivated": False,
                "home_opened": False,
                "met_at": began,
            }
            for person, agency in agencies.items()
        ],
    )
    enrolments, seated = [], []
    for person, agency in agencies.items():
        for offering in dice.sample(offerings, dice.choice((1, 1, 1, 2))):
            at = began + timedelta(days=dice.randrange(60))
            status = dice.choice(STATUSES)
            had_seat = status == "seated" or (status != "waiting" and dice.random() < 0.6)
            enrolments.append(
                {
                    "offering_id": offering.id,
                    "person_id": person,
                    "agency": agency,
                    "status": status,
                    "enrolled_at": at,
                    "changed_at": at + timedelta(days=dice.randrange(80)),
                    "seated_at": at if had_seat else None,
                    "told_at": at,
                    "told_version": 1,
                    "let_go": 0,
                }
            )
            if status == "seated":
                seated.append((offering, person))
    tx.execute(insert(Enrolment), enrolments)
    marks = [
        {"offering_id": offering.id, "number": number, "person_id": person, "attended": dice.random() < 0.85}
        for offering, person in seated
        for of, number in sessions
        if of == offering.id and dice.random() < 0.9
    ]
    tx.execute(insert(Attendance), marks)
    _prompts(tx, dice, seated, prompts, began)
    uses = [
        {
            "offering_id": offering.id,
            "key": key,
            "person_id": person,
            "choice": dice.randrange(3),
            "answered_at": now,
        }
        for offering, person in seated
        for key in ("used", "will")
        if dice.random() < 0.6
    ]
    tx.execute(insert(UseAnswer), uses)
    choosing = dice.sample(sorted({person for _, person in seated}), len(agencies) // 6)
    tx.execute(
        insert(PromptChoice),
        [
            {
                "person_id": person,
                "frequency": dice.choice(("fewer", "stopped")),
                "asked_to_fade_at": dice.choice((None, began)),
            }
            for person in choosing
        ],
    )


def _prompts(tx: Tx, dice: random.Random, seated: list, prompts: int, began: datetime) -> None:
    ids = dict(
        tx.execute(
            select(Prompt.c.id, Offering.c.code).join(Offering, Offering.c.id == Prompt.c.offering_id)
        ).all()
    )
    by_code: dict[str, list[int]] = {}
    for prompt_id, code in ids.items():
        by_code.setdefault(code, []).append(prompt_id)
    sent, answers = [], []
    for offering, person in seated:
        for prompt_id in by_code.get(offering.code, [])[:prompts]:
            at = began + timedelta(days=70 + dice.randrange(120))
            subject = f"{offering.code}/prompt/{prompt_id}"
            kinds = ["prompt", *(["prompt_reminder"] if dice.random() < 0.4 else [])]
            for n, kind in enumerate(kinds):
                sent.append(
                    {
                        "kind": kind,
                        "recipient": person,
                        "subject": subject,
                        "occurrence": f"{prompt_id}",
                        "state": "sent",
                        "due_at": at,
                        "sent_at": at + timedelta(days=2 * n),
                        "planned_at": began,
                        "attempts": 1,
                        "maybe_sent": False,
                    }
                )
            if dice.random() < 0.55:
                written = at + timedelta(days=dice.randrange(1, 5), hours=1)
                answers.append(
                    {
                        "person_id": person,
                        "prompt_id": prompt_id,
                        "sealed": b"x",
                        "shared": "private",
                        "written_at": written,
                        "changed_at": written,
                    }
                )
    if sent:
        tx.execute(insert(Delivery), sent)
        tx.execute(insert(Reflection), answers)
