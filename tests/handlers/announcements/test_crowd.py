"""500 joins in a minute with Slack's limits enforced: few edits, and the last one true within ten seconds."""

import asyncio

from bot.domain.people.person import Profile
from bot.services.people import profiles
from bot.services.people.profiles import JoinRequest, ProfileChanges, introduce_and_enrol
from tests.support.announcing import CODE, FINNISH, SWEDISH, announce, post_text
from tests.support.feeds import TOKENS
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_offering

CROWD = 500


async def test_500_joins_in_a_minute_stay_within_slacks_limits_and_end_true_within_ten_seconds(
    kaiku: Running,
) -> None:
    workspace, store = kaiku.server.workspace, kaiku.store
    defaults, clock = kaiku.app.kaiku.defaults, kaiku.clock
    await apply(kaiku, with_offering(SHIPPED, CODE, capacity=600, seats_per_agency=600))
    await announce(kaiku)
    clock.advance(minutes=2)
    with store.transaction() as tx:
        for n in range(CROWD):
            profile = Profile(f"U{n}", f"Henkilö {n}", "fi", "Europe/Helsinki", is_guest=False)
            workspace.change_person({"id": f"U{n}", "name": f"Henkilö {n}"})
            profiles.meet(tx, profile, defaults, clock.now())
    workspace.limits = True
    workspace.log.clear()
    edits: list[tuple[str, bool]] = []
    real = workspace.note

    def remember(entry: dict) -> None:
        if entry["what"] == "chat.update":
            edits.append((entry["request"]["channel"], entry["ok"]))
        real(entry)

    workspace.note = remember  # type: ignore[method-assign]
    told = ProfileChanges(agency="vero", role="expert", language="fi")
    for second in range(60):
        now = range(CROWD * second // 60, CROWD * (second + 1) // 60)
        asked = [JoinRequest(f"U{n}", told, CODE) for n in now]
        joins = (
            store.run_batched(introduce_and_enrol, each, defaults, TOKENS, clock.now()) for each in asked
        )
        await asyncio.gather(*joins)
        await kaiku.app.sender.tick()
        clock.advance(seconds=1)
    for _ in range(9):
        await kaiku.app.sender.tick()
        clock.advance(seconds=1)

    assert "100/600" in post_text(kaiku, FINNISH)
    assert "100/600" in post_text(kaiku, SWEDISH)
    assert all(ok for _, ok in edits), "Slack refused none of them"
    of_posts = [channel for channel, _ in edits if channel in {FINNISH, SWEDISH}]
    assert 20 <= len(of_posts) <= 40, "gathered, but people can watch the seats go"
