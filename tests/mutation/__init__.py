"""Changes the source in small ways, one at a time, to see the tests notice."""
