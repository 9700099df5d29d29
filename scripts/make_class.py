"""Makes a class of twelve to try things on: an export of Canvas, from the samples.

Usage: python -m scripts.make_class FOLDER
"""

from __future__ import annotations

import csv
import sys
import zipfile
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent / "submissions/mnist-conv"
ASSIGNMENT = "A convolution for MNIST (4321)"
# Family name, first name, and the sample that was handed in; the last one has handed in nothing.
CLASS = (
    ("Lovelace", "Ada", "correct/correct_lesson/solution.py"),
    ("Easley", "Annie", "correct/notebook_lesson/solution.ipynb"),
    ("Liskov", "Barbara", "wrong/average_pooling/solution.py"),
    ("Granville", "Evelyn", "wrong/too_few_epochs/solution.py"),
    ("Allen", "Frances", "correct/main_guard/solution.py"),
    ("Hopper", "Grace", "wrong/flag_on_the_callback/solution.py"),
    ("Lamarr", "Hedy", "correct/functional_api/solution.py"),
    ("Johnson", "Katherine", "correct/lambda_callback/solution.py"),
    ("Hamilton", "Margaret", "broken/unclosed_bracket/solution.py"),
    ("Jackson", "Mary", "wrong/second_conv/solution.py"),
    ("Perlman", "Radia", "correct/rmsprop_batch_64/solution.py"),
    ("Wilson", "Sophie", "undecidable/custom_layer/solution.py"),
    ("Clarke", "Joan", ""),
)
_LATE = "Hopper"
_FIRST_USER, _FIRST_ATTACHMENT = 1001, 880_001


def write(folder: Path) -> None:
    """Write `submissions.zip` and `gradebook.csv`, as an instructor gets them from Canvas."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "submissions.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (last, first, sample) in enumerate(CLASS):
            if sample:
                archive.write(SAMPLES / sample, _name(number, last, first, sample))
    with (folder / "gradebook.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", ASSIGNMENT])
        table.writerow(["    Points Possible", "", "", "", "", "100.00"])
        for number, (last, first, _) in enumerate(CLASS):
            user = _FIRST_USER + number
            table.writerow([f"{last}, {first}", user, f"s{user}", first.lower(), "A", ""])


def _name(number: int, last: str, first: str, sample: str) -> str:
    """Name a file as Canvas does: whose it is, the user, the attachment, the file."""
    late = ["LATE"] if last == _LATE else []
    parts = [f"{last}{first}".lower(), *late, _FIRST_USER + number, _FIRST_ATTACHMENT + number]
    return "_".join([*map(str, parts), Path(sample).name])


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "class"))
