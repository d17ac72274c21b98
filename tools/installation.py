"""The installing half of `bootstrap.py`. Old interpreters can read it, so that they can say what they lack."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from typing import NoReturn

OLDEST = (3, 11)
NEWEST = (3, 13)


def install(root: str, workspace: list, stamp_file: str, stamp: str) -> None:  # type: ignore[type-arg]
    """Make the virtual environment, then write `stamp`: what was cut off half-way is done again."""
    check_machine()
    began = time.monotonic()
    venv = os.path.join(root, ".venv")
    lock = os.path.join(root, "requirements.lock")
    python = os.path.join(venv, "bin", "python")
    if not works(python):
        step("virtual environment")
        shutil.rmtree(venv, ignore_errors=True)
        run([sys.executable, "-m", "venv", venv], "The virtual environment could not be made.")
    elif os.path.exists(stamp_file):
        os.remove(stamp_file)
    install_uv(venv, python, locked(lock, "uv"))
    step("packages of requirements.lock")
    run(
        [python, "-m", "uv", "pip", "install", "-q", "--python", python, "--require-hashes", "--no-deps", "-r", lock],
        "The packages of requirements.lock could not be installed.",
        UV_COMPILE_BYTECODE="1",
        UV_LINK_MODE="copy",
    )
    with open(os.path.join(site_packages(venv), "workspace.pth"), "w") as paths:
        paths.write("\n".join(workspace) + "\n")
    # Bytecode is part of being installed: where PYTHONDONTWRITEBYTECODE is set, each start would compile anew.
    run([python, "-m", "compileall", "-q", *workspace], "The workspace does not compile.")
    with open(stamp_file, "w") as file:
        file.write(stamp)
    sys.stdout.write(f"installed in {time.monotonic() - began:.0f} s\n")


def check_machine() -> None:
    """Refuse with a sentence what cannot work; hand over to a newer Python where there is one."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
            other = shutil.which(f"python3.{minor}")
            if other and succeeds([other, "-c", ""]):
                os.execv(other, [other, *sys.argv])
        found = ".".join(map(str, sys.version_info[:2]))
        stop(f"Python 3.11, 3.12 or 3.13 is needed, and this is {found}. On Debian: apt-get install python3")
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "amd64"):
        stop(f"The bundled servers run on x86-64 Linux only, and this is {sys.platform} on {platform.machine()}.")
    library, version = platform.libc_ver()
    if library != "glibc" or tuple(int(part) for part in version.split(".")[:2]) < (2, 28):
        found = f"{library} {version}" if library else "another C library"
        stop(f"The bundled servers need glibc 2.28 or newer (Debian 10), and this is {found}.")
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            minor = sys.version_info[1]
            stop(f"Python's venv module is missing. On Debian: apt-get install python3-venv (python3.{minor}-venv)")


def install_uv(venv: str, python: str, requirement: str) -> None:
    """uv, as pinned in the lock: `requirement` is its lines there."""
    version = requirement.split()[0].split("==")[1]
    if os.path.isdir(os.path.join(site_packages(venv), f"uv-{version}.dist-info")):
        return
    step("uv " + version)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write(requirement)
        requirements.flush()
        run(
            [python, "-m", "pip", "install", "-q", "--no-deps", "--require-hashes", "-r", requirements.name],
            "uv could not be installed. Does pip reach a package index?",
        )


def locked(lock: str, name: str) -> str:
    """The lines of one package in the lock: version and hashes."""
    with open(lock) as file:
        found = re.search(rf"^{re.escape(name)}==(?:.*\\\n)*.*\n", file.read(), re.MULTILINE)
    if found is None:
        stop(f"requirements.lock does not name {name}. Restore the file: git checkout requirements.lock")
    return found.group()


def site_packages(venv: str) -> str:
    lib = os.path.join(venv, "lib")
    return os.path.join(lib, max(os.listdir(lib)), "site-packages")


def works(python: str) -> bool:
    return succeeds([python, "-m", "pip", "--version"])


def succeeds(command: list) -> bool:  # type: ignore[type-arg]
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def run(command: list, sentence: str, **variables: str) -> None:  # type: ignore[type-arg]
    if subprocess.call(command, env=dict(os.environ, **variables)) != 0:
        stop(sentence)


def step(name: str) -> None:
    sys.stdout.write(f"installing {name} …\n")
    sys.stdout.flush()


def stop(sentence: str) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    sys.exit(1)
