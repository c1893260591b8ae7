"""The one family of errors: a template with named fields, and the next step as a hint."""

from landbalance.core.addresses import without_secrets


class LandbalanceError(Exception):
    """Say what went wrong, with which value, what was expected and what to do next; addresses lose their secrets.

    Parameters
    ----------
    template : str
        Message with named fields, such as "{path} is not a raster"; kept whole so that an edge can translate it.
    hint : str
        The next step for the person who reads it.
    **fields : object
        Values of the named fields.

    Examples
    --------
    >>> str(LandbalanceError("{path} has {found} bands", path="a.tif", found=3, hint="name 4 years"))
    'a.tif has 3 bands: name 4 years'
    """

    def __init__(self, template: str, *, hint: str = "", **fields: object) -> None:
        self.template = template
        self.hint = hint
        self.fields = fields
        super().__init__(template, hint, fields)

    def __str__(self) -> str:
        message = self.template.format(**self.fields)
        return without_secrets(f"{message}: {self.hint.format(**self.fields)}" if self.hint else message)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.template, self.hint, self.fields, dict(self.__dict__))


class InputError(LandbalanceError):
    """A file, value or setting that a person gave cannot be used."""


class DiskError(InputError):
    """A file cannot be written: the disk is full, or the folder refuses; the same request may succeed later."""


class NotFoundError(LandbalanceError):
    """Something that was named does not exist."""


class RuleError(LandbalanceError):
    """The request breaks a rule of the method or of a record's life."""


class AccessError(LandbalanceError):
    """The actor may not do this."""


class SourceError(LandbalanceError):
    """An outside source failed.

    Parameters
    ----------
    retryable : bool
        Whether the same request may succeed later.
    """

    def __init__(self, template: str, *, retryable: bool, hint: str = "", **fields: object) -> None:
        super().__init__(template, hint=hint, **fields)
        self.retryable = retryable


def _rebuild(
    kind: type[LandbalanceError], template: str, hint: str, fields: dict[str, object], state: dict[str, object]
) -> object:
    """Rebuild an error that crossed a process boundary."""
    error = kind.__new__(kind)
    LandbalanceError.__init__(error, template, hint=hint, **fields)
    error.__dict__.update(state)
    return error
