"""Money: an integer of minor units and an ISO 4217 currency, never a fraction and never two currencies added together.

How many decimals a currency has is ISO 4217's, not ours: 1250 is 12.50 in EUR, 1,250 in JPY and 1.250 in KWD.
"""

from typing import Annotated

from pydantic import AfterValidator, Field

# PostgreSQL's bigint holds sums of a million amounts of this size.
MOST_MINOR_UNITS = 1_000_000_000_000

# ISO 4217:2015 list one, as amended up to number 180: the currencies of countries, without metals, funds and tests.
_TWO_DECIMALS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE
    CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
    KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY
    TTD TWD TZS UAH USD UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
# List three: withdrawn since 2023. What was paid before still counts in the currency in which it was paid.
_WITHDRAWN = "ANG BGN HRK SLL ZWL"
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

DECIMALS: dict[str, int] = {
    code: decimals
    for codes, decimals in ((_TWO_DECIMALS + _WITHDRAWN, 2), (_NO_DECIMALS, 0), (_THREE_DECIMALS, 3))
    for code in codes.split()
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
Decimals = Annotated[int, Field(ge=0, le=3, examples=[2], description="How many decimals the currency has")]
