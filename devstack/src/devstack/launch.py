"""What a child runs before it becomes its program: it dies with its parent, and sheds root where it must.

    python -SE launch.py <signal> <parent's pid> <identity> <program> [argument ...]

A program of its own, since code between fork and exec can wait for ever for a lock that another thread held.
`identity` is `self`, `namespace` (user 1000 of a user namespace, who outside it is still us) or `nobody` (that user,
who may still enter folders that are closed to others).
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITIES_VERSION_3 = 0x20080522
CLONE_NEWUSER = 0x10000000
NOBODY = 65534


def main(death_signal: str, parent: str, identity: str, *command: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if identity == "namespace":
        enter_user_namespace(libc)
    elif identity == "nobody":
        become_nobody(libc)
    # Set last: a change of credentials clears it.
    libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("the supervisor has ended")
    os.execv(command[0], command)


def enter_user_namespace(libc: ctypes.CDLL) -> None:
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        sys.exit(f"no user namespace: {os.strerror(ctypes.get_errno())}")
    for name, text in (("setgroups", "deny"), ("uid_map", f"1000 {user} 1"), ("gid_map", f"1000 {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def become_nobody(libc: ctypes.CDLL) -> None:
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION_3, 0)
    one = 1 << CAP_DAC_OVERRIDE
    sets = (ctypes.c_uint32 * 6)(one, one, one, 0, 0, 0)  # effective, permitted, inheritable; then the upper halves
    if libc.capset(header, sets) != 0 or libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0) != 0:
        sys.exit(f"cannot become nobody: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main(*sys.argv[1:])
