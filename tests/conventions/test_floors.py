"""Imports point down the floors of the house; features on one floor never import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS: tuple[tuple[str, ...], ...] = (
    ("config", "database", "delivery", "errors", "front", "i18n", "isolation", "jobs", "leases", "locks", "logs",
     "mail", "migration", "money", "networks", "pdf", "printer", "ranges", "seals", "signing", "storage", "text"),
    ("access",),
    ("audit",),
    ("web",),
    ("customers",),
    ("accounts",),
    ("records", "conversations"),
    ("contacts",),
    ("setup",),
    ("people", "documents", "licensing", "support", "monitoring"),
    ("home", "provider", "erp", "history", "api", "health"),
    ("demo",),
    ("commands",),
    ("portal",),
)  # fmt: skip
GROUND = FLOORS[0]
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}


def sources() -> Iterator[Path]:
    return (path for path in sorted((ROOT / "portal").rglob("*.py")))


def room(module: tuple[str, ...]) -> str:
    """Return the package or ground-floor module of a dotted name below `portal`."""
    return module[0] if module else "portal"


def for_types_only(tree: ast.Module) -> set[ast.AST]:
    """Return what stands under `if TYPE_CHECKING`."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            found.update(child for statement in node.body for child in ast.walk(statement))
    return found


def imported(path: Path, tree: ast.Module) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield line and dotted name, below `portal`, of everything of ours that a file imports."""
    package = path.relative_to(ROOT).with_suffix("").parts
    package = package[:-1]  # also for __init__.py, whose own name is the package
    ignored = for_types_only(tree)
    for node in ast.walk(tree):
        if node in ignored:
            continue
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            target = (*base, *(node.module or "").split(".")) if node.module else base
            if target and target[0] == "portal":
                names = [alias.name for alias in node.names]
                yield from ((node.lineno, (*target[1:], name)) for name in names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "portal":
                    yield node.lineno, tuple(alias.name.split(".")[1:])


def test_every_room_is_on_a_floor() -> None:
    rooms = {path.relative_to(ROOT / "portal").parts[0].removesuffix(".py") for path in sources()}
    assert rooms - {"__init__"} - set(LEVEL) == set(), "say in FLOORS where these stand"


def test_imports_point_down() -> None:
    offences: list[str] = []
    for path in sources():
        parts = path.relative_to(ROOT / "portal").with_suffix("").parts
        here = room(() if parts == ("__init__",) else parts)
        for line, target in imported(path, ast.parse(path.read_text())):
            there = room(target) if room(target) in LEVEL else "portal"
            both_on_the_ground = here in GROUND and there in GROUND
            if here != there and not both_on_the_ground and LEVEL[there] >= LEVEL[here]:
                offences.append(f"{path.relative_to(ROOT)}:{line} {here} imports {there}")
    assert offences == []
