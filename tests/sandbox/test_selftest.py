"""A worker takes no work with a sandbox that leaks; it says which layer, and how to get it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import grader
import reference
from grader.errors import SandboxError
from grader.sandbox import control_group, jail, probes, seccomp
from grader.sandbox.selftest import examine_box, require_box
from tests.conftest import require

LAYERS = {
    *("control groups", "network", "read-only system", "secrets", "namespaces", "seccomp"),
    *("file size", "processes", "survivors", "memory", "cpu time", "wall time"),
}


@pytest.fixture(scope="module", autouse=True)
def _bubblewrap() -> None:
    require("bwrap", "prlimit")


def leaks(hidden: tuple[Path, ...] = (), without: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the layers that do not hold, and what to do about each."""
    return {
        finding.layer: finding.remedy
        for finding in examine_box(hidden, without)
        if not finding.holds
    }


def test_every_layer_holds(tmp_path: Path) -> None:
    """What is asked of a box is answered well here."""
    findings = list(examine_box([tmp_path]))

    assert [finding for finding in findings if not finding.holds] == []
    assert {finding.layer for finding in findings} == LAYERS


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--unshare-all"], {"network", "secrets", "seccomp"}),
        (["--remount-ro", "/proc"], {"read-only system"}),
        (["--remount-ro", "/"], {"read-only system"}),
        (["--clearenv"], {"secrets"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_jail_without_one_of_its_walls_is_found_out(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: set[str]
) -> None:
    """Each part of the command that is left out shows, so that the examination can fail at all."""
    whole = jail.jailed

    def weakened(*given: object) -> list[str]:
        argv = whole(*given)  # type: ignore[arg-type]
        at = next(n for n in range(len(argv)) if argv[n : n + len(arguments)] == arguments)
        return argv[:at] + argv[at + len(arguments) :]

    monkeypatch.setattr("grader.sandbox.box.jailed", weakened)
    monkeypatch.setattr("grader.sandbox.box._ENVIRONMENT", {"GRADER_X": "", "PATH": "/usr/bin"})

    assert leaks().keys() & expected


def test_programs_that_get_through_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe that ends by itself, or says that it got through, is a layer that does not hold."""
    monkeypatch.setattr(probes, "INSIDE", "print('network', 'LEAK: all', sep='\\t')")
    monkeypatch.setattr(probes, "PROCESSES", "print('LEAK: started 200')")
    for name in ("MEMORY", "COMPUTING", "SLEEPING"):
        monkeypatch.setattr(probes, name, "print('done')")

    assert set(leaks()) == LAYERS - {"control groups", "survivors"}


def test_without_libseccomp_no_box_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal names the package; with the layer left out on purpose, the others hold."""
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    seccomp._program.cache_clear()

    with pytest.raises(SandboxError, match=r"no submission is run: .*apt-get install libseccomp2"):
        require_box([])

    require_box([], frozenset({"seccomp"}))


def test_a_setting_that_a_box_can_see_is_found_out() -> None:
    """Whatever of ours lies where boxes can look, such as below /usr, is named."""
    [remedy] = leaks((Path("/usr/bin"),)).values()

    assert remedy.startswith("move what is seen")


def test_without_control_groups_the_layers_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no group can be made, resource limits and the watchdog are enough."""
    monkeypatch.setattr(control_group, "_ROOT", tmp_path / "none")

    assert leaks(without=frozenset({"processes"})) == {}


def test_a_machine_without_bubblewrap_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No box, no work, and the reason is one line."""
    (tmp_path / "setpriv").symlink_to("/usr/bin/setpriv")
    monkeypatch.setattr("grader.sandbox.box._ENVIRONMENT", {"PATH": str(tmp_path)})

    with pytest.raises(SandboxError, match="apt-get install bubblewrap"):
        require_box([])


def test_an_installed_grader_is_masked_in_its_boxes(tmp_path: Path) -> None:
    """Installed beside its libraries, which a box sees, it is as hidden as in a source tree."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    packages = next(home.glob("lib/python3*/site-packages"))
    for package in (grader, reference):
        source = Path(str(package.__file__)).parent
        shutil.copytree(source, packages / source.name)
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "libraries.pth").write_text("\n".join(libraries))
    program = (
        "import grader, pathlib; from grader.sandbox.selftest import require_box;"
        "here = pathlib.Path(grader.__file__).parent; print(here);"
        "require_box([here / 'exercises', here.parent / 'reference' / '__init__.py'])"
    )
    done = subprocess.run(
        [home / "bin" / "python", "-c", program],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin:/sbin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).is_relative_to(packages)
