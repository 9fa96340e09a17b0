"""The test data: a database full of messages that are due at once."""

from datetime import UTC, datetime

from sqlalchemy import delete, insert

from storage import tables
from storage.engine import Store, parse_database_url
from storage.migrate import upgrade

EACH = 4
"""Messages to one person."""


def people_for(messages: int, each: int = EACH) -> list[str]:
    return [f"UF{n}" for n in range(max(messages // each, 1))]


def prepare(address: str, messages: int, each: int = EACH) -> Store:
    """Empty the database and fill it with real confirmations of real enrolments, all due."""
    url = parse_database_url(address)
    upgrade(url)
    store, now = Store(url), datetime.now(UTC)
    people = people_for(messages, each)
    with store.transaction() as tx:
        for table in reversed(tables.metadata.sorted_tables):
            tx.execute(delete(table))
        tx.execute(
            insert(tables.Programme).values(id=1, code="p", title={"fi": "p"}, timezone="Europe/Helsinki")
        )
        tx.execute(insert(tables.Strand).values(id=1, programme_id=1, number=1, title={"fi": "s"}))
        offerings = [
            {"id": n + 1, "code": f"offering-{n}", "position": n, "title": {"fi": f"Ryhmä {n}"}}
            for n in range(EACH)
        ]
        alike = {"strand_id": 1, "kind": "group", "summary": {"fi": "-"}, "facilitators": []}
        seats = {"capacity": len(people), "seats_per_agency": len(people), "agency_seats": {}}
        tx.execute(insert(tables.Offering), [each | alike | seats for each in offerings])
        known = {"language": "fi", "timezone": "Europe/Helsinki", "agency": "vero", "role": "expert"}
        tx.execute(
            insert(tables.Person), [{"id": name, "name": name, "met_at": now} | known for name in people]
        )
        pairs = [(offering, name) for offering in range(EACH) for name in people][:messages]
        seated = {"agency": "vero", "status": "seated", "enrolled_at": now, "changed_at": now, "told_at": now}
        tx.execute(
            insert(tables.Enrolment),
            [
                {"id": n, "offering_id": offering + 1, "person_id": name} | seated
                for n, (offering, name) in enumerate(pairs, start=1)
            ],
        )
        owed = {"kind": "confirmation", "state": "planned", "due_at": now, "planned_at": now}
        tx.execute(
            insert(tables.Delivery),
            [
                {"recipient": name, "subject": f"offering-{offering}", "occurrence": str(n)} | owed
                for n, (offering, name) in enumerate(pairs, start=1)
            ],
        )
    return store
