"""The command line of each service: what means nothing for a service is absent from it."""

import pytest

from audit.main import service as audit
from auth.main import service as auth
from common.cli import main
from common.service import Service


@pytest.mark.parametrize(("service", "command"), [(audit, "republish"), (audit, "seed"), (auth, "dead-letters")])
def test_what_means_nothing_is_absent(service: Service, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(service, [command, "list"] if command == "dead-letters" else [command])
    assert refused.value.code == 2
    assert f"invalid choice: '{command}'" in capsys.readouterr().err
