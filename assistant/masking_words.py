"""Names and street addresses as visitors write them, found by the words around them.

Some are missed, and now and then an innocent word goes along: hence the question marks in the tokens.
"""

from __future__ import annotations

import re

ADDRESS = "[adress?]"
NAME = "[namn?]"

_NO_NAME = """
och jag men som från är har undrar vill kan med på i till er alla inte så din dig du ni hur vad kanske också min mitt
mig det den att hej tack snälla
and but from is am have has would want to for in on the a you your not with who also because it my what how please
""".split()
_ENDS = rf"(?!(?i:{'|'.join(_NO_NAME)})(?!\w))"
_ANY_WORD = rf"{_ENDS}[^\W\d_][\w'’-]{{0,30}}"
_CAPITAL_WORD = rf"{_ENDS}[A-ZÅÄÖÉÜ][\w'’-]{{0,30}}"
_LAST_WORD = rf"{_ANY_WORD}(?=\s{{0,3}}(?:$|[.,!?;:)(\n]|(?i:{'|'.join(_NO_NAME)})(?!\w)))"
_PERSON = rf"{_ANY_WORD}(?:[ \t]{_CAPITAL_WORD}){{0,3}}(?:[ \t]{_LAST_WORD})?"
"""A first word however it is written, further ones with a capital, or a last one before the clause ends."""

_CALLED = re.compile(
    r"(?<!\w)((?i:jag heter|heter jag|mitt namn är|mitt (?:för|efter)namn är|jag kallas|namn:|my name is|my name['’]s|"
    rf"i['’]?m called|i am called|name:)\s{{1,3}}){_PERSON}"
)
_SIGNED = re.compile(
    r"(?<!\w)((?i:m\.?v\.?h\.?|(?:med )?vänliga? hälsning(?:ar)?|(?:många |varma )?hälsningar|"
    r"vänligen(?=\s?[,\n]|\s(?-i:[A-ZÅÄÖ])[\w-]{1,30}\W{0,3}$)|(?:best |kind |warm )?regards|"
    r"sincerely|best wishes)[\s,.!/–-]{1,4}(?i:(?:från|from) )?)"
    rf"{_PERSON}"
)
_RELATIVE = re.compile(
    r"(?<!\w)((?i:(?:min|mitt|vår|vårt|my|our)\s(?:son|dotter|man|fru|make|maka|sambo|mamma|pappa|bror|syster|barn|"
    r"mormor|farmor|morfar|farfar|husband|wife|partner|daughter|mum|mother|father|dad|brother|sister))\s)"
    r"[A-ZÅÄÖ][a-zåäöé]{2,30}(?:\s[A-ZÅÄÖ][a-zåäöé]{2,30})?(?![\w-])"
)
_BESIDE_NUMBER = re.compile(
    rf"(?<!\w){_CAPITAL_WORD}(?:[ \t]{_CAPITAL_WORD}){{1,2}}"
    r"(?=[,;]?[ \t]{1,2}\(?\[(?:personnummer|födelsedatum)\])"
)
"""A first and a last name right before the number that belongs to them."""

_STREET_ENDS = "gatan|gata|vägen|väg|gränden?|torget|torg|allén?|stigen|stig|esplanaden|slingan|backen|parken"
_UNIT = "km|m|mil|meter|gånger|ggr|dagar|dgr|veckor|v|månader|mån|år|min|minuter|timmar|mg|µg|kg|g|av|till|times|days"
_HOUSE = rf"\s\d{{1,4}}(?![\d%]|[.,]\d)(?:\s?[A-Za-zÅÄÖ](?!\w))?(?!\s?(?:{_UNIT})(?!\w))"
_FLAT = r"(?:,?\s(?i:lgh|lägenhet|apt|port)\.?\s?\d{1,4})?"
_TOWN = r"(?:[Ss][Ee]?-)?\d{3}\s?\d{2}\s[^\W\d_][\w-]{1,30}"
_CAPITALS = r"(?:[A-ZÅÄÖ][\w.:]{0,29}\s){1,3}"
_STREET = re.compile(
    rf"(?<!\w)(?:{_CAPITALS}(?i:{_STREET_ENDS})|(?:{_CAPITALS})?[^\W\d_]{{2,40}}(?:{_STREET_ENDS}))"
    rf"{_HOUSE}{_FLAT}(?:[,\s]{{1,3}}{_TOWN})?"
)
_POSTED = re.compile(
    rf"(?<!\w)[A-ZÅÄÖ][\w.:-]{{1,30}}(?:\s[A-ZÅÄÖ][\w.:-]{{1,30}})?\s\d{{1,4}}(?:\s?[A-Z])?{_FLAT},\s?{_TOWN}"
)
_POSTCODE = re.compile(
    r"(?<!\w)(?:[Ss][Ee]?-\d{3}\s?\d{2}(?!\d)(?:\s[A-ZÅÄÖ][\w-]{1,30})?"
    rf"|(?<=bor i )\d{{3}}\s?\d{{2}}(?!\d)(?:\s[A-ZÅÄÖ][\w-]{{1,30}})?|(?<=bor på ){_TOWN})"
)
_POSTCODE_NAMED = re.compile(
    r"(?<!\w)((?i:postnummer|postnr|postnumret|postcode|zip code)[\s:]{1,3}(?i:är |is )?)\d{3}\s?\d{2}(?!\d)"
)
_ENGLISH_STREET = re.compile(
    r"(?<![\w.,])\d{1,5}[A-Za-z]?\s(?:[A-Z][a-z']{1,20}\s){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Close|Court|Crescent|Square)\b"
)


def mask_words(text: str) -> str:
    """``text`` with likely addresses and names replaced."""
    for address in (_POSTED, _STREET, _ENGLISH_STREET, _POSTCODE):
        text = address.sub(ADDRESS, text)
    text = _POSTCODE_NAMED.sub(rf"\g<1>{ADDRESS}", text)
    for name in (_CALLED, _SIGNED, _RELATIVE):
        text = name.sub(rf"\g<1>{NAME}", text)
    return _BESIDE_NUMBER.sub(NAME, text)
