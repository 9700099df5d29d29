"""An answer means what a person would take it to mean, and every answer is explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import answers
from grader.checks.question_file import read_questions
from grader.checks.questions import Pair, Questions, SizeQuestion
from grader.checks.said import Unclear, chosen, quoted, size_of
from grader.errors import SettingsError
from grader.model.report import Finding, Status
from grader.model.rubric import Rubric, RubricCheck
from grader.model.source import SourceFacts
from tests.redteam.mutation import effort

FILE = """
[[question]]
form = "choice"
name = "colour"
text = "Which colour has the sky?"

[[question.choice]]
text = "It is green."
why = "That is the grass."

[[question.choice]]
text = "It is blue."
right = true
why = "blue light is scattered most."

[[question.choice]]
text = "It is grey."
share = 0.5
why = "On some days."

[[question]]
form = "size"
name = "half"
text = "Half of {image}, by {window}?"
image = [8, 6]
window = [2, 2]
why = "half of {image} is {size}."
help = "Divide {image} by {window}."

[[question.thought]]
name = "kept"
why = "{size} is what it was."

[[question.thought]]
name = "doubled"
share = 0.25
why = "That is twice as much."
"""
RUBRIC = Rubric(exercise="sky", kind="answers", checks=(RubricCheck("colour", 1),))


def written(folder: Path, text: str) -> Questions:
    """Read questions."""
    path = folder / "questions.toml"
    path.write_text(text)
    return read_questions(path)


@dataclass(frozen=True)
class Given:
    """Evidence of a file of answers."""

    given: Mapping[str, str] = field(default_factory=dict)
    doubled: tuple[str, ...] = ()
    source: SourceFacts = field(default_factory=SourceFacts)


def halved(image: Pair, window: Pair) -> Pair:
    """Return the right size."""
    return image[0] // window[0], image[1] // window[1]


THOUGHTS = {
    "kept": lambda image, _: image,
    "doubled": lambda image, _: (2 * image[0], 2 * image[1]),
}


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Questions:
    """Two questions, read from a file."""
    return written(tmp_path_factory.mktemp("questions"), FILE)


def colour(questions: Questions, **given: str) -> Finding:
    """Judge the question with choices."""
    return answers.choice(questions, "colour")(Given(given), RUBRIC)


def half(questions: Questions, answer: str) -> Finding:
    """Judge the question for a size."""
    check = answers.size(questions, "half", halved, THOUGHTS)
    return check(Given({"half": answer}), RUBRIC)


@pytest.mark.parametrize(
    "answer",
    [
        *("b", "B", " b ", "b.", "(b)", "b)", "[b]", '"b"', "answer b", "Answer: B", "option b!"),
        *("It is blue.", "it is  blue", "IT IS BLUE", "b) It is blue", "b: it is blue."),
    ],
)
def test_a_right_choice_is_right_however_it_is_written(questions: Questions, answer: str) -> None:
    """The letter, the text or both, in any case, with what people put around them."""
    finding = colour(questions, colour=answer)

    assert finding == Finding(Status.PASSED, "b is right: blue light is scattered most.", "", 0.0)


@pytest.mark.parametrize("name", ["Colour", "COLOUR ", "1", "q1", "Q 1", "question-1"])
def test_a_question_is_known_by_its_name_or_number(questions: Questions, name: str) -> None:
    """However it is spelt."""
    assert colour(questions, **{name: "b"}).status is Status.PASSED
    assert answers.interface(questions)(Given({name: "b"}), RUBRIC).status is Status.PASSED


def test_a_wrong_choice_gets_its_own_explanation(questions: Questions) -> None:
    """What was found and where, and why it is not right."""
    source = SourceFacts(text='\ncolour = "a"', defined={"colour": 2})
    check = answers.choice(questions, "colour")

    assert check(Given({"colour": "a"}, source=source), RUBRIC) == Finding(
        Status.FAILED,
        'The answer is a (line 2), "It is green.", which is not right.',
        "That is the grass.",
    )


def test_a_half_right_choice_earns_its_share(questions: Questions) -> None:
    """It fails all the same, and is told what is missing."""
    finding = colour(questions, colour="c")

    assert (finding.status, finding.share) == (Status.FAILED, 0.5)
    assert "which is right in part" in finding.message
    assert finding.help == "On some days."


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("d", '"d" is none of the choices'),
        ("a, b", "There are several answers, a and b; one is asked"),
        ("abc", "There are several answers, a, b and c; one is asked"),
        ("a or c", "There are several answers, a and c; one is asked"),
        ("a) It is blue.", "The letter is a, and the text is that of b"),
        ("blue", '"blue" is neither a letter nor the text of a choice'),
        ("{...}", '"{...}" is neither a letter nor the text of a choice'),
        ("2", '"2" is neither'),
    ],
)
def test_an_unclear_choice_is_asked_again(questions: Questions, answer: str, words: str) -> None:
    """What is unclear is said, and what is asked instead."""
    finding = colour(questions, colour=answer)

    assert (finding.status, finding.share) == (Status.FAILED, 0.0)
    assert finding.message == f"{words}." or words in finding.message
    assert finding.help == "Write one letter, from a to c, or the whole text of one choice."


@pytest.mark.parametrize("given", [{}, {"colour": ""}, {"colour": "  ", "other": "b"}])
def test_a_missing_answer_is_told(questions: Questions, given: dict[str, str]) -> None:
    """With the question, and the line to write."""
    finding = colour(questions, **given)

    assert finding.message == 'There is no answer to "Which colour has the sky?"'
    assert finding.help == 'Write `colour = "..."`, with a letter from a to c between the quotes.'


def test_two_answers_are_none(questions: Questions) -> None:
    """By two spellings, or by one name that stands twice."""
    by_number = colour(questions, colour="a", **{"1": "b"})
    check = answers.choice(questions, "colour")
    doubled = check(Given({"colour": "b"}, doubled=("colour",)), RUBRIC)

    assert by_number.message == 'There is more than one answer: "a" and "b".'
    assert doubled.message == 'There is more than one answer under the name "colour".'
    assert {by_number.status, doubled.status} == {Status.FAILED}


@pytest.mark.parametrize(
    ("text", "size"),
    [
        *((text, (4, 3)) for text in ("4 x 3", "4x3", "4X3", "4 * 3", "4 by 3", "4, 3", "4 3")),
        *((text, (4, 3)) for text in ("(4, 3)", "[4, 3]", "4 \u00d7 3", "4;3", "4.0 x 3.0")),
        *((text, (4, 3)) for text in ("4 pixels x 3 pixels", "4px*3px", "`4 x 3`.", "'4 x 3'")),
        *((text, (4, 3)) for text in ("4 x 3 x 1", "(None, 4, 3, 64)", "1, 4, 3, 1", "(1, 4, 3)")),
        *((text, (4, 4)) for text in ("4", "4.0", "4 pixels", " 4 ")),
        *((text, None) for text in ("", "four", "4 or 3", "4.5", "-4", "4 x", "4 x 3 x 2 x 1 x 1")),
        *((text, None) for text in ("1" * 7, "4 x 3!x", "4^2", "inf", "nan", "a 4 x 3")),
    ],
)
def test_sizes_are_read_as_people_write_them(text: str, size: Pair | None) -> None:
    """Rows, then columns; batch and channels are left out; what is not a size is told."""
    found = size_of(text)

    assert found == size if size else isinstance(found, Unclear)


def test_every_size_is_explained(questions: Questions) -> None:
    """The right one, those that are known, and all others."""
    right, known, share, other = (half(questions, each) for each in ("4x3", "8x6", "16", "5"))

    assert right == Finding(Status.PASSED, "4 x 3 is right: half of 8 x 6 is 4 x 3.")
    assert (known.status, known.help) == (Status.FAILED, "8 x 6 is what it was.")
    assert known.message == 'The answer is "8x6", which is not right.'
    assert (share.share, share.help) == (0.0, "Divide 8 x 6 by 2 x 2.")
    assert other.help == "Divide 8 x 6 by 2 x 2."
    assert half(questions, "16 x 12").share == 0.25
    assert half(questions, "half").message == '"half" is not a size.'


def test_the_file_itself_is_judged(questions: Questions) -> None:
    """What stands in it that is no answer, what stands twice, and whether it answers anything."""
    check = answers.interface(questions)
    cases = {
        "The file answers all 2 questions.": Given({"colour": "a", "half": "?"}),
        "The file answers 1 of 2 questions.": Given({"colour": "a", "half": ""}),
        "The file answers no question.": Given({"half": " "}),
        '"color" is no question of this exercise.': Given({"color": "a", "half": "1"}),
        '"score" and "x" are no questions of this exercise.': Given({"score": "100", "x": "1"}),
        '"half" stands twice in the file.': Given({"half": "1"}, doubled=("half",)),
        "The file is empty.": Given(source=SourceFacts(problem="The file is empty")),
    }
    found = {words: check(evidence, RUBRIC) for words, evidence in cases.items()}

    assert {words: finding.message for words, finding in found.items()} == {w: w for w in cases}
    assert [finding.status for finding in found.values()] == [Status.PASSED] * 2 + [
        Status.FAILED
    ] * 5
    assert [finding.share for finding in found.values()] == [0, 0, 0, 0.5, 0, 0.5, 0]
    assert "Did you mean `colour`?" in [finding.help for finding in found.values()]
    assert check.__name__ == "interface"


def test_many_unknown_names_are_counted(questions: Questions) -> None:
    """A report names a few of them, and how many more there are."""
    given = {f"k{number}" * 60: "1" for number in range(200)}
    finding = answers.interface(questions)(Given(given), RUBRIC)

    assert "and 197 more, are no questions" in finding.message
    assert len(finding.message) < 400


@effort
@given(text=st.text(max_size=310))
def test_no_text_breaks_a_check(questions: Questions, text: str) -> None:
    """Any answer is right, wrong or unclear, and quoted within bounds."""
    colour_finding, half_finding = colour(questions, colour=text), half(questions, text)

    assert len(colour_finding.message) < 300
    assert len(half_finding.message) < 300
    assert "\n" not in quoted(text)


@effort
@given(letters=st.sets(st.sampled_from("abcxyz"), min_size=2), between=st.sampled_from(" ,/+&;|"))
def test_several_letters_are_never_one(
    questions: Questions, letters: set[str], between: str
) -> None:
    """However they are put side by side."""
    question = questions.named("colour")

    assert not isinstance(question, SizeQuestion)
    assert isinstance(chosen(between.join(sorted(letters)), question), Unclear)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('form = "choice"', 'form = "essay"', "question[0].form is 'essay', but should be one of"),
        ('form = "choice"\n', "", "question[0].form is missing"),
        ('name = "colour"', 'name = "Colour!"', "question[0].name is 'Colour!', but should be"),
        ('name = "colour"', 'name = "q2"', "question[0].name is 'q2', but should be"),
        ('name = "colour"', 'name = "answers"', "question[0].name is 'answers', which has a"),
        ('name = "colour"', 'name = "half"', "question[0].name is 'half' again"),
        ('"Which colour has the sky?"', '" "', "question[0].text is empty"),
        ('"Which colour has the sky?"', "3", "question[0].text is a whole number, but should be"),
        ("right = true", "", "question[0].choice: 0 of them have right = true, but one should"),
        ("share = 0.5", "right = true", "question[0].choice: 2 of them have right = true"),
        ("right = true", "right = 1", "question[0].choice[1].right is a whole number"),
        ("right = true", "rigth = true", "question[0].choice[1] can have text, why, right, share"),
        ("right = true", "right = true\nshare = 0.5", "question[0].choice[1].share is for wrong"),
        ("share = 0.5", "share = 1", "question[0].choice[2].share is 1, but should be at least 0"),
        ("share = 0.5", "share = nan", "question[0].choice[2].share is nan, but should be"),
        ("share = 0.5", "share = -1", "question[0].choice[2].share is -1"),
        ('"It is grey."', '"it is blue"', "is 'It is blue.' again; each may stand once"),
        ('why = "That is the grass."', "", "question[0].choice[0].why is missing"),
        ("image = [8, 6]", "image = [8]", "question[1].image"),
        ("image = [8, 6]", "image = [0, 6]", "question[1].image is [0, 6], but should have sides"),
        ("image = [8, 6]", "image = [8, 6001]", "sides from 1 to 1000"),
        ("{window}?", "{windows}?", "question[1].text has {windows}, but can have {image}"),
        ("{window}?", "{size}?", "question[1].text has {size}, but can have {image}, {window}"),
        ('name = "kept"', 'name = "doubled"', "question[1].thought[0].name is 'doubled' again"),
        ("share = 0.25", "share = 2", "question[1].thought[1].share is 2"),
        ("{size} is what", "{it} is what", "question[1].thought[0].why has {it}"),
        ("\n[[question]]", "colours = 3\n[[question]]", "the file can have question"),
    ],
)
def test_a_mistake_in_a_file_of_questions_is_named(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    """With file, key and what is allowed."""
    assert old in FILE

    with pytest.raises(SettingsError) as caught:
        written(tmp_path, FILE.replace(old, new, 1))

    assert str(caught.value).startswith(f"{tmp_path / 'questions.toml'} cannot be used: ")
    assert words in str(caught.value)


def test_choices_are_few_and_questions_are_some(tmp_path: Path) -> None:
    """One choice is none, ten are too many, and no question is no exercise."""
    one = FILE.partition("[[question.choice]]")[0]
    choices = "".join(
        f'[[question.choice]]\ntext = "{n}"\nwhy = "."\nright = {str(n == 1).lower()}\n'
        for n in range(10)
    )
    for text, words in (
        (one + "choice = []", "question[0].choice has 0 entries, but should have 2 to 8"),
        (one + choices, "question[0].choice has 10 entries, but should have 2 to 8"),
        ("question = []", "question has 0 entries, but should have 1 to 100"),
    ):
        with pytest.raises(SettingsError) as caught:
            written(tmp_path, text)

        assert words in str(caught.value)


def test_a_check_is_made_for_what_it_can_judge(questions: Questions) -> None:
    """An exercise that mixes up its questions is told when it is loaded, not by a submission."""
    with pytest.raises(TypeError, match="half is of the form size"):
        answers.choice(questions, "half")
    with pytest.raises(TypeError, match="colour is of the form choice"):
        answers.size(questions, "colour", halved, THOUGHTS)
    with pytest.raises(ValueError, match="explains the thought kept; those that are computed are"):
        answers.size(questions, "half", halved, {"doubled": halved})
