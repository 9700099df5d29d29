"""Pages to hand back: one file for each submission, and one for the class.

A page is read by a student, kept, printed and mailed on, and holds what students wrote. So it
stands alone: templates put reports, curves and pictures into one file of HTML, which runs nothing
and loads nothing. `handed` is what a page is made of; `submission` and `classroom` are the two
pages, and beside them stands a module for each thing that they show.
"""

from __future__ import annotations

from grader.pages.book import Page, class_pages, one_page
from grader.pages.handed import Asked, Handed

__all__ = ["Asked", "Handed", "Page", "class_pages", "one_page"]
