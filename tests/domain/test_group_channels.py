"""Who is added to a group's channel and who is removed: only whom Kaiku added, and nobody twice."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.group_channels import ADDED_BY_KAIKU, MemberState, channel_name, steps_to

PEOPLE = st.sampled_from(["UA", "UB", "UC", "UD"])
KNOWN = st.dictionaries(PEOPLE, st.sampled_from(list(MemberState)))


@given(st.sets(PEOPLE), KNOWN, st.booleans())
def test_only_whom_kaiku_added_is_removed_and_only_who_is_new_or_was_refused_invited(
    wanted: set[str], known: dict[str, MemberState], tries_again: bool
) -> None:
    again = {each for each in known if tries_again and known[each] is MemberState.REFUSED}
    steps = steps_to(sorted(wanted), known, again)
    assert {known[each] for each in steps.remove} <= ADDED_BY_KAIKU
    assert not wanted & {*steps.remove, *steps.forget}
    assert {*steps.remove, *steps.forget} == known.keys() - wanted
    new = {each for each in wanted if known.get(each) in {None, MemberState.ADDING}}
    assert set(steps.invite) == new | (again & wanted)


def test_a_channels_name_is_one_that_slack_takes_and_has_a_suffix_when_taken() -> None:
    assert channel_name("dialogue-2", 1) == "kaiku-dialogue-2"
    assert channel_name("Ryhmä 1.b", 3) == "kaiku-ryhm-1-b-3"
    assert len(channel_name("x" * 90, 9)) == 80
