"""Success cases: asking for them, the form, and a case as its writer reads it back and as a report has it."""

from typing import Final

from bot.domain.evidence.cases import ASKED_AT_ONCE, MAX_PART, MOST_TOLD, Case, CaseState, Credit
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import OTHER, AgencyBook
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    Option,
    View,
    button,
    context,
    escape,
    header,
    modal,
    plain_section,
    quote,
    radio_input,
    section,
    sections,
    select_input,
    text_input,
)
from bot.views.look import body, button_row, told
from bot.views.offerings.wording import title_of

_HEADING: Final = {
    CaseState.WRITTEN: "case.written",
    CaseState.GIVEN: "case.given",
    CaseState.ISSUED: "case.issued",
}
_SMALL: Final = {
    CaseState.WRITTEN: "case.written_small",
    CaseState.GIVEN: "case.given_small",
    CaseState.ISSUED: "case.issued_small",
}


def asked(offering: Offering, case: Case | None, book: AgencyBook, words: Words) -> Message:
    """Asks somebody for a case; once they have written one, shows it."""
    if case is None:
        facts = [words("case.asked", title=title_of(offering, words)), words("case.asked_free")]
        tell = button(words("case.tell"), ids.TELL_CASE, offering.code)
        return told(words("case.asked_heading"), facts, small=words("case.asked_small"), buttons=[tell])
    if case.state is CaseState.ERASED:
        return told(words("case.withdrawn"), [words("case.erased_means")])
    heading, small = words(_HEADING[case.state]), words(_SMALL[case.state])
    lines = [escape(heading), *_lines(case, book, words), small]
    return Message("\n".join(lines), _blocks(case, book, words))


def case_form(offering: Offering, case: Case | None, words: Words) -> View:
    """The form: what was tried, what came of it, and how the writer is named."""
    options = [
        Option(each, words(f"case.credit_{each}")) for each in (Credit.NOTHING, Credit.AGENCY, Credit.NAME)
    ]
    blocks = [
        section(f"*{title_of(offering, words)}*"),
        _part(ids.CASE_TRIED, words("case.tried"), case.told.tried if case else "", words("case.tried_hint")),
        _part(ids.CASE_CAME, words("case.came"), case.told.came if case else "", words("case.came_hint")),
        radio_input(
            ids.CASE_CREDIT,
            words("case.credit"),
            options,
            chosen=case.told.credit if case else Credit.NOTHING,
        ),
        context(words("case.form_note")),
    ]
    return modal(
        words("case.title"),
        blocks,
        close=words("form.close"),
        submit=words("form.save"),
        callback_id=ids.CASE_FORM,
        private_metadata=offering.code,
    )


def case_view(case: Case, book: AgencyBook, words: Words) -> View:
    """The case read back, as it will stand in the report."""
    return modal(words("case.title"), _blocks(case, book, words), close=words("form.close"))


def withdrawn_view(offering: Offering, words: Words) -> View:
    tell = button(words("case.tell"), ids.TELL_CASE, offering.code)
    blocks = body(words("case.withdrawn"), [words("case.withdrawn_means")], buttons=[tell])
    return modal(words("case.title"), blocks, close=words("form.close"))


def ask_form(given: int, form_key: str, words: Words) -> View:
    """For a coordinator: how many people to ask; it never says who they are."""
    blocks: list[Block] = [
        *sections(
            [
                words("case.ask_means"),
                words("case.ask_hidden"),
                words("case.ask_given", n=words.number(given), most=MOST_TOLD),
            ]
        ),
        select_input(
            ids.CASES_MOST,
            words("case.ask_most"),
            [Option(str(n), str(n)) for n in ASKED_AT_ONCE],
            chosen=str(ASKED_AT_ONCE[1]),
        ),
    ]
    return modal(
        words("case.ask_title"),
        blocks,
        close=words("form.close"),
        submit=words("case.ask_submit"),
        callback_id=ids.ASK_CASES_FORM,
        private_metadata=form_key,
    )


def asked_view(most: int, words: Words) -> View:
    facts = [words("case.asking", most=most), words("case.ask_hidden")]
    blocks = body(words("case.asking_heading"), facts)
    return modal(words("case.ask_title"), blocks, close=words("form.close"))


def ask_button(words: Words) -> Block:
    """The button under a coordinator's report."""
    return button(words("case.ask"), ids.ASK_CASES)


def who_tells(case: Case, book: AgencyBook, words: Words) -> str:
    """How the writer is named, by their own choice."""
    agency = None
    if case.agency is not None:
        is_other = case.agency == OTHER or case.agency not in book
        agency = words("evidence.other_employer") if is_other else book.name(case.agency, words.language)
    if case.told.credit is Credit.NOTHING or (case.told.credit is Credit.AGENCY and agency is None):
        return words("case.somebody")
    if case.told.credit is Credit.AGENCY:
        return agency or ""
    return words("case.who", name=case.name, agency=agency) if agency else case.name


def _part(name: str, label: str, value: str, hint: str) -> Block:
    return text_input(
        name, label, max_length=MAX_PART, value=value, hint=hint, optional=False, multiline=True
    )


def _blocks(case: Case, book: AgencyBook, words: Words) -> list[Block]:
    """People's own words as plain text: nothing of them is cut, and nothing in them is formatted."""
    blocks = [
        header(words(_HEADING[case.state])),
        section(f"*{title_of(case.offering, words)}*\n*{words('case.tried')}*"),
        plain_section(case.told.tried),
        section(f"*{words('case.came')}*"),
        plain_section(case.told.came),
        plain_section(f"– {who_tells(case, book, words)}"),
        context(words(_SMALL[case.state])),
    ]
    if buttons := _buttons(case, words):
        blocks.append(button_row(buttons))
    return blocks


def _lines(case: Case, book: AgencyBook, words: Words) -> list[str]:
    return [
        f"*{title_of(case.offering, words)}*",
        f"*{words('case.tried')}*",
        quote(case.told.tried),
        f"*{words('case.came')}*",
        quote(case.told.came),
        escape(f"– {who_tells(case, book, words)}"),
    ]


def _buttons(case: Case, words: Words) -> list[Block]:
    code = case.offering.code
    give = button(words("case.give"), ids.GIVE_CASE, code)
    change = button(words("case.change"), ids.TELL_CASE, code)
    withdraw = button(words("case.withdraw"), ids.WITHDRAW_CASE, code)
    match case.state:
        case CaseState.WRITTEN:
            return [give, change, withdraw]
        case CaseState.GIVEN:
            return [change, withdraw]
        case _:
            return []
