"""The acts of a group's desk: done, or previewed by doing and rolling back."""

from datetime import datetime

from bot.clock import Now, read
from bot.domain.carried.group import GroupAct, GroupTarget, RaisedLimit
from bot.domain.facilitation.group import Becomes
from bot.domain.facilitation.outcomes import GroupOutcome, Removed
from bot.domain.people.person import Defaults
from bot.services.deliveries.declaration import MessageKinds
from bot.services.deliveries.foresight import foresee
from bot.services.facilitation import invitations, limits, removals, seat_acts
from bot.services.offerings.facilitators import Actor
from bot.views.foreseen import Foreseen
from storage.transaction import Tx

_becomes = {GroupAct.REMOVE: Becomes.REMOVED, GroupAct.PUT_BACK: Becomes.WAITING}


def do(tx: Tx, actor: Actor, target: GroupTarget, defaults: Defaults, now: Now) -> GroupOutcome:
    """Do the act. Raises KaikuError: see the act's own function."""
    code = target.code
    match target.act:
        case GroupAct.SEAT:
            return seat_acts.give_seat(tx, actor, code, target.enrolment_id, now)
        case GroupAct.REMOVE | GroupAct.PUT_BACK:
            becomes = _becomes[target.act]
            return removals.remove(tx, actor, code, target.enrolment_id, becomes, target.reason, now)
        case GroupAct.MOVE:
            return seat_acts.move(tx, actor, code, target.enrolment_id, target.to, target.reason, now)
        case GroupAct.ADD:
            return invitations.invite(tx, actor, code, target.about, defaults, now)
        case GroupAct.RAISE:
            limit = RaisedLimit.parse(target.to)
            return limits.raise_limit(tx, actor, code, target.about, limit.seats, limit.was, now)
        case GroupAct.CLOSE | GroupAct.REOPEN:
            return limits.change_sign_up(tx, actor, code, target.until, now)


def preview(
    tx: Tx, actor: Actor, target: GroupTarget, kinds: MessageKinds, defaults: Defaults, now: Now
) -> tuple[GroupOutcome, list[Foreseen]]:
    """The act's effect, and every message that it would send. Raises KaikuError: see ``do``."""
    at: datetime = read(now)

    def change(tx: Tx) -> GroupOutcome:
        done = do(tx, actor, target, defaults, at)
        if isinstance(done, Removed) and done.removal_id is not None and done.due_at is not None:
            removals.take_effect(tx, target.code, done.removal_id, done.due_at)
        return done

    written = [language for language, said in target.reason.items() if said]
    return foresee(tx, change, [target.code], kinds, defaults, at, written=written)
