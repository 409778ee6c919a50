"""The house as the design draws it: one direction of imports, rooms that can be read in one sitting."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import np_widgets

ROOT = Path(np_widgets.__file__).parent
FLOORS = [
    {"errors"},
    {"saelens", "checks"},
    {"models", "tokens"},
    {"wire", "examples", "variants", "differences", "searches"},
    {"overlap", "wording"},
    {"frames", "html", "payload", "client", "demo", "exports", "recordings"},
    {"sources"},
    {"widgets"},
]
# For the user's comfort a feature has methods that reach upward, inside their bodies alone.
COMFORT = {("models", "tokens"), ("models", "frames"), ("models", "html"), ("models", "wire")}
FILES = sorted(path for path in ROOT.rglob("*.py") if "training" not in path.parts and path != ROOT / "__init__.py")


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


def imports(path: Path) -> list[tuple[str, bool]]:
    """Every room that a file imports, and whether at its top level (types alone do not count)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
    }
    found: list[tuple[str, bool]] = []
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        modules: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        found += [(m.split(".")[1], id(node) not in inside) for m in modules if m.startswith("np_widgets.")]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_imports_upward(path: Path) -> None:
    own = room(path)
    for other, top_level in imports(path):
        if other == own or (not top_level and (own, other) in COMFORT):
            continue
        assert floor(other) < floor(own), f"{own} imports {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_public_names_are_complete_sorted_and_all_load() -> None:
    assert np_widgets.__all__ == sorted(np_widgets.__all__)
    assert set(np_widgets.__all__) == set(np_widgets._HOMES)
    for name in np_widgets.__all__:
        assert getattr(np_widgets, name) is not None
        assert name in dir(np_widgets)


def test_type_checkers_see_every_public_name() -> None:
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    block = next(n for n in tree.body if isinstance(n, ast.If))
    seen = {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == set(np_widgets.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Heatmap'"):
        np_widgets.Heatmap  # noqa: B018


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sorted(m for m in sys.modules))"
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = loaded_by("import np_widgets; dir(np_widgets)")
    assert not loaded & {
        "numpy",
        "pandas",
        "requests",
        "msgspec",
        "anywidget",
        "np_widgets.sources",
        "np_widgets.client",
    }


def test_the_demo_source_needs_no_network_library() -> None:
    loaded = loaded_by("import np_widgets; np_widgets.use('demo')")
    assert not loaded & {"requests", "pandas", "requests_cache"}


def test_no_path_of_a_machine_stands_in_the_code() -> None:
    words = ["/" + "work/", "/" + "tmp/", "sk-" + "np"]
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in words if word in text], path
