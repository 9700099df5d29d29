"""A student, as far as a platform or a roster knows one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Student:
    """Whose work something is; what is not known is empty.

    Attributes:
        name: As it is written, in whatever order.
        id: The number at the university or, for want of one, on the platform.
        login: The name to log in with.
        email: The address.
    """

    name: str = ""
    id: str = ""
    login: str = ""
    email: str = ""

    @property
    def label(self) -> str:
        """What to call the student: the best of what is known."""
        return self.name or self.email or self.login or self.id

    def completed(self, other: Student) -> Student:
        """Return the student with what only `other` knows."""
        return Student(
            self.name or other.name,
            self.id or other.id,
            self.login or other.login,
            self.email or other.email,
        )
