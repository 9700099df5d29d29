"""Processes that look for the same data set at once do not get in each other's way."""

import subprocess
import sys
from pathlib import Path

FINDER = """
import sys, time
from pathlib import Path
import numpy as np
from grader.dataset import find, synthetic
from grader.dataset.folder import SHAPES, Arrays

def generate(progress):
    time.sleep(0.5)
    Path(sys.argv[2]).open("a").write("drawn ")
    return Arrays(*(np.zeros(shape, np.uint8) for shape in SHAPES.values()))

synthetic.generate = generate
print("ready", flush=True)
sys.stdin.readline()
print(find(choice="synthetic", mnist_path=None, cache=Path(sys.argv[1]), url="").path)
"""


def test_processes_that_find_at_once_share_one_set(tmp_path: Path) -> None:
    """Two processes that start together get the same folder, made by one of them."""
    log, cache = tmp_path / "log", tmp_path / "cache"
    command = [sys.executable, "-c", FINDER, str(cache), str(log)]
    finders = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for finder in finders:
        assert finder.stdout is not None
        assert finder.stdout.readline() == "ready\n"
    for finder in finders:
        assert finder.stdin is not None
        finder.stdin.write("go\n")
        finder.stdin.flush()
    answers = [finder.communicate(timeout=30)[0] for finder in finders]

    assert answers[0] == answers[1]
    assert Path(answers[0].strip()).is_dir()
    assert log.read_text() == "drawn "
