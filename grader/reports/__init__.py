"""Reports as others read them: a learning platform, a build server, a spreadsheet, a person.

A report is data that we vouch for with words in it that we do not: names, messages and quotations
that a submission could have written. A format gives the data in the reader's terms, and sees to it
that the words stay words, whatever the reader would otherwise take for a formula, a command or
markup. Only `passed` and `failed` are grades; what waits for a human, or failed through our fault,
has no points in any format, not even zero of them.

`formats` names them all.
"""
