"""Lists as files: which columns each list has, and how they are written as CSV and XLSX.

A file holds the rows of the list it was asked from, whole and in its order: the views hand over
the list's own query, so filters, day and rights cannot differ. Wrapping a file in a response is
views/exports.py.
"""
