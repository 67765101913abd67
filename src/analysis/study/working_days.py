"""Working days as the Freedom of Information Act 2000 counts them.

Section 10(6): any day other than a Saturday, a Sunday, Christmas Day, Good Friday or a day that
is a bank holiday in any part of the United Kingdom.
"""

import datetime as dt

import holidays
import numpy as np

_PARTS = ("ENG", "WLS", "SCT", "NIR")
"""Without a part named, the library leaves out the holidays of single parts."""
LIMIT = 20
"""Working days after the day of receipt by which an answer is due: section 10(1)."""


def bank_holidays(years: range) -> list[dt.date]:
    """Return every bank holiday of any part of the United Kingdom, Christmas and Good Friday too."""
    held = {
        day for part in _PARTS for day in holidays.country_holidays("GB", subdiv=part, years=years)
    }
    return sorted(held)


def due_on(received: dt.date, days: int = LIMIT) -> dt.date:
    """Return the last day on which an answer is in time.

    Args:
        received: the day on which the request came, not counted itself; it may be any day.
        days: how many working days there are, at least 1.
    """
    closed = np.array(bank_holidays(range(received.year, received.year + 2)), dtype="datetime64[D]")
    # From a day off, counting begins with the next working day: it is the first, not the noughth.
    day = np.busday_offset(np.datetime64(received), days, roll="backward", holidays=closed)
    return day.astype(dt.date)
