"""What can go wrong on our side; what goes wrong on a student's side is a result, not an error.

    GraderError
    ├── SettingsError              an environment variable or a rubric has a bad value
    ├── RosterError                the list of a class's students cannot be read
    ├── DatasetUnavailableError    no verified data set can be had
    ├── PlatformFileError          a learning platform's file is not what it should be
    ├── ServiceError               Redis, the database or a worker cannot be reached
    ├── LeaseLostError             another worker owns the attempt now
    └── InfrastructureError        this attempt failed through no fault of the submission
        ├── ExerciseUnknownError   this worker does not have the exercise
        ├── ReaderError            the process that reads files was ended from outside
        ├── RunDivergedError       a stored training is not what is trained here
        ├── SandboxError           a box could not be started or watched
        └── TrainerError           the trainer died, or broke its protocol
            └── TrainerLimitError  it met one of its limits with what it had to train

An attempt that ends in an `InfrastructureError` is tried again and never becomes a score.
"""

from __future__ import annotations


class GraderError(Exception):
    """Base of every error that is ours to mend; its text is one line for the person in charge."""


class SettingsError(GraderError):
    """Raised when a setting or a rubric has a value that cannot be used."""


class RosterError(GraderError):
    """Raised when the list of a class's students cannot be read."""


class DatasetUnavailableError(GraderError):
    """Raised when no verified data set can be had."""


class PlatformFileError(GraderError):
    """Raised when a file that a learning platform has exported is not what it should be."""


class ServiceError(GraderError):
    """Raised when Redis, the database or a worker cannot be reached."""


class LeaseLostError(GraderError):
    """Raised when a worker writes to an attempt that another worker owns now."""


class InfrastructureError(GraderError):
    """Raised when an attempt fails through no fault of the submission."""


class ExerciseUnknownError(InfrastructureError):
    """Raised when a submission is for an exercise that is not installed here."""


class ReaderError(InfrastructureError):
    """Raised when the process that reads files is ended, and not by the file."""


class RunDivergedError(InfrastructureError):
    """Raised when what was told from the store is not what is trained; it is dropped by then."""


class SandboxError(InfrastructureError):
    """Raised when a box cannot be started or watched."""


class TrainerError(InfrastructureError):
    """Raised when the trainer dies or breaks its protocol."""


class TrainerLimitError(TrainerError):
    """Raised when the trainer meets a limit of its own, which it would in every other try."""
