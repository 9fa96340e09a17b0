"""What an operator reads of a changed plan."""

import pytest

from bot.domain.enrolment.offers import OfferRules, OwnOfferRules
from bot.domain.plan.changes import Change, ChangeKind
from bot.domain.plan.model import DrawRules, Venue
from bot.i18n import words_for
from bot.views.plan.changes import sentence_of

WORDS = words_for("fi", "Europe/Helsinki")


@pytest.mark.parametrize(
    ("kind", "new", "said"),
    [
        (ChangeKind.STRAND_PROMPTS_CHANGED, "dialogue", "ei kysymyksiä → dialogue"),
        (ChangeKind.AGENCY_SEATS_CHANGED, (("vero", 3),), "kaikilla virastoilla sama määrä → vero: 3"),
        (ChangeKind.FACILITATORS_CHANGED, ("UFASI",), "ei ketään → UFASI"),
        (ChangeKind.ALLOCATION_CHANGED, DrawRules(), "ilmoittautumisjärjestyksessä → ilmoittautumisen"),
        (ChangeKind.SESSION_VENUE_CHANGED, Venue(0), "ei hintaa, määräpäivää eikä kokoa → 0 €"),
        (ChangeKind.SESSION_BRING_CHANGED, {"fi": "Eväät"}, 'ei mitään → "Eväät"'),
    ],
)
def test_what_a_plan_leaves_unsaid_is_said_as_what_holds_then(
    kind: ChangeKind, new: object, said: str
) -> None:
    empty = () if isinstance(new, tuple) else None
    assert said in sentence_of(Change(kind, offering="dialogue-1", old=empty, new=new), WORDS)


def test_how_free_seats_are_passed_on_is_said_in_words() -> None:
    change = Change(ChangeKind.OFFERS_CHANGED, offering="d", old=OwnOfferRules(), new=OwnOfferRules(hours=8))
    assert sentence_of(change, WORDS).endswith("kuten ohjelmassa → vastausaika, työtunteja: 8")
    change = Change(ChangeKind.OFFER_RULES_CHANGED, old=OfferRules(), new=OfferRules(on=False))
    assert sentence_of(change, WORDS).endswith(
        "paikkoja tarjotaan; vastausaika, työtunteja: 24; viimeistään ennen alkua, työpäiviä: 1"
        " → paikat annetaan heti jonosta"
    )
