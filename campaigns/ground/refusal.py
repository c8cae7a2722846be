"""How the house says no: one sentence the user will read."""


class NotAllowed(Exception):
    """An act the rules refuse. `str(error)` is the Chinese sentence for the user; shown as it is."""


class Gone(NotAllowed):
    """What the row still speaks of is no longer there: answered as not found, with its sentence."""


class Changed(NotAllowed):
    """Somebody else was quicker: the row is no longer what the page showed."""
