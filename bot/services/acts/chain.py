"""The chain of the log of acts: made after the commit by a worker, checked by ``kaiku log``.

Each line has a position and a digest that covers it and the digest before it, so a line that was changed or
removed shows. The last place is signed, so that cutting off the end shows, too.
"""

from datetime import datetime

from bot.domain.acts import BEGINNING, ActKind, ChainFault, Checked, FaultKind, Place, Signer, digest_of
from bot.services.acts.note import note_act
from storage import acts as rows
from storage.transaction import Tx

HEAD, ANCHOR = "head", "anchor"
BATCH = 500
LOOK_BACK_LINES = 5_000
"""How far back in ids to look for lines without a place: a transaction may commit after others with higher
ids.
"""
MOST_FAULTS = 20


class ChainBrokenError(Exception):
    """Lines can't be deleted, because the chain that would prove them is broken."""


def chain_all(tx: Tx, signer: Signer) -> int:
    """``chain_acts`` over all lines, not only the newest; run at the start."""
    return _chain(tx, signer, from_start=True)


def chain_acts(tx: Tx, signer: Signer) -> int:
    """Give a place to each line without one; return how many there were."""
    return _chain(tx, signer, from_start=False)


def _chain(tx: Tx, signer: Signer, *, from_start: bool) -> int:
    head = rows.lock_seal(tx, HEAD)
    at = Place(head.position, head.digest)
    since = 0 if from_start else head.act_id - LOOK_BACK_LINES
    lines = rows.list_unchained(tx, since, BATCH)
    links = []
    for line in lines:
        at = Place(at.position + 1, digest_of(at.position + 1, at.digest, line))
        links.append({"position": at.position, "act_id": line.id, "digest": at.digest})
    rows.add_links(tx, links)
    if links or _needs_signature(signer, HEAD, head):
        highest = max([head.act_id, *(line.id for line in lines)])
        rows.set_seal(tx, HEAD, at, highest, _sign(signer, HEAD, head, at))
    anchor = rows.get_seal(tx, ANCHOR)
    if anchor is not None and _needs_signature(signer, ANCHOR, anchor):
        place = _place(anchor)
        rows.set_seal(tx, ANCHOR, place, anchor.act_id, _sign(signer, ANCHOR, anchor, place))
    return len(links)


def has_unchained(tx: Tx) -> bool:
    """Whether the worker has something to do. Cheap, because it is asked every few seconds."""
    head = rows.get_seal(tx, HEAD)
    return bool(rows.list_unchained(tx, head.act_id - LOOK_BACK_LINES if head is not None else 0, 1))


def _needs_signature(signer: Signer, which: str, seal: rows.Seal) -> bool:
    """Whether a place was signed by the previous key. A signature by neither key stays as it is, for the
    check to find.
    """
    if not signer.can_sign or seal.position == 0:
        return False
    return signer.sign(which, _place(seal)) != seal.signature and _is_ours(signer, which, seal)


def _is_ours(signer: Signer, which: str, seal: rows.Seal) -> bool:
    return signer.has_signed(which, _place(seal), seal.signature)


def _sign(signer: Signer, which: str, old: rows.Seal, place: Place) -> str:
    """The new signature; a forged or missing one stays as it is, however many lines follow."""
    if old.position and not _is_ours(signer, which, old):
        return old.signature
    return signer.sign(which, place)


def _place(seal: rows.Seal) -> Place:
    return Place(seal.position, seal.digest, seal.before)


def head_of(tx: Tx) -> tuple[Place, str]:
    """The last place of the chain and its signature, as a backup keeps them."""
    head = rows.get_seal(tx, HEAD)
    return (Place(0, BEGINNING), "") if head is None else (_place(head), head.signature)


def check_chain(tx: Tx, signer: Signer, known: tuple[Place, str] | None = None) -> Checked:
    """Check every line that remains. ``known`` is the head from a backup, which must still be in the
    chain.
    """
    anchor_seal, head_seal = rows.get_seal(tx, ANCHOR), rows.get_seal(tx, HEAD)
    anchor = _place(anchor_seal) if anchor_seal is not None else Place(0, BEGINNING)
    head = _place(head_seal) if head_seal is not None else Place(0, BEGINNING)
    faults: list[ChainFault] = []
    if anchor_seal is not None and not _is_ours(signer, ANCHOR, anchor_seal):
        faults.append(_unsigned(anchor_seal, FaultKind.FORGED_ANCHOR))
    at, lines, in_backup = anchor, 0, known is None or known[0].position <= anchor.position
    for position, digest, line in rows.iterate_links(tx):
        lines += 1
        if position != at.position + 1:
            faults.append(ChainFault(FaultKind.MISSING, at.position + 1))
            before = None
        else:
            before = at.digest
        if line is None:
            faults.append(ChainFault(FaultKind.MISSING, position))
        elif before is not None and digest_of(position, before, line) != digest:
            faults.append(ChainFault(FaultKind.CHANGED, position))
        at = Place(position, digest)
        in_backup = in_backup or (known is not None and at == Place(known[0].position, known[0].digest))
    if at.position < head.position:
        faults.append(ChainFault(FaultKind.CUT_OFF, at.position + 1))
    elif Place(at.position, at.digest) != Place(head.position, head.digest):
        faults.append(ChainFault(FaultKind.FORGED_HEAD, head.position))
    if head_seal is not None and head.position and not _is_ours(signer, HEAD, head_seal):
        faults.append(_unsigned(head_seal, FaultKind.FORGED_HEAD))
    if known is not None and (not in_backup or not signer.has_signed(HEAD, *known)):
        faults.append(ChainFault(FaultKind.NOT_IN_BACKUP, known[0].position))
    return Checked(
        lines,
        rows.count_unchained(tx),
        anchor,
        head,
        tuple(dict.fromkeys(faults))[:MOST_FAULTS],
        is_signed=signer.can_sign,
    )


def _unsigned(seal: rows.Seal, otherwise: FaultKind) -> ChainFault:
    return ChainFault(otherwise if seal.signature else FaultKind.UNSIGNED, seal.position)


def sign_chain(tx: Tx, signer: Signer) -> None:
    """Sign the chain's ends as they are, at an operator's request: the log is older than the key. Raises
    ChainBrokenError where anything else is wrong.
    """
    if any(each.kind is not FaultKind.UNSIGNED for each in check_chain(tx, signer).faults):
        raise ChainBrokenError
    for which in (HEAD, ANCHOR):
        if (seal := rows.get_seal(tx, which)) is not None:
            place = _place(seal)
            rows.set_seal(tx, which, place, seal.act_id, signer.sign(which, place))


def delete_acts_before(tx: Tx, before: datetime, signer: Signer, now: datetime) -> int:
    """Delete the lines from before this instant, and sign the last place deleted: the anchor from which the
    rest is checked. Returns how many. Reasons go with their lines; the deletion is an act itself. Raises
    ChainBrokenError if the chain is broken: then the lines are evidence.
    """
    rows.lock_seal(tx, HEAD)
    if check_chain(tx, signer).faults:
        raise ChainBrokenError
    last = rows.last_place_before(tx, before)
    if last is None:
        return 0
    position, digest, act_id = last
    place = Place(position, digest, before)
    deleted = rows.delete_up_to(tx, position)
    rows.set_seal(tx, ANCHOR, place, act_id, signer.sign(ANCHOR, place))
    note_act(tx, ActKind.DELETED_OLD_ACTS, number=deleted, now=now)
    return deleted
