"""`python -m scheduler serve | beat | worker`: `serve` is both in one process, for one machine."""

import argparse
import sys

from common.settings import load
from scheduler import processes
from scheduler.settings import SchedulerSettings

COMMANDS = {
    "serve": (processes.serve, "keep the time and do the work, in one process"),
    "beat": (processes.beat, "keep the time: put what is due into the queue"),
    "worker": (processes.worker, "do the work: take what is due out of the queue"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scheduler", description="The clock of the ticketing system.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, help_text) in COMMANDS.items():
        commands.add_parser(name, help=help_text)
    run, _ = COMMANDS[parser.parse_args().command]
    return run(load(SchedulerSettings))


sys.exit(main())
