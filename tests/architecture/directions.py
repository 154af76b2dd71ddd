"""Who may import whom. Each check takes modules and returns sentences about what breaks it."""

import ast
import re
import sys
from graphlib import CycleError, TopologicalSorter

from tests.architecture import house
from tests.architecture.source import Import, Module, resolve

Modules = dict[str, Module]


def under(target: str, package: str) -> bool:
    """True when `target` is `package` or lies in it."""
    return target == package or target.startswith(f"{package}.")


def part(name: str) -> str:
    """The area or root module of a name in facilities: `facilities.power.failover` -> `power`."""
    return name.split(".")[1] if name.startswith("facilities.") else ""


def at(module: Module, found: Import) -> str:
    """Where an import stands, for a sentence."""
    return f"{module.name} line {found.line}"


def unknown_parts(modules: Modules) -> list[str]:
    """Parts of facilities that the drawing of the house does not have."""
    known = {"", *house.AREAS, *house.GROUND, *house.ROOF}
    strangers = {part(name) for name in modules} - known
    return [f"facilities.{name} is no area of design.md section 2" for name in sorted(strangers)]


def height(name: str) -> int:
    """Where a part stands: the ground at 0, areas in their order, the roof on top."""
    if name in house.AREAS:
        return 1 + house.AREAS.index(name)
    return len(house.AREAS) + 1 if name in house.ROOF else 0


def upward(modules: Modules) -> list[str]:
    """Imports of an upper part by a lower one."""
    return [
        f"{at(module, found)} imports {found.target}: {part(name)} is below {part(found.target)}"
        for name, module in modules.items()
        if part(name)
        for found in module.imports
        if height(part(found.target)) > height(part(name))
    ]


def telemetry_alone(modules: Modules) -> list[str]:
    """What telemetry imports although it must run without it."""
    return [
        f"{at(module, found)} imports {found.target}: telemetry runs without it"
        for name, module in modules.items()
        if under(name, "telemetry")
        for found in module.imports
        if any(under(found.target, banned) for banned in house.NOT_IN_TELEMETRY)
    ]


def telemetry_known(modules: Modules) -> list[str]:
    """Imports of telemetry by parts that must not know it, or of what it does not offer."""
    problems = []
    for name, module in modules.items():
        for found in module.imports if part(name) else ():
            if not under(found.target, "telemetry"):
                continue
            if part(name) not in house.TELEMETRY_KNOWERS:
                problems.append(f"{at(module, found)} imports telemetry; {part(name)} must not")
            elif any(word.startswith("_") for word in found.target.split(".")):
                problems.append(f"{at(module, found)} imports {found.target}, which is private")
    return problems


def one_place(modules: Modules) -> list[str]:
    """Libraries imported by more than one module."""
    problems = []
    for library in house.ONE_PLACE:
        users = sorted(
            name
            for name, module in modules.items()
            if not under(name, "benchmarks")
            and any(under(found.target, library) for found in module.imports)
        )
        if len(users) > 1:
            problems.append(f"{library} is imported in {' and '.join(users)}; one may")
    return problems


def hidden(modules: Modules) -> list[str]:
    """Imports inside functions."""
    return [
        f"{at(module, found)} imports {found.target} inside a function"
        for module in modules.values()
        for found in module.imports
        if found.hidden
    ]


def cycles(modules: Modules) -> list[str]:
    """The first cycle of imports, empty when there is none."""
    graph: dict[str, set[str]] = {name: set() for name in modules}
    for name, module in modules.items():
        for found in module.imports:
            target = None if found.typing else resolve(found.target, modules)
            if target and target != name:
                graph[name].add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return ["a cycle of imports: " + " <- ".join(error.args[1])]
    return []


def is_rule(module: Module) -> bool:
    """True for a file of an area that is neither a known role nor a listed adapter.

    In the adapter areas it is the other way round: what calls itself pure is a rule.
    """
    parts = module.name.split(".")
    if len(parts) < 3 or module.package or part(module.name) not in house.AREAS:
        return False
    if ".".join(parts[1:]) in house.ADAPTERS:
        return False
    if parts[1] in house.ADAPTER_AREAS:
        return re.search(r"\bPure\b", ast.get_docstring(module.tree) or "") is not None
    words = [word for name in parts[2:] for word in (name.split("_")[0], name.split("_")[-1])]
    return not set(words) & set(house.ROLES)


def pure_target(target: str, modules: Modules) -> bool:
    """True when a rule file may import `target`."""
    if any(under(target, banned) for banned in house.IMPURE):
        return False
    if target.partition(".")[0] in sys.stdlib_module_names:
        return True
    if any(under(target, allowed) for allowed in house.RULE_IMPORTS):
        return True
    found = resolve(target, modules)
    return found is not None and is_rule(modules[found])


def impure_rules(modules: Modules) -> list[str]:
    """What rule files import or ask that a pure function cannot know."""
    rules = [module for module in modules.values() if is_rule(module)]
    problems = [
        f"{at(module, found)} imports {found.target}: a rule file is pure"
        for module in rules
        for found in module.imports
        if not pure_target(found.target, modules)
    ]
    for module in rules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(house.CLOCKS):
                problems.append(f"{module.name} line {node.lineno} reads the clock")
    return problems


def dead_adapters(modules: Modules) -> list[str]:
    """Listed exceptions that are no more, so that the list does not outlive its reasons."""
    missing = (name for name in house.ADAPTERS if f"facilities.{name}" not in modules)
    return [f"tests/architecture/house.py lists {name}, which is gone" for name in missing]
