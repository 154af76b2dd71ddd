"""Finds the state or the flags that say what is so, by the names a profile gives them. Pure.

Profiles name states in the words of their makers; a condition of the plant knows the words that
makers use for it, the plainest first.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from telemetry.emulator.nominal import well_state
from telemetry.profiles.model import Meaning

#: Condition -> words for it.
WORDS: Mapping[str, tuple[str, ...]] = {
    "normal": ("normal", "ok", "online", "good", "no_alarm", "inactive", "clear", "none", "on"),
    "on": ("on", "running", "run", "active", "enabled", "closed", "normal", "started"),
    "off": ("off", "stopped", "stop", "standby", "idle", "disabled", "open", "none", "shutdown"),
    "battery": ("battery", "on_battery", "discharging", "inverter"),
    "inverter": ("normal", "online", "inverter", "double_conversion", "on_line", "on", "ups"),
    "dark": ("none", "off", "no_output", "no_power", "unpowered", "dead", "shutdown"),
    "battery_normal": ("normal", "ok", "charged", "floating", "good", "resting"),
    "charging": ("charging", "recharging", "boost", "normal", "ok"),
    "battery_low": ("low", "weak", "discharging", "warning"),
    "battery_empty": ("depleted", "empty", "discharged", "low"),
    "near_overload": ("near_overload", "near", "warning", "high", "high_warning"),
    "overload": ("overload", "over", "critical", "high_critical", "alarm"),
    "fault": ("failure", "sensor_error", "fault", "failed", "lost", "error", "critical", "alarm",
              "not_installed", "warning", "off"),
    "no_smoke": ("no_smoke", "no_leak", "dry", "normal", "closed", "ok", "clear"),
    "preferred": ("source_a", "source_1", "preferred", "normal", "utility", "a", "1"),
    "alternate": ("source_b", "source_2", "alternate", "emergency", "generator", "b", "2"),
}  # fmt: skip


def plain(name: str) -> str:
    """`onBattery`, `On battery`, `on-battery` are all `on_battery`."""
    spread = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", spread.lower()).strip("_")


def state(meaning: Meaning, *conditions: str) -> int:
    """The code of the first condition that this state has a name for; else "all is well"."""
    names = {code: plain(name) for code, name in meaning.names.items()}
    for condition in conditions:
        code = _match(names, WORDS[condition])
        if code is not None:
            return code
    return well_state(meaning)


def _match(names: Mapping[int, str], words: Iterable[str]) -> int | None:
    """A name that is the word beats a name that holds it."""
    for word in words:
        for code, name in names.items():
            if name == word:
                return code
    for word in words:
        for code, name in names.items():
            if word in name.split("_") or (len(word) > 3 and word in name):
                return code
    return None


def flags(meaning: Meaning, active: Collection[str]) -> list[str]:
    """Names of the bits that speak of an active condition; "normal" bits when none is active."""
    wanted = active or ("normal",)
    return [
        name
        for name in dict.fromkeys(meaning.names.values())
        if any(_speaks_of(plain(name), condition) for condition in wanted)
    ]


def _speaks_of(name: str, condition: str) -> bool:
    if name in _WHOLE_NAMES.get(condition, ()):
        return True
    return any(f"_{phrase}_" in f"_{name}_" for phrase in _PHRASES.get(condition, ()))


#: Condition -> phrases in the names of bits.
_PHRASES: Mapping[str, tuple[str, ...]] = {
    "on_battery": ("on_battery", "discharging", "battery_mode", "battery_operation"),
    "input_lost": ("input", "mains", "utility", "line_fail", "line_failure"),
    "battery_low": ("battery_low", "low_battery", "low_runtime"),
    "overload": ("overload", "over_load", "overloaded"),
    "fault": ("fault", "failure", "failed", "alarm"),
    "high_temperature": ("high_temperature", "high_temp", "hot", "high_return"),
    "off": ("off", "stopped", "shutdown"),
}
#: Condition -> names that say it only by themselves.
_WHOLE_NAMES: Mapping[str, tuple[str, ...]] = {
    "on_battery": ("battery",),
    "battery_low": ("low",),
    "normal": ("normal", "ok", "online", "on", "on_line", "communication_ok"),
}
