"""Who may import whom. Each rule is also shown a tree that breaks it: a guard nobody has seen red guards nothing."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULES: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

BROKEN = {
    "services-are-independent": ("tickets/rules.py", "import auth"),
    "common-knows-no-service": ("common/routing.py", "import tickets"),
    "contracts-do-no-io": ("contracts/tickets.py", "import common.database"),
    "services-run-without-devstack": ("audit/main.py", "import devstack"),
    "deploy-knows-no-service": ("deploy/main.py", "import tickets"),
    "inside-a-service": ("cti/rules.py", "import cti.api"),
}

DOMAIN_WORDS = ("ticket", "comment", "severity", "category", "assignee", "audit_log")


def lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--config", str(config), "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder) if folder != ROOT else "", "PATH": "", "LANG": "C.UTF-8"},
    )


def test_nobody_imports_whom_they_must_not() -> None:
    result = lint(ROOT, ROOT / "pyproject.toml")
    assert result.returncode == 0, result.stdout


def test_every_rule_has_a_tree_that_breaks_it() -> None:
    assert {rule["id"] for rule in RULES["contracts"]} == set(BROKEN)


@pytest.mark.parametrize("rule", list(BROKEN))
def test_a_broken_rule_is_noticed(rule: str, tmp_path: Path) -> None:
    file, line = BROKEN[rule]
    for package in RULES["root_packages"]:
        for module in ("__init__", "main", "api", "queries", "tables", "schemas", "rules", "problems", "tickets"):
            path = tmp_path / package / f"{module}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text("")
    for module in ("database", "bus", "routing", "service"):
        (tmp_path / "common" / f"{module}.py").write_text("")
    config = tmp_path / "pyproject.toml"
    config.write_text((ROOT / "pyproject.toml").read_text())
    assert lint(tmp_path, config).returncode == 0, "the tree is clean before it is broken"
    (tmp_path / file).write_text(line)
    result = lint(tmp_path, config)
    assert result.returncode == 1
    name = next(each["name"] for each in RULES["contracts"] if each["id"] == rule)
    assert f"{name} BROKEN" in " ".join(result.stdout.split())


def test_common_has_no_domain_noun() -> None:
    for path in (ROOT / "libs" / "common" / "src" / "common").rglob("*.py"):
        code = _without_docstrings(path.read_text())
        for word in DOMAIN_WORDS:
            assert not re.search(rf"\b{word}s?\b", code.replace("_", " "), re.IGNORECASE), (
                f"{path.name} speaks of {word}"
            )


def _without_docstrings(source: str) -> str:
    """The code as the compiler sees it: comments and docstrings may show an example."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value.value = ""
    return ast.unparse(tree)
