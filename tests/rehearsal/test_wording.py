"""What a coordinator reads of a rehearsal: whole sentences, in their language, that say what to do."""

from datetime import date, time

import pytest
from msgspec.structs import replace

from bot.domain.deliveries import DeliveryKind
from bot.domain.language import LANGUAGES
from bot.domain.prompts.dates import Reason
from bot.i18n import words_for
from bot.services.yaml_files.reading import read_yaml
from rehearsal.days import Quiet, Why
from rehearsal.plan_findings import findings_of, prompts_too_near
from rehearsal.plan_lines import PlanSource
from rehearsal.promises import Promise
from rehearsal.wording import DROPPED, Wording
from tests.support.plans import a_plan, a_session, an_offering, as_yaml
from tests.support.years import SESSIONS, a_bad_verdict, a_verdict, wording_in


def wording(language: str = "en") -> Wording:
    return Wording(words_for(language, "Europe/Helsinki"), PlanSource("plan.yml"))


MIDSUMMER = a_plan(an_offering(sessions=(*SESSIONS, a_session(3, on=date(2019, 6, 21)))))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fi",
            "Virhe, plan.yml, rivi {line}: dialogue-1, tapaaminen 3: pe 21.6.2019 on juhannusaatto, joka on"
            " vapaapäivä. Siirrä tapaaminen työpäivälle, esimerkiksi ma 24.6.2019.",
        ),
        (
            "sv",
            "Fel, plan.yml, rad {line}: dialogue-1, träff 3: fre 21.6.2019 är midsommarafton, en ledig"
            " dag. Flytta träffen till en arbetsdag, till exempel mån 24.6.2019.",
        ),
        (
            "en",
            "Fault, plan.yml, line {line}: Session 3 of dialogue-1 is on Fri 21 Jun 2019: Midsummer Eve."
            " People are not at work. Move it to a working day, for example Mon 24 Jun 2019.",
        ),
    ],
)
def test_a_fault_says_where_it_is_what_is_wrong_and_what_to_do(language: str, words: str) -> None:
    content = as_yaml(MIDSUMMER)
    source = PlanSource("plan.yml", read_yaml(content))
    (found,) = findings_of(MIDSUMMER)
    line = 1 + next(n for n, text in enumerate(content.decode().splitlines()) if "2019-06-21" in text)
    said = Wording(words_for(language, "Europe/Helsinki"), source).finding(found)
    assert said == words.format(line=line)


def test_over_prompting_is_called_by_its_name_and_says_which_setting_to_change() -> None:
    assert wording("fi").finding(prompts_too_near(2)) == (
        "Virhe: Liikaa kysymyksiä: asetusten mukaan pohdintakysymyksiä voi tulla 2 päivän välein, vaikka"
        " niitä saa tulla enintään yksi 7 päivässä. Kirjoita kohtaan days_between vähintään 7 tai"
        " poista kohta."
    )


@pytest.mark.parametrize(
    ("why", "fi", "sv"),
    [
        (Why(Quiet.HOLIDAY, date(2019, 5, 30)), "helatorstai (30.5.)", "Kristi himmelsfärdsdag (30.5)"),
        (Why(Quiet.HOLIDAY, date(2019, 12, 31)), "uudenvuodenaatto (31.12.)", "nyårsafton (31.12)"),
        (
            Why(Quiet.EVE, date(2019, 4, 19)),
            "aatto, seuraavana päivänä on pitkäperjantai (19.4.)",
            "dagen före en helgdag, långfredagen (19.4)",
        ),
        (
            Why(Quiet.HOURS, at=time(8, 59), hours=(time(9), time(15))),
            "kello on 8.59, ja kysymyksiä lähetetään 9.00–15.00",
            "klockan är 8.59 och frågor skickas 9.00–15.00",
        ),
        (Why(Quiet.JULY), "heinäkuu", "juli"),
    ],
)
def test_what_is_quiet_is_named_as_each_language_names_it(why: Why, fi: str, sv: str) -> None:
    assert (wording("fi").why(why), wording("sv").why(why)) == (fi, sv)


def test_every_reason_that_kaiku_keeps_has_its_words() -> None:
    assert {each.value for each in Reason} <= DROPPED


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_delivery_has_its_words(language: str) -> None:
    said = {wording(language).kind(each) for each in DeliveryKind}
    assert len(said) == len(DeliveryKind)


def test_a_reason_without_words_is_shown_as_it_is_and_not_hidden() -> None:
    assert wording("fi").dropped("a_new_reason") == "muu syy (a_new_reason)"
    assert (
        wording().moved("a_new_reason", None)
        == "another reason, such as a wish of the person or late sending"
    )


def test_a_good_verdict_is_one_sentence_and_a_bad_one_says_who_is_to_act() -> None:
    good, bad = a_verdict(), a_bad_verdict()
    assert wording_in("en", good).verdict(good).startswith("Every promise was kept")
    assert wording_in("en", bad).verdict(bad) == (
        "Not to be published so. The plan has 1 fault: mend it and rehearse again. Kaiku broke"
        f" {len({each.promise for each in bad.broken})} promises: pass this on to those who maintain Kaiku."
    )
    only_faults = replace(bad, broken=[])
    assert "pass this on" not in wording_in("en", only_faults).verdict(only_faults)


def test_a_broken_promise_says_how_often_to_whom_and_when_on_the_programmes_clock() -> None:
    bad = a_bad_verdict()
    said = "\n".join(wording_in("fi", bad).in_short(bad))
    assert "Rikottu lupaus (1 kerran): Keneltäkään ei kysytä mitään aikana, jolloin" in said
    assert "Aino Aalto (UR00000), ti 23.4.2019 klo 10.00: Sai kysymyksen aikana, jolloin" in said
    assert said.splitlines()[-1].startswith("Suunnitelmaa ei pidä julkaista tällaisena.")


def test_figures_are_grouped_as_each_language_groups_them() -> None:
    assert [wording(each).fact(3250) for each in LANGUAGES] == ["3\u00a0250", "3\u00a0250", "3,250"]


def test_too_few_people_say_nothing_of_half_empty_groups() -> None:
    verdict = a_verdict()
    assert verdict.figures["too_few_people"] is False
    assert not any(
        "too few" in each or "half empty" in each for each in wording_in("en", verdict).summary(verdict)
    )
    roomy = a_plan(an_offering("dialogue-1", sessions=SESSIONS, capacity=100))
    few = a_verdict(plan=roomy)
    said = " ".join(wording_in("en", few).summary(few))
    assert "does not show which groups would run half empty" in said
    assert "--people 200" in said


def test_groups_that_are_likely_to_run_half_empty_are_named() -> None:
    roomy = a_plan(an_offering("dialogue-1", sessions=SESSIONS, capacity=5))
    verdict = a_verdict(plan=roomy)
    assert "Likely to run half empty: dialogue-1." in wording_in("en", verdict).summary(verdict)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_can_be_broken_is_said_in_every_language(language: str) -> None:
    bad = a_bad_verdict()
    assert {each.promise for each in bad.broken} >= {Promise.QUIET, Promise.SEATS, Promise.TAKEN}
    said = wording_in(language, bad).in_short(bad)
    assert all("{" not in each for each in said)
