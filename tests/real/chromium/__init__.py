"""Asks a real browser what it makes of CORS, cell by cell."""
