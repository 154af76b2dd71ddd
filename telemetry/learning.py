"""Learning what an SNMP device has: by walks once, so that polling is plain GETs."""

from telemetry.assignment import Assignment
from telemetry.binding import Bound, bind, discovery
from telemetry.cycle import Asker
from telemetry.errors import DeviceError, NoAnswer
from telemetry.transports.base import Answer, Request


async def learn(asker: Asker, assignment: Assignment, *, retry: bool) -> Bound:
    """The device's points. Raises NoAnswer when it falls silent on the way (half of the points
    would be missing until tomorrow), ConfigError when nothing of its profile answers."""
    profile = assignment.profile
    answers = [await _discover(asker, request, retry) for request in discovery(profile)]
    return bind(profile, assignment.device, answers, unit=assignment.target.unit)


async def _discover(asker: Asker, request: Request, retry: bool) -> Answer | None:
    """None where the device refuses just this."""
    try:
        return (await asker.ask_once(request)).answer
    except NoAnswer:
        if not retry:
            raise
    except DeviceError:
        return None
    return (await asker.ask_once(request)).answer
