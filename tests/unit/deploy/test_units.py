"""The systemd units name what is there, and systemd itself finds nothing wrong with them."""

import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

UNITS = sorted(Path("deploy/systemd").glob("*.service"))
HARDENING = (
    *("NoNewPrivileges", "ProtectHome", "ProtectClock", "ProtectControlGroups", "ProtectKernelModules"),
    *("PrivateTmp", "PrivateDevices", "RestrictNamespaces", "RestrictSUIDSGID", "LockPersonality"),
)


@pytest.fixture(params=UNITS, ids=lambda path: path.name)
def unit(request: pytest.FixtureRequest) -> Path:
    return request.param


def _service(unit: Path) -> dict[str, str]:
    parser = ConfigParser(interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string(unit.read_text())
    return dict(parser["Service"])


def test_there_are_a_web_server_and_a_worker():
    assert [path.name for path in UNITS] == ["dordt-web.service", "dordt-worker@.service"]


def test_a_unit_starts_what_is_there_and_starts_it_again(unit):
    service = _service(unit)

    program, *arguments = service["ExecStart"].split()
    assert program.startswith("/srv/dordt/.venv/bin/")
    assert all(Path(argument).exists() for argument in arguments if "/" in argument)
    assert (service["User"], service["WorkingDirectory"]) == ("dordt", "/srv/dordt")
    assert (service["Restart"], service["UMask"]) == ("always", "0077")


def test_a_unit_may_write_in_the_data_dir_only(unit):
    service = _service(unit)

    assert (service["ProtectSystem"], service["StateDirectory"]) == ("strict", "dordt")
    assert service["CapabilityBoundingSet"] == ""
    assert {name: service.get(name) for name in HARDENING} == dict.fromkeys(HARDENING, "yes")


def test_systemd_finds_nothing_wrong(unit, tmp_path):
    programs = tmp_path / "dordt" / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("flask", "gunicorn"):
        (programs / name).symlink_to(shutil.which("true") or "/bin/true")
    copy = tmp_path / unit.name.replace("@", "@1")
    copy.write_text(unit.read_text().replace("/srv/dordt", str(tmp_path / "dordt")))

    found = _verified(copy)

    assert found == ""


def _verified(unit: Path) -> str:
    """What `systemd-analyze` says of our unit; nothing on a machine without systemd."""
    program = shutil.which("systemd-analyze")
    if program is None:
        return ""
    run = subprocess.run([program, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    return "\n".join(line for line in run.stderr.splitlines() if unit.name in line)
