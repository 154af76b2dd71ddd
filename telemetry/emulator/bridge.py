"""From a device's points to the plant's quantities: by what a point measures, never by profile.

A `Subject` says what a point is about in plain words; the kind of the device decides whose reading
it is (`bridge_power`, `bridge_ups`, `bridge_air`). What the plant knows nothing of is shown as the
device would on an ordinary day.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from telemetry.emulator.bridge_air import crac_value, environment_value
from telemetry.emulator.bridge_power import (
    generator_value,
    meter_value,
    panel_value,
    rack_pdu_value,
    switch_value,
)
from telemetry.emulator.bridge_subject import Gap, Place, Reading, Subject
from telemetry.emulator.bridge_ups import ups_value
from telemetry.emulator.device import DevicePoint, DeviceSpec
from telemetry.emulator.encode import Value
from telemetry.emulator.nominal import usual_value
from telemetry.emulator.plant import Plant
from telemetry.points import Kind, Quantity
from telemetry.profiles.model import DeviceKind

Reader = Callable[[Plant, Place, Subject], Reading]
READERS: Mapping[DeviceKind, Reader] = {
    DeviceKind.RACK_PDU: rack_pdu_value,
    DeviceKind.FLOOR_PDU: panel_value,
    DeviceKind.BRANCH_METER: panel_value,
    DeviceKind.POWER_METER: meter_value,
    DeviceKind.UPS: ups_value,
    DeviceKind.ATS: switch_value,
    DeviceKind.STS: switch_value,
    DeviceKind.GENERATOR: generator_value,
    DeviceKind.CRAC: crac_value,
    DeviceKind.REAR_DOOR: crac_value,
    DeviceKind.CHILLER: crac_value,
    DeviceKind.ENVIRONMENT: environment_value,
}
PEAK_WORDS = frozenset({"peak", "max", "maximum", "highest"})
#: Ratings and set points stay what they are when the sensors of a device fail.
_FELT = frozenset(Quantity) - {Quantity.STATE, Quantity.FLAGS, Quantity.IDENTITY}
_PHASE = re.compile(r"\bL[123](_L[123])?\b")


def subject_of(point: DevicePoint) -> Subject:
    """What a point is about: the words of its name and label, its number, its phase."""
    name = _PHASE.sub("", point.name)
    words = re.findall(r"[a-z]+", f"{name} {point.label}".lower())
    numbers = re.findall(r"\d+", name)
    number = point.row.number if point.row else int(numbers[0]) if numbers else None
    return Subject(frozenset(words), number, point.phase, point.meaning)


@dataclass(frozen=True)
class Bridge:
    """The values of one device in the plant, by point id. A reading that a scenario broke is None;
    the peak of a quantity is the highest value it was asked for."""

    plant: Plant
    device: str
    place: Place
    kind: DeviceKind
    points: Mapping[str, tuple[DevicePoint, Subject]]
    _peaks: dict[str, float] = field(default_factory=dict)

    def value(self, point_id: str) -> Value:
        """The value of the moment."""
        point, subject = self.points[point_id]
        if point.meaning.kind is Kind.IDENTITY:
            return "EMULATED"
        if self.device in self.plant.broken_sensors and point.meaning.quantity in _FELT:
            return None
        found = READERS[self.kind](self.plant, self.place, subject)
        if isinstance(found, Gap):
            return usual_value(point.id, point.meaning, self.plant.uptime_s, point.phase)
        if isinstance(found, float) and subject.words & PEAK_WORDS:
            found = self._peaks[point_id] = max(found, self._peaks.get(point_id, 1.08 * found))
        return found


def bridge(plant: Plant, device: str, place: Place, spec: DeviceSpec) -> Bridge:
    """Bind every point of the device `device` by rule."""
    points = {point.id: (point, subject_of(point)) for point in spec.points()}
    return Bridge(plant, device, place, spec.profile.kind, points)
