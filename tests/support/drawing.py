"""Coaching rounds whose seats are drawn, and people who would like one."""

from datetime import date
from typing import Any

from bot.domain.plan.model import DrawRules, Plan, SignUpWindow
from sandbox import Visitor
from tests.support.joining import INTRODUCTION
from tests.support.plans import a_plan, a_session, an_offering
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, with_offering
from tests.support.time_passing import helsinki

ROUNDS = ("coaching-1", "coaching-2")
WINDOW = SignUpWindow(date(2019, 1, 21), date(2019, 3, 15))
CLOSED = helsinki(2019, 3, 18, 10)
"""The Monday after the Friday on which sign-up closes."""


def drawn_plan(*codes: str, capacity: int = 2, per_agency: int = 2, **rules: Any) -> Plan:
    """The shipped plan with few seats in these rounds, drawn together."""
    plan = SHIPPED
    for code in codes or ROUNDS:
        plan = with_offering(
            plan,
            code,
            capacity=capacity,
            seats_per_agency=per_agency,
            agency_seats=(),
            sign_up=WINDOW,
            draw=DrawRules(**rules),
        )
    return plan


def small_plan(capacity: int = 2, per_agency: int = 2, draw: DrawRules | None = DrawRules()) -> Plan:
    """Nothing but these two rounds."""
    rounds = [
        an_offering(
            code,
            capacity=capacity,
            seats_per_agency=per_agency,
            agency_seats=(),
            sign_up=WINDOW,
            draw=draw,
            sessions=(a_session(1, on=date(2019, 3, 26 + n)),),
        )
        for n, code in enumerate(ROUNDS)
    ]
    return a_plan(*rounds)


async def wish(kaiku: Running, user_id: str, *codes: str, **told: Any) -> Visitor:
    """Rank these rounds in the form of the first."""
    visitor = kaiku.visitor(user_id)
    await visitor.command(f"/kaiku join {codes[0]}")
    fields: dict[str, Any] = {f"ranked_{n}": code for n, code in enumerate(codes)}
    present = {block["block_id"] for block in visitor.modal["blocks"]}
    if "agency" in present:
        fields |= INTRODUCTION | told
    outcome = await visitor.submit(**{key: value for key, value in fields.items() if key in present})
    assert outcome.acked, outcome
    assert outcome.error is None, outcome.detail
    return visitor
