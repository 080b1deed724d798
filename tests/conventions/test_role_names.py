"""Nothing asks a role by its name: what somebody may do is a permission's to say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from portal.access.roles import BUILT_IN

ROOT = Path(__file__).parents[2]


def asks(source: str) -> list[int]:
    """Return the lines that compare a role of somebody, or their roles, with the ID of a built-in one."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            names = {part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)}
            speaks = any(re.search(r"\brole_ids?\b|\broles\b", ast.unparse(side)) for side in sides)
            if speaks and names & BUILT_IN.keys():
                found.append(node.lineno)
    return found


def test_what_asks_by_name_is_found():
    assert asks('if "admin" in user.role_ids: pass') == [1]
    assert asks('x = UserRole.role_id == "guest"') == [1]
    assert asks('x = [role for role in roles if "user" in user.roles]') == [1]
    assert asks('x = person.portal_role == "admin"') == []


def test_no_module_asks_a_role_by_name():
    for path in sorted((ROOT / "portal").rglob("*.py")):
        assert not asks(path.read_text(encoding="utf-8")), path


def test_no_template_asks_a_role_by_name():
    pattern = re.compile(r"""["'](admin|user|guest)["']\s+(not\s+)?in\s+[\w.]*role|role_ids?\s*==""")
    assert pattern.search('{% if "admin" in current_user.role_ids %}')
    for path in sorted((ROOT / "templates").rglob("*.html")):
        assert not pattern.search(path.read_text(encoding="utf-8")), path
