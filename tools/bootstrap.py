"""Make `.venv` from `requirements.lock`. Standard library only; once it is made, finding that out takes milliseconds.

Imports no more than it needs for that: it runs before every command of the Makefile.
"""

import fcntl
import hashlib
import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOCK = os.path.join(ROOT, "requirements.lock")
STAMP = os.path.join(ROOT, ".venv", "installed-lock")


def main() -> None:
    with open(LOCK, "rb") as lock:
        wanted = stamp(lock.read())
        if is_installed(wanted):
            return
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once: the second waits, and finds it done
        if not is_installed(wanted):
            import installation

            installation.install(ROOT, workspace(), STAMP, wanted)


def stamp(lock: bytes) -> str:
    """Names what is to be installed: the lock, the packages of the workspace, and the place, for scripts carry it."""
    return hashlib.sha256(lock + "\n".join([ROOT, *workspace()]).encode()).hexdigest()


def workspace() -> list:  # type: ignore[type-arg]
    """The source folders of the workspace's own packages."""
    rooms = [os.path.join(ROOT, "devstack"), os.path.join(ROOT, "deploy")]
    for name in ("libs", "services"):
        folder = os.path.join(ROOT, name)
        rooms += [os.path.join(folder, entry) for entry in sorted(os.listdir(folder))]
    return [source for source in (os.path.join(room, "src") for room in rooms) if os.path.isdir(source)]


def is_installed(wanted: str) -> bool:
    try:
        with open(STAMP) as file:
            return file.read() == wanted and os.path.exists(os.path.join(ROOT, ".venv", "bin", "python"))
    except OSError:
        return False


if __name__ == "__main__":
    main()
