"""Breakers that trip of themselves: the longer and higher the overload, the sooner."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from telemetry.emulator.description import Breaker
from telemetry.emulator.network import Flows

#: Seconds at 1.41 times the rating; 1.2 times takes 2.3 times as long (I squared t).
TAU_S = 60.0
AT_ONCE = 8.0


@dataclass
class Protection:
    """`heat` runs from 0 (cold) to 1 (trips), by breaker."""

    heat: dict[str, float] = field(default_factory=dict)

    def step(self, breakers: Iterable[Breaker], flows: Flows, dt_s: float) -> list[str]:
        """Keys of the breakers that trip now."""
        tripped = []
        for breaker in breakers:
            amps = max(map(abs, flows.nodes[breaker.key].amps))
            share = amps / breaker.rating_a
            heat = self.heat.get(breaker.key, 0.0) + dt_s * (share * share - 1) / TAU_S
            self.heat[breaker.key] = max(0.0, heat)
            if heat >= 1 or share >= AT_ONCE:
                self.heat[breaker.key] = 0.0
                tripped.append(breaker.key)
        return tripped
