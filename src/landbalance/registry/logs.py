"""Log lines that stay one line each, whatever a name brings in."""

import logging


class OneLine(logging.Formatter):
    """A formatter that shows control characters as they are written in code."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line; a traceback follows it, as always."""
        plain = super().format(record)
        head, *trace = plain.split("\nTraceback (most recent call last):", 1) if record.exc_info else (plain,)
        shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in head)
        return "\nTraceback (most recent call last):".join([shown, *trace])
