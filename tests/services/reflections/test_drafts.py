"""What somebody has typed into a form and not sent."""

from datetime import timedelta

from bot.domain.people.person import Person
from bot.services.reflections.answers import DRAFTS_LAST, FREE, load_draft, save_draft
from bot.services.reflections.vault import Vault
from storage.engine import Store
from tests.conftest import FakeClock
from tests.support.enrolling import add_people

VAULT = Vault(b"s" * 32)
AINO, ELSA = (Person(each, each, "fi", "Europe/Helsinki") for each in ("UAINO", "UELSA"))


def test_the_newest_draft_is_kept_for_two_weeks_from_when_it_was_typed(
    store: Store, clock: FakeClock
) -> None:
    last = clock.now() + timedelta(days=10)
    with store.transaction() as tx:
        add_people(tx, dict.fromkeys((AINO.id, ELSA.id), "vero"))
        save_draft(tx, VAULT, AINO, FREE, ["Huomasin"], clock.now())
        save_draft(tx, VAULT, AINO, FREE, ["Huomasin, että"], last)
        save_draft(tx, VAULT, ELSA, FREE, ["Minä"], last + DRAFTS_LAST)
        assert load_draft(tx, VAULT, AINO) == "Huomasin, että"
        save_draft(tx, VAULT, ELSA, FREE, ["Minäkin"], last + DRAFTS_LAST + timedelta(seconds=1))
        assert load_draft(tx, VAULT, AINO) == ""
        assert load_draft(tx, VAULT, ELSA) == "Minäkin"
