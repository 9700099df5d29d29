"""Checks: a library that exercises pick from. Each puts one question to the evidence of a kind.

A check is a function of evidence and rubric; its docstring says what holds when it passes. A
finding names what was found and where, then what is asked; the help is one sentence for a student
who reads it at midnight. Nothing is decided by reading the source: once a check has failed,
`grader.hints` looks there for the mistake, and a hint takes the place of the general help.
"""
