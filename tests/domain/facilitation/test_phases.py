"""The timer of the phases runs by the clock: what is stored is when a phase ends."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.facilitation.phases import LONGEST, PHASES, PhaseAct, act_on, first_state
from tests.support.time_passing import helsinki

NOW = helsinki(2019, 4, 2, 9)
MINUTE = timedelta(minutes=1)


def test_a_pause_keeps_the_time_that_is_left_and_a_start_goes_on_with_it() -> None:
    runs = act_on(first_state(), PhaseAct.START, NOW)
    assert runs.ends_at == NOW + 5 * MINUTE
    paused = act_on(runs, PhaseAct.PAUSE, NOW + 2 * MINUTE)
    assert (paused.ends_at, paused.left) == (None, 3 * MINUTE)
    assert act_on(paused, PhaseAct.START, NOW + 60 * MINUTE).ends_at == NOW + 63 * MINUTE


def test_five_minutes_are_added_to_what_is_left_or_from_now_when_time_is_up() -> None:
    runs = act_on(first_state(), PhaseAct.START, NOW)
    assert act_on(runs, PhaseAct.ADD, NOW).ends_at == NOW + 10 * MINUTE
    assert act_on(runs, PhaseAct.ADD, NOW + 30 * MINUTE).ends_at == NOW + 35 * MINUTE
    assert act_on(first_state(), PhaseAct.ADD, NOW).left == 10 * MINUTE


@given(st.lists(st.tuples(st.sampled_from(PhaseAct), st.integers(0, 4000)), max_size=60))
def test_whatever_is_clicked_the_phase_is_one_of_them_and_its_time_is_bounded(
    clicks: list[tuple[PhaseAct, int]],
) -> None:
    state, now = first_state(), NOW
    for act, seconds in clicks:
        now += timedelta(seconds=seconds)
        before, state = state, act_on(state, act, now)
        assert before.index <= state.index < len(PHASES)
        assert timedelta() <= state.left <= LONGEST
        assert state.ends_at is None or state.ends_at <= now + LONGEST
        if act is not PhaseAct.ADD:  # which may be at its bound
            can_do = {PhaseAct.START: before.ends_at is None, PhaseAct.PAUSE: before.ends_at is not None}
            assert (state.mark != before.mark) == can_do.get(act, not before.is_last)
