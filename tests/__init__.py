"""The tests; a package so that they can share examples and servers."""
