"""A rubric is an instructor's file: what is wrong in it is said, never guessed around."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import grader.exercises
from grader.errors import SettingsError
from grader.exercises import Catalogue, load_exercise, read_rubric

OWN = Path(grader.exercises.__file__).parent / "mnist_conv" / "exercise.toml"


def test_the_default_points_are_the_asked_ones() -> None:
    """Ids, order, points and gates are those of the exercise."""
    rubric = load_exercise("mnist-conv").rubric

    assert {check.id: check.points for check in rubric.checks} == {
        "interface": 5,
        "data": 5,
        "one_conv": 15,
        "one_pool": 15,
        "reaches_target": 20,
        "within_epochs": 10,
        "stops_on_target": 10,
        "conv_output": 5,
        "pool_output": 5,
        "returns_history": 10,
    }
    assert rubric.max_score == 100
    assert [check.id for check in rubric.checks if check.gate] == ["data", "one_conv", "one_pool"]
    assert all(check.required for check in rubric.checks)


def test_every_check_says_what_holds() -> None:
    """A check's docstring is one sentence for the reader of the documentation."""
    for check in load_exercise("mnist-conv").checks.values():
        assert check.__doc__
        assert check.__doc__.strip().endswith(".")


QUIZ = "quiz"
MISTAKES = [
    # Wrong types, unknown keys and missing ones.
    ("points = 20", 'points = "many"', "check[4].points is a text, but should be a number"),
    ("points = 20", "points = true", "check[4].points is true or false, but should be a number"),
    ("points = 20", "", "check[4].points is missing"),
    ('id = "data"', "id = 3", "check[1].id is a whole number, but should be a text"),
    ("gate = true\n", "gate = 1\n", "check[1].gate is a whole number, but should be true or false"),
    ("gate = true\n", "gates = true\n", "there is no key check[1].gates; check[1] can have id,"),
    (
        "max_epochs = 20",
        "max_epochs = 20.5",
        "target.max_epochs is a number, but should be a whole",
    ),
    ("max_epochs = 20", "most = 20", "there is no key target.most; target can have accuracy, max_"),
    (
        'data = "mnist"',
        "colour = 1",
        "there is no key colour; the file can have exercise, kind, che",
    ),
    (
        'data = "mnist"',
        'data = "cifar"',
        "data is 'cifar', but should be one of mnist, none, pictur",
    ),
    ("[target]", "[target", "rubric.toml cannot be used"),
    # Points.
    ("points = 20", "points = -1", "check[4].points is -1, but should be from 0 to 1000000"),
    ("points = 20", "points = inf", "check[4].points is inf, but should be from 0 to 1000000"),
    ("points = 20", "points = nan", "check[4].points is nan, but should be from 0 to 1000000"),
    (
        'kind = "tr',
        'passing_score = 101\nkind = "tr',
        "passing_score is 101, but should be from 0 t",
    ),
    (
        'kind = "tr',
        'passing_score = -1\nkind = "tr',
        "passing_score is -1, but should be from 0 to",
    ),
    (
        'kind = "tr',
        'passing_score = nan\nkind = "tr',
        "passing_score is nan, but should be from 0 t",
    ),
    # Checks.
    (
        'id = "data"',
        'id = "interface"',
        "check[0].id is 'interface' again; each check may stand onc",
    ),
    (
        'id = "data"',
        'id = "elegance"',
        "there is no check 'elegance' in 'mnist-conv'; check[1].id c",
    ),
    (
        "points = 20",
        "points = 20\ngate = true",
        "check[4].gate cannot be true: 'reaches_target' can",
    ),
    # The target.
    (
        "accuracy = 0.998",
        "accuracy = 99.8",
        "target.accuracy is 99.8, but should be over 0 and at m",
    ),
    (
        "accuracy = 0.998",
        "accuracy = nan",
        "target.accuracy is nan, but should be over 0 and at mos",
    ),
    ("max_epochs = 20", "max_epochs = 0", "target.max_epochs is 0, but should be from 1 to 100"),
    (
        "min_images = 50000",
        "min_images = 70000",
        "target.min_images is 70000, but should be from 1",
    ),
    ("min_kernel = 2", "min_kernel = 29", "target.min_kernel is 29, but should be from 1 to 28"),
    ("min_pool = 2", "min_pool = 0", "target.min_pool is 0, but should be from 1 to 28"),
    ("min_pool = 2", "max_parameters = -1", "target.max_parameters is -1, but should be from 0 to"),
    # What only another kind has.
    (
        'data = "mnist"',
        'data = "none"',
        "data is 'none', but should be mnist for the kind 'training",
    ),
    (
        'kind = "tr',
        'calls = {cpu_s = 5}\nkind = "tr',
        "calls is for the kind calls, and this is of",
    ),
    # Names and texts.
    ('"A convolution for MNIST"', '""', "title has 0 lines, but should have one"),
    (
        '"train_mnist_conv"',
        '"train-mnist"',
        "function is 'train-mnist', but should be a name of Py",
    ),
    ('"train_mnist_conv"', '"class"', "function is 'class', but should be a name of Python"),
    (
        '"Conv2D", "MaxPooling2D"',
        '"Dense"',
        "inspects is Dense, but should be Conv2D and MaxPoolin",
    ),
    (
        'exercise = "mnist-conv"',
        'exercise = "quiz"',
        "is a rubric for 'quiz', not for 'mnist-conv'",
    ),
]


@pytest.mark.parametrize(("old", "new", "words"), MISTAKES)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    """Each mistake in a copy of the rubric is told with file, key and what is allowed."""
    text = OWN.read_text()

    assert old in text

    copy = tmp_path / "rubric.toml"
    copy.write_text(text.replace(old, new, 1))
    with pytest.raises(SettingsError) as caught:
        load_exercise("mnist-conv", copy)

    assert str(copy) in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("check = []", "check has 0 entries, but should have 1 to 100"),
        ('[[check]]\nid = "data"\npoints = 0', "check: the points add up to 0, but at least one"),
        ('kind = "calls"', "kind is the exercise's own, 'training'"),
        ('driver = "driver.py"', "driver is the exercise's own, ''"),
        ('[[define]]\nname = "f"\narguments = "x"\n' * 2, "define[0].name is 'f' again; each may"),
        (
            '[[define]]\nname = "f"\narguments = "1x"',
            "define[0].arguments is '1x', but should be wha",
        ),
        ('[[define]]\nname = "f g"', "define[0].name is 'f g', but should be a name of Python"),
        (
            '[[define]]\nname = "f"\nform = "method"',
            "define[0].form is 'method', but should be one",
        ),
    ],
)
def test_a_mistake_in_a_part_is_named(tmp_path: Path, changes: str, words: str) -> None:
    """A copy that says little is validated like one that says all."""
    copy = tmp_path / "mine.toml"
    copy.write_text(f'exercise = "mnist-conv"\n{changes}\n')
    with pytest.raises(SettingsError) as caught:
        load_exercise("mnist-conv", copy)

    assert f"{copy} cannot be used: {words}" in str(caught.value)


def test_a_copy_says_only_what_is_different(tmp_path: Path) -> None:
    """Of a table a part, of a list the whole; the rest stays as it was."""
    copy = tmp_path / "easier.toml"
    copy.write_text(
        'exercise = "mnist-conv"\npassing_score = 5\n[target]\naccuracy = 0.9\n'
        '[[check]]\nid = "data"\npoints = 7\nrequired = false\n'
    )
    own, changed = load_exercise("mnist-conv").rubric, load_exercise("mnist-conv", copy).rubric

    assert changed.target == msgspec.structs.replace(own.target, accuracy=0.9)
    assert [(check.id, check.points) for check in changed.checks] == [("data", 7)]
    assert (changed.title, changed.asks, changed.function) == (own.title, own.asks, own.function)


def written(path: Path, **keys: str) -> Path:
    """Write an exercise of the kind `calls`, with other values, as TOML has them, for some keys."""
    document = {
        "exercise": '"blur"',
        "kind": '"calls"',
        "title": '"A blur"',
        "asks": '"Blur it."',
        "define": '[{name = "blur", arguments = "image"}]',
        "check": '[{id = "interface", points = 1}]',
        **keys,
    }
    path.write_text("".join(f"{key} = {value}\n" for key, value in document.items() if value))
    return path


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"kind": '"oral"'}, "kind is 'oral', but should be one of"),
        ({"kind": ""}, "kind is missing"),
        ({"check": ""}, "check is missing"),
        ({"exercise": ""}, "exercise is missing"),
        ({"title": ""}, "title has 0 lines, but should have one"),
        ({"title": '"a\\nb"'}, "title has 2 lines, but should have one"),
        ({"asks": ""}, "asks is missing"),
        ({"asks": '["a"]'}, "asks is a list, but should be a text"),
        ({"target": "{max_epochs = 1, min_images = 1}"}, "target.accuracy is missing"),
        (
            {"target": "{accuracy = 1, max_epochs = 1, min_images = 1}"},
            "target is for the kind training, and this is of the kind 'calls'",
        ),
        ({"inspects": '["Conv2D"]'}, "inspects is for the kind training"),
        ({"driver": '"driver.py"'}, "driver is for the kind training"),
        ({"function": '"blur"'}, "function is for the kind training"),
        ({"define": "[]"}, "define is missing: the functions that are called"),
        ({"define": "{}"}, "define is a table, but should be a list"),
        ({"data": '"mnist"'}, "data is 'mnist', but should be none or pictures for the kind"),
        ({"calls": "{cpu_s = 0}"}, "calls.cpu_s is 0, but should be from 1 to 600"),
        ({"calls": "{cpu_s = 601}"}, "calls.cpu_s is 601, but should be from 1 to 600"),
        ({"kind": '"answers"'}, "define is for the kind training or calls"),
        (
            {"kind": '"answers"', "define": "[]", "data": '"pictures"'},
            "data is 'pictures', but should be none for the kind 'answers'",
        ),
        ({"kind": '"training"', "data": '"mnist"'}, "driver is missing: the file of Python that"),
        (
            {"kind": '"training"', "data": '"mnist"', "driver": '"../driver.py"'},
            "driver is '../driver.py', but should be the name of a file beside this one",
        ),
        (
            {"kind": '"training"', "data": '"mnist"', "driver": '"driver.py"'},
            "target is missing: a training needs target.accuracy, max_epochs and min_images",
        ),
    ],
)
def test_a_key_of_another_kind_is_named(tmp_path: Path, keys: dict[str, str], words: str) -> None:
    """What an exercise has no use for is a mistake, and so is what it cannot do without."""
    path = written(tmp_path / "exercise.toml", **keys)

    assert read_rubric(written(tmp_path / "sound.toml")).exercise == "blur"
    with pytest.raises(SettingsError) as caught:
        read_rubric(path)

    assert f"{path} cannot be used: {words}" in str(caught.value)


def rubrics(folder: Path, **exercises: str) -> Path:
    """Write a folder of rubrics that change nothing."""
    for name, exercise in exercises.items():
        (folder / f"{name}.toml").write_text(f'exercise = "{exercise}"\n')
    return folder


def test_a_folder_has_a_rubric_for_each_exercise(tmp_path: Path) -> None:
    """Those without one keep their own, and other files are none."""
    rubrics(tmp_path, one="mnist-conv", two=QUIZ)
    (tmp_path / "notes.txt").write_text("not TOML")
    catalogue = Catalogue(tmp_path)
    catalogue.read_all()

    assert catalogue["mnist-conv"].rubric == load_exercise("mnist-conv").rubric


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """Two rubrics for one exercise, none at all, or one for an exercise that is not there."""
    twice, none, unknown, unnamed = (tmp_path / name for name in ("twice", "none", "what", "no"))
    for folder in (twice, none, unknown, unnamed):
        folder.mkdir()
    rubrics(twice, a=QUIZ, b=QUIZ)
    rubrics(unknown, a="sobel")
    (unnamed / "a.toml").write_text('title = "x"\n')

    with pytest.raises(SettingsError, match=rf"{twice}/a.toml and {twice}/b.toml are both rubrics"):
        Catalogue(twice)
    with pytest.raises(SettingsError, match=rf"the folder {none} has no rubric: no file that ends"):
        Catalogue(none)
    with pytest.raises(
        SettingsError, match=rf"{unknown}/a.toml cannot be used: exercise is 'sobel"
    ):
        Catalogue(unknown)
    with pytest.raises(
        SettingsError, match=rf"{unnamed}/a.toml cannot be used: exercise is 'None'"
    ):
        Catalogue(unnamed)
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be used: No such file"):
        Catalogue(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("name", ["nothing", "../mnist_conv", "", "mnist conv"])
def test_an_exercise_that_does_not_exist_is_named(name: str) -> None:
    """A name is looked up among the folders and nowhere else."""
    with pytest.raises(SettingsError):
        load_exercise(name)


@pytest.mark.parametrize(
    "text", [b"exercise = '\xe9'", b"a = " + b"[" * 100_000, b"a = " + b"9" * 5000]
)
def test_what_is_no_toml_is_said(tmp_path: Path, text: bytes) -> None:
    """Latin-1, lists in lists and digits without end are mistakes in a file, not bugs."""
    path = tmp_path / "rubric.toml"
    path.write_bytes(text)

    with pytest.raises(SettingsError, match=r"rubric\.toml cannot be used"):
        load_exercise("mnist-conv", path)
