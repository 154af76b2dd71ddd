"""The Python source of a checkout as modules with their imports; read once, never executed."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("facilities", "telemetry", "tools", "benchmarks")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `target` is a dotted path, `line` where it stands.

    hidden:  inside a function.     typing:  under `if TYPE_CHECKING`, so never at run time.
    """

    target: str
    line: int
    hidden: bool = False
    typing: bool = False


@dataclass(frozen=True, slots=True)
class Module:
    """A source file: its dotted name, where it is, its tree and how many lines it has."""

    name: str
    path: Path
    tree: ast.Module
    lines: int
    package: bool

    @property
    def imports(self) -> list[Import]:
        """Everything it imports, in order of appearance."""
        return list(_imports(self, self.tree.body, hidden=False, typing=False))

    @property
    def functions(self) -> list[Function]:
        """Every function and method, nested ones as well."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]


def load(root: Path = CHECKOUT, packages: Sequence[str] = PACKAGES) -> dict[str, Module]:
    """The modules of the packages under `root`, by dotted name."""
    found = (path for package in packages for path in sorted((root / package).rglob("*.py")))
    modules = (_module(root, path) for path in found if "_bundle" not in path.parts)
    return {module.name: module for module in modules}


def _module(root: Path, path: Path) -> Module:
    text = path.read_text("utf-8")
    parts = path.relative_to(root).with_suffix("").parts
    package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if package else parts)
    return Module(name, path, ast.parse(text, str(path)), len(text.splitlines()), package)


def _imports(
    module: Module, body: Sequence[ast.AST], hidden: bool, typing: bool
) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, hidden, typing)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            for alias in node.names:
                yield Import(f"{base}.{alias.name}", node.lineno, hidden, typing)
        else:
            inside = hidden or isinstance(node, Function | ast.Lambda)
            guarded = typing or _is_typing_guard(node)
            yield from _imports(module, list(ast.iter_child_nodes(node)), inside, guarded)


def _base(module: Module, node: ast.ImportFrom) -> str:
    """The absolute package of a `from` import; relative ones are counted from the module."""
    if node.level == 0:
        return node.module or ""
    parts = module.name.split(".")
    kept = parts[: len(parts) - node.level + module.package]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _is_typing_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def resolve(target: str, modules: dict[str, Module]) -> str | None:
    """The module of the tree that an imported name lies in, None for foreign ones."""
    while target:
        if target in modules:
            return target
        target = target.rpartition(".")[0]
    return None
