"""The browser client in `web/`: built when its sources changed, left as it is otherwise."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from devstack import node
from devstack.problem import StackProblem
from devstack.process import launched
from devstack.settings import ROOT

WEB = ROOT / "web"
BUILT = WEB / "dist"
STAMP = ".built-from"
NOT_SOURCES = ("node_modules", "dist", "dist.next", "dist.before")
NPM_CI = (
    "ci",
    "--include=dev",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
)


class Client:
    """`log` takes what npm and Vite say; without one they say it to whoever runs us."""

    def __init__(self, log: Path | None = None, *, web: Path = WEB) -> None:
        self._log = log
        self._web = web
        self._built = web / BUILT.name
        self._given_up = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def build(self) -> str:
        """Bring `dist` up to date and say what that took. `StackProblem` where it cannot be built."""
        with self._alone():
            sources = fingerprint(self._web)
            if self._is_built_from(sources):
                return "as built before"
            self._build(sources)
            return "built"

    def npm(self, *arguments: str, **variables: str) -> int:
        """Run npm there with the locked packages in place; its exit code."""
        with self._alone():
            found = self._packages()
        command = [*found.npm, *arguments]
        return subprocess.run(command, cwd=self._web, env=_environment(found, variables), check=False).returncode

    def packages(self) -> Path:
        """`node_modules` as locked."""
        with self._alone():
            self._packages()
        return self._web / "node_modules"

    def abandon(self) -> None:
        """End a build that is under way in another thread."""
        self._given_up.set()
        child = self._child
        if child is not None and child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)

    def _is_built_from(self, sources: str) -> bool:
        try:
            return (self._built / STAMP).read_text() == sources
        except OSError:
            return False

    def _build(self, sources: str) -> None:
        found = self._packages()
        following = self._web / "dist.next"
        vite = self._web / "node_modules" / "vite" / "bin" / "vite.js"
        arguments = ["build", "--outDir", following.name, "--emptyOutDir", "--logLevel", "warn"]
        self._run("vite build", [found.program, str(vite), *arguments], found.environment)
        self._run("scripts/compress.js", [found.program, "scripts/compress.js", following.name], found.environment)
        (following / STAMP).write_text(sources)
        # Whoever is served from the old folder gets the new one between two requests.
        before = self._web / "dist.before"
        shutil.rmtree(before, ignore_errors=True)
        if self._built.exists():
            self._built.rename(before)
        following.rename(self._built)
        shutil.rmtree(before, ignore_errors=True)

    def _packages(self) -> node.Node:
        found = node.find(lambda command: self._run("the installation of Node", command))
        if not has_locked_packages(self._web):
            self._run("npm ci", [*found.npm, *NPM_CI], found.environment)
        return found

    def _run(self, name: str, command: Sequence[str], variables: Mapping[str, str] | None = None) -> None:
        if self._given_up.is_set():
            raise _given_up()
        log = None if self._log is None else self._log.open("ab")
        try:
            self._child = subprocess.Popen(
                launched(command, signal.SIGTERM),
                cwd=self._web,
                env={**os.environ, **(variables or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=None if log is None else subprocess.STDOUT,
                process_group=0,
            )
            code = self._child.wait()
        finally:
            if log is not None:
                log.close()
        if code != 0:
            said = f" What it said: {self._log}" if self._log else ""
            raise StackProblem(f"The browser client could not be built: {name} failed.{said}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One at a time installs and builds; the next finds it done."""
        folder = os.open(self._web, os.O_RDONLY)
        try:
            while not _locked(folder):
                if self._given_up.wait(0.05):
                    raise _given_up()
            yield
        finally:
            os.close(folder)


def _locked(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _given_up() -> StackProblem:
    return StackProblem("The build of the browser client was given up.")


def fingerprint(web: Path) -> str:
    """Names the contents of everything a build can depend on. Tests are no part of it."""
    digest = hashlib.sha256()
    for path in sorted(_sources(web)):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue  # an editor's, gone again
        digest.update(f"{path.relative_to(web)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def has_locked_packages(web: Path) -> bool:
    """Whether `node_modules` holds what `package-lock.json` says, by npm's own list, which it writes last."""
    try:
        locked = json.loads((web / "package-lock.json").read_bytes())["packages"]
        installed = json.loads((web / "node_modules" / ".package-lock.json").read_bytes())["packages"]
    except (OSError, ValueError, KeyError):
        return False
    needed = {place: package for place, package in locked.items() if place and _is_needed_here(package)}
    return all(installed.get(place, {}).get("integrity") == needed[place].get("integrity") for place in needed)


def _is_needed_here(package: Mapping[str, object]) -> bool:
    """Optional packages are the natively compiled parts of others, one for each kind of machine."""
    if not package.get("optional"):
        return True
    here = {"os": "linux", "cpu": "x64", "libc": "glibc"}
    return "os" in package and all(here[what] in _listed(package, what, here[what]) for what in here)


def _listed(package: Mapping[str, object], what: str, default: str) -> list[str]:
    listed = package.get(what)
    return [str(name) for name in listed] if isinstance(listed, list) else [default]


def _sources(web: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(web):
        if folder == str(web):
            folders[:] = [name for name in folders if name not in NOT_SOURCES]
        yield from (Path(folder, name) for name in files if ".test." not in name and not name.endswith(".md"))


def _environment(found: node.Node, variables: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **found.environment, **variables}
