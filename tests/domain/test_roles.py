"""Who facilitates: the plan's list as Slack has changed it, and what a form may change of it."""

import pytest

from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import led_by
from bot.domain.roles import change_in_facilitators

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("named", "changes", "led"),
    [
        (["U1", "U2"], {}, ["U1", "U2"]),
        (["U1", "U2"], {"U2": False}, ["U1"]),
        (["U1"], {"U3": True}, ["U1", "U3"]),
        (["U1", "Fanni@virasto.example"], {"U2": False}, ["U1"]),
        (["U1"], {"U1": True, "U9": False}, ["U1"]),
    ],
)
def test_slacks_changes_are_merged_with_the_plans_list(
    named: list[str], changes: dict[str, bool], led: list[str]
) -> None:
    assert led_by(named, {"fanni@virasto.example": "U2"}, changes) == led


def test_a_form_changes_only_what_was_changed_in_it() -> None:
    # Opened when U1 and U2 led; meanwhile somebody else added U3 and removed U2.
    assert change_in_facilitators(["U1", "U3"], ["U1", "U2"], ["U1", "U2", "U4"], NOBODY) == (["U4"], [])
    assert change_in_facilitators(["U1", "U3"], ["U1", "U2"], ["U4"], NOBODY) == (["U4"], ["U1"])


@pytest.mark.parametrize(
    ("current", "shown", "wanted", "closed"),
    [
        (["U1"], ["U1"], [], NOBODY),
        (["U1", "fanni@virasto.example"], ["U1"], [], NOBODY),  # nobody answers to an unknown address
        (["U1", "U2"], ["U1", "U2"], ["U2"], {"U2"}),
        (["U1"], ["U1", "U2"], ["U2"], NOBODY),  # somebody else removed U2 meanwhile
    ],
)
def test_the_last_whose_account_is_in_use_is_not_removed(
    current: list[str], shown: list[str], wanted: list[str], closed: set[str]
) -> None:
    with pytest.raises(KaikuError) as refused:
        change_in_facilitators(current, shown, wanted, closed)
    assert refused.value.code is Refusal.LAST_FACILITATOR
    assert change_in_facilitators(current, shown, [*wanted, "U9"], closed)[0] == ["U9"]
