"""Money: an integer of minor units and an ISO 4217 currency, never a fraction and never two currencies added together.

How many decimals a currency has is ISO 4217's, not ours: 1250 is 12.50 in EUR, 1,250 in JPY and 1.250 in KWD.
"""

from typing import Annotated

import iso4217
from pydantic import AfterValidator, Field

# PostgreSQL's bigint holds sums of a million amounts of this size.
MOST_MINOR_UNITS = 1_000_000_000_000

# List three: withdrawn since 2023. What was paid before still counts in the currency in which it was paid.
_WITHDRAWN = {"ANG": 2, "BGN": 2, "HRK": 2, "SLL": 2, "ZWL": 2}

# Metals, tests and the like have no minor units, and nobody pays in them.
DECIMALS: dict[str, int] = _WITHDRAWN | {
    currency.code: currency.exponent for currency in iso4217.Currency if currency.exponent is not None
}


def _known(code: str) -> str:
    if code not in DECIMALS:
        raise ValueError("no currency of ISO 4217")
    return code


Currency = Annotated[
    str,
    Field(min_length=3, max_length=3, pattern="^[A-Z]{3}$", examples=["EUR"], description="ISO 4217"),
    AfterValidator(_known),
]
MinorUnits = Annotated[
    int,
    Field(
        ge=0,
        le=MOST_MINOR_UNITS,
        examples=[1250000],
        description="In minor units of the currency, by its number of decimals in ISO 4217: 12,500.00 EUR are 1250000",
    ),
]
Decimals = Annotated[int, Field(ge=0, le=4, examples=[2], description="How many decimals the currency has")]
