"""How large a file and a function may be (design.md section 4)."""

from tests.architecture.source import Function, Module

FILE_LINES = 400
FUNCTION_LINES = 60


def length(function: Function) -> int:
    """The lines of a function, its decorators not counted."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def too_large(modules: dict[str, Module]) -> list[str]:
    """Files and functions over the hard budgets."""
    files = [
        f"{module.name} has {module.lines} lines; {FILE_LINES} is the most"
        for module in modules.values()
        if module.lines > FILE_LINES
    ]
    return files + [
        f"{module.name}.{function.name} has {length(function)} lines; {FUNCTION_LINES} is the most"
        for module in modules.values()
        for function in module.functions
        if length(function) > FUNCTION_LINES
    ]
