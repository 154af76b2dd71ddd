"""Counting announced lines; a correction is another count, the first stays. Never commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from facilities.errors import Refused
from facilities.shipping import service
from facilities.shipping.counting import CountVerdict, judge_line
from facilities.shipping.models import Delivery, DeliveryLine, LineCount
from facilities.shipping.service_custody import Step
from facilities.shipping.service_dock import actor_name
from facilities.shipping.values import CountFacts


def verdict_of(line: DeliveryLine) -> CountVerdict:
    """The line as it was last counted (SR-02)."""
    last = line.counts[-1] if line.counts else None
    if last is None:
        return judge_line(line.expected, None)
    return judge_line(line.expected, last.received, last.damaged)


def count(
    session: Session, delivery: Delivery, counts: Sequence[CountFacts], at: datetime
) -> list[CountVerdict]:
    """Write down what was counted; what is as before makes no entry.

    The delivery becomes `counted` once every line is. Raises Refused with SR-02 naming the field.
    """
    lines = {line.id: line for line in delivery.lines}
    if delivery.voided_at is not None:
        raise Refused(f"{delivery.label} is void.", "state", "SR-06")
    if delivery.arrived_at is None:
        raise Refused("Receive it first: it has not arrived yet.", "state", "SR-01")
    for facts in counts:
        if facts.line_id not in lines:
            raise Refused(f"{delivery.label} has no such line.", "lines", "SR-02")
        _count_line(session, lines[facts.line_id], facts, at)
    session.flush()
    verdicts = [verdict_of(line) for line in delivery.lines]
    if all(v.counted for v in verdicts) and "counted" in service.next_states(session, delivery):
        summary = "; ".join(
            f"{line.description}: {verdict}"
            for line, verdict in zip(delivery.lines, verdicts, strict=True)
        )
        step = Step(action="counted", to="counted", at=at, note=summary)
        service.advance(session, delivery, step, {})
    return verdicts


def _count_line(session: Session, line: DeliveryLine, facts: CountFacts, at: datetime) -> None:
    judge_line(line.expected, facts.received, facts.damaged)  # refuses what cannot be
    last = line.counts[-1] if line.counts else None
    if last is not None and (last.received, last.damaged, last.note) == (
        facts.received,
        facts.damaged,
        facts.note,
    ):
        return
    row = LineCount(
        site_id=line.site_id,
        delivery_id=line.delivery_id,
        line_id=line.id,
        received=facts.received,
        damaged=facts.damaged,
        serials=list(facts.serials),
        note=facts.note,
        at=at,
        by=actor_name(session),
    )
    session.add(row)
    line.counts.append(row)
