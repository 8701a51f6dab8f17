"""Planted holes: thirty ways to forget a permission, and the tests that notice each.

`python3 -m tests.holes` makes each hole in a copy of the source, runs the few tests that must
notice it there, and prints who did. A hole that nobody notices is a test that is missing.
"""
