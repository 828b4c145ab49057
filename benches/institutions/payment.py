"""One payment, as all three institutions keep it until it is written.

Comes in: values in the institution's own terms. Goes out: a mutable record. Refuses: nothing; the institutions answer for
their values.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Payment:
    """A payment; `spender` and `account` are names, indexes or objects, as the institution likes."""

    day: int  # ordinal
    minute: int  # of the day
    spender: object
    account: object
    vendor: int  # index into the institution's vendor tables
    text: str
    amount: int  # won; negative for money that came back
    card: int  # 1 for the corporate card, 0 for a transfer
    project: str = ""
    kind: str = ""  # the stream it comes from
    label: str = ""  # the family when planted, else empty
    contract: int = 0  # number of the contract or, where the institution says so, of the shared document
