"""When the browser client is built, and what remains when it cannot be."""

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.client import BUILT, WEB, Client, fingerprint, has_locked_packages
from devstack.problem import StackProblem
from devstack.waiting import until


@pytest.fixture(scope="module")
def packages() -> Path:
    return Client().packages()


@pytest.fixture(scope="module")
def web(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of `web/` of our own, with the packages of the original."""
    copy = tmp_path_factory.mktemp("copy") / "web"
    shutil.copytree(WEB, copy, ignore=shutil.ignore_patterns("node_modules", "dist*"))
    (copy / "node_modules").symlink_to(packages)
    return copy


@pytest.fixture
def entry(web: Path) -> Iterator[Path]:
    """The first source file, put right again afterwards."""
    entry = web / "src" / "main.tsx"
    kept = entry.read_text()
    yield entry
    entry.write_text(kept)


LOCKED = {
    "": {"name": "ours"},
    "node_modules/a": {"integrity": "a1"},
    "node_modules/ours": {"integrity": "x1", "optional": True, "os": ["linux"], "cpu": ["x64"], "libc": ["glibc"]},
    "node_modules/musl": {"integrity": "m1", "optional": True, "os": ["linux"], "cpu": ["x64"], "libc": ["musl"]},
    "node_modules/theirs": {"integrity": "y1", "optional": True, "os": ["win32"], "cpu": ["x64"]},
}


class TestABuild:
    """In this order: built, found built, broken, changed."""

    def test_the_first_one_is_complete_and_compressed(self, web: Path, tmp_path: Path) -> None:
        assert Client(tmp_path / "log", web=web).build() == "built"
        page = (web / "dist" / "index.html").read_text()
        assert "<script>" not in page
        assert "<style" not in page
        assert (web / "dist" / "start.js").exists()
        for script in (web / "dist" / "assets").glob("*.js"):
            small = script.stat().st_size < 1024
            assert {Path(f"{script}{end}").exists() for end in (".br", ".gz")} == {not small}

    def test_without_a_change_nothing_is_done(self, web: Path) -> None:
        before = (web / "dist").stat()
        assert Client(web=web).build() == "as built before"
        assert (web / "dist").stat() == before

    def test_one_that_fails_says_where_to_look_and_leaves_what_was_there(
        self, web: Path, entry: Path, tmp_path: Path
    ) -> None:
        before = _contents(web / "dist")
        entry.write_text("import { nothing } from './nowhere'; nothing();")
        with pytest.raises(StackProblem) as refusal:
            Client(tmp_path / "client.log", web=web).build()
        assert str(refusal.value) == (
            f"The browser client could not be built: vite build failed. What it said: {tmp_path / 'client.log'}"
        )
        assert "./nowhere" in (tmp_path / "client.log").read_text()
        assert _contents(web / "dist") == before

    def test_one_given_up_ends_at_once(self, web: Path, entry: Path, tmp_path: Path) -> None:
        entry.write_text(entry.read_text() + "\n// changed")
        client = Client(tmp_path / "log", web=web)
        ended: list[str] = []

        def build() -> None:
            with pytest.raises(StackProblem) as refusal:
                client.build()
            ended.append(str(refusal.value))

        thread = threading.Thread(target=build)
        thread.start()
        assert until((tmp_path / "log").exists, 20)
        client.abandon()
        thread.join(30)  # it raises nothing where the build went on to its end
        assert ended

    def test_the_same_sources_make_the_same_files(self, web: Path, entry: Path, tmp_path: Path) -> None:
        before = _contents(web / "dist")
        (web / "dist").rename(tmp_path / "kept")
        assert Client(tmp_path / "log", web=web).build() == "built"
        assert _contents(web / "dist") == before


class TestFingerprint:
    @pytest.mark.parametrize("name", ["src/app.tsx", "public/new.svg", "vite.config.ts", "package-lock.json"])
    def test_it_changes_with_what_a_build_depends_on(self, tmp_path: Path, name: str) -> None:
        before = fingerprint(tmp_path)
        _write(tmp_path / name, "1")
        first = fingerprint(tmp_path)
        _write(tmp_path / name, "2")
        assert len({before, first, fingerprint(tmp_path)}) == 3

    @pytest.mark.parametrize("name", ["src/app.test.tsx", "README.md", "dist/index.html", "node_modules/x/index.js"])
    def test_and_with_nothing_else(self, tmp_path: Path, name: str) -> None:
        before = fingerprint(tmp_path)
        _write(tmp_path / name, "1")
        assert fingerprint(tmp_path) == before


class TestLockedPackages:
    @pytest.mark.parametrize(
        ("installed", "are_there"),
        [
            ({"node_modules/a": "a1", "node_modules/ours": "x1"}, True),
            ({"node_modules/a": "a1", "node_modules/ours": "x1", "node_modules/more": "z"}, True),
            ({"node_modules/a": "a0", "node_modules/ours": "x1"}, False),
            ({"node_modules/a": "a1"}, False),
            ({"node_modules/ours": "x1"}, False),
        ],
    )
    def test_they_are_compared_with_what_npm_installed(
        self, tmp_path: Path, installed: dict[str, str], are_there: bool
    ) -> None:
        _write(tmp_path / "package-lock.json", json.dumps({"packages": LOCKED}))
        assert not has_locked_packages(tmp_path)
        listed = {place: {"integrity": integrity} for place, integrity in installed.items()}
        _write(tmp_path / "node_modules" / ".package-lock.json", json.dumps({"packages": listed}))
        assert has_locked_packages(tmp_path) is are_there


def test_what_make_up_serves_is_what_is_built() -> None:
    assert BUILT == WEB / "dist"


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
