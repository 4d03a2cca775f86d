"""Takes personal data out of what a visitor wrote, before any of it is kept.

What has a firm shape is replaced wherever it stands: personal identity and coordination numbers in all writings,
phone numbers, e-mail, web addresses with a query, bank accounts and cards, long numbers. The shape is enough,
since a wrong check digit may be a slip of the keys. Names and addresses are found by likely wordings only, so
masked text may still be personal and is kept for a limited time.

Values, doses, years, dates and the numbers of public services (112, 1177, 113 13) stay. Every expression reads
a text in time linear in its length.
"""

from __future__ import annotations

import re

from assistant.masking_words import mask_words

PERSONAL_NUMBER = "[personnummer]"
BIRTH_DATE = "[födelsedatum]"
PHONE = "[telefon]"
EMAIL = "[e-post]"
LINK = "[länk]"
BANK = "[bankkonto]"
CARD = "[kortnummer]"
NUMBER = "[nummer]"

_TOKEN = re.compile(
    r"\[(?:personnummer|födelsedatum|telefon|e-post|länk|bankkonto|kortnummer|nummer|adress\?|namn\?)\]"
)
_MOST_ROUNDS = 8
_PUBLIC = {"0104566700", "46104566700", "0771117700", "46771117700", "116117", "116123"}
"""Giftinformation, 1177 from abroad, and European help lines: anyone may write them."""
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_ROUND = "00000"
"""A long number that ends so is a count, as of bacteria in a capsule."""

_DASH = r"\-‐‑‒–—−"
_GAP = rf"[\s{_DASH}+./]{{0,3}}"
_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
_NEW = r"(?<!\d)(?<!\d[.,])"
_PERSONAL = re.compile(
    rf"{_NEW}(?:(?:18|19|20)\s?)?\d\d{_GAP}{_MONTH}{_GAP}{_DAY}{_GAP}\d\d\s?\d\d(?!\d|-\d\d-\d\d(?!\d))"
)
_DATE_AND_VALUE = re.compile(r"\d{4}-\d\d-\d\d\s+\d{4}")
_SPELT_OUT = re.compile(rf"{_NEW}(?<!\d[ {_DASH}])\d(?:[ {_DASH}.]\d(?!\d)){{9,11}}")
_BIRTH = re.compile(
    r"\b((?:född|födelsedatum|födelsedag|born|birth ?date|birthday|date of birth|dob)\b[^\d\n\[]{0,12})"
    r"(?:\d{6}|\d{8}|\d{2,4}[-./ ]\d\d?[-./ ]\d\d|\d\d?[-./ ]\d\d?[-./ ]\d{2,4}|\d\d? [a-zåäö]{3,9}\.? \d{4})(?!\d)",
    re.IGNORECASE,
)

_APART = rf"[\s{_DASH}/]{{0,3}}"
_PHONE = re.compile(
    rf"{_NEW}(?:(?:\+\s?|00\s?)[1-9]\d{{0,2}}(?:[\s{_DASH}./]{{0,2}}\(?\d\)?){{6,12}}"
    rf"|\(?0[1-9]\d{{0,2}}\)?(?:{_APART}\d){{5,9}}"
    rf"|07\d\.\d{{3}}\.\d\d\.\d\d|467\d(?:{_APART}\d){{7}}"
    rf"|(?:\(\d{{3}}\)\s?|\d{{3}}[{_DASH}.])\d{{3}}[{_DASH}.]\d{{4}})(?!\d|[.,]\d)"
)
_A_DATE = re.compile(r"\d\d?[-./ ]\d\d?[-./ ](?:\d{4}|\d\d)(?!\d)")
_THOUSANDS = re.compile(r"\d{3}(?:\s\d{3})+")

_IBAN = re.compile(
    r"\b(?:[A-Z]{2}\d{2}[ -]?(?:[A-Z]{4}[ -]?)?(?:\d{4}[ -]?){2,6}\d{1,4}|[A-Z]{2}\d{2}[A-Z0-9]{11,30})(?![^\W_])",
    re.IGNORECASE,
)
_CARD = re.compile(rf"(?<!\d)(?:(?:\d{{4}}[ {_DASH}]?){{3}}\d{{1,7}}|\d{{4}}[ {_DASH}]\d{{6}}[ {_DASH}]\d{{5}})(?!\d)")
_LONG = re.compile(rf"{_NEW}\d{{8,}}(?![.,]?\d)")
_COMPACT_DATE = re.compile(rf"(?:19|20)\d\d{_MONTH}(?:0[1-9]|[12]\d|3[01])")
_REFERENCE = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]++(?:@\w[\w.-]*+"
    r"|\s?(?:@|\(at\)|\[at\]|snabel-?a)\s?\w[\w-]*+(?:\s?(?:\.|\(dot\)|\bpunkt\b)\s?\w++){1,4})",
    re.IGNORECASE,
)
_RUN = re.compile(r"\S+")
_WEB = re.compile(r"https?://|www\.", re.IGNORECASE)
_QUERY = re.compile(r"[?#&;@][^\s\[\]?#.,!)]")


def _labelled(words: str, number: str = rf"\d[\d ,.{_DASH}/]{{3,40}}\d") -> re.Pattern[str]:
    """A number whose meaning a word shortly before it tells; group 1 is what stays."""
    return re.compile(rf"\b((?:{words})\b[^\d\n\[]{{0,20}})({number})", re.IGNORECASE)


_LABELLED_BANK = _labelled(
    "kontonummer|bankkonto|konto(?:t|nr)?|clearing(?:nummer)?|bankgiro|plusgiro|account number|sort code"
)
_LABELLED_PERSONAL = _labelled("person-?(?:nummer|nr)|pnr|samordningsnummer|personal identity number|social security")
_LAST_FOUR = _labelled("fyra sista(?: siffrorna)?|sista fyra(?: siffrorna)?|last four(?: digits)?", r"\d{4}(?!\d)")
_LABELLED_PHONE = _labelled(
    r"tel(?:efon|nr|efonnummer)?|mobil(?:en|nr|nummer)?|ring mig|sms:?a mig|nås på|mitt nummer|phone|call me|text me|"
    r"my number",
    rf"\+?\d(?:[ {_DASH}/]{{0,3}}\d){{5,14}}",
)


def mask(text: str) -> str:
    """``text`` with personal data replaced by tokens in brackets; masking it again changes nothing."""
    text = _OTHER_DIGIT.sub(lambda match: str(int(match.group())), text.translate(_INVISIBLE))
    for _ in range(_MOST_ROUNDS):
        masked = mask_words(_mask_numbers(_mask_web(text)))
        if masked == text:
            break
        text = masked
    return text


def without_tokens(text: str) -> str:
    """Masked text as it can be searched for: the tokens left out, and no double spaces."""
    return " ".join(_TOKEN.sub(" ", text).split())


def _mask_web(text: str) -> str:
    return _EMAIL.sub(EMAIL, _RUN.sub(_link, text))


def _mask_numbers(text: str) -> str:
    text = _REFERENCE.sub(NUMBER, text)
    text = _IBAN.sub(BANK, text)
    text = _LABELLED_BANK.sub(rf"\g<1>{BANK}", text)
    for labelled in (_LABELLED_PERSONAL, _LAST_FOUR):
        text = labelled.sub(rf"\g<1>{PERSONAL_NUMBER}", text)
    text = _PERSONAL.sub(_personal, text)
    text = _SPELT_OUT.sub(_spelt_out, text)
    text = _CARD.sub(lambda match: CARD if _luhn(_digits(match)) else match.group(), text)
    text = _PHONE.sub(_phone, text)
    text = _LABELLED_PHONE.sub(_labelled_phone, text)
    text = _BIRTH.sub(rf"\g<1>{BIRTH_DATE}", text)
    return _LONG.sub(_long, text)


def _link(run: re.Match[str]) -> str:
    """An address with a query or fragment, or who is logged in, from where it begins; other text as it is."""
    text = run.group()
    begins = _WEB.search(text)
    if begins and _QUERY.search(text, begins.end()):
        return text[: begins.start()] + LINK
    bare = text.find("?")
    return LINK if 0 < text.find("/") < bare < text.find("=", bare) else text


def _personal(match: re.Match[str]) -> str:
    """A sample's date with a value after it looks the same, and so do many mobiles; there the check digit decides."""
    text = match.group()
    ambiguous = _DATE_AND_VALUE.fullmatch(text) or (text.startswith("07") and _PHONE.fullmatch(text))
    return text if ambiguous and not _luhn(_digits(match)[-10:]) else PERSONAL_NUMBER


def _spelt_out(match: re.Match[str]) -> str:
    return PERSONAL_NUMBER if _PERSONAL.fullmatch(_digits(match)) else match.group()


def _phone(match: re.Match[str]) -> str:
    found, before = match.group(), match.string[: match.start()][-2:]
    in_thousands = _THOUSANDS.fullmatch(found) and before[:1].isdigit() and before[1:].isspace()
    public = _digits(match) in _PUBLIC
    return found if public or in_thousands or _A_DATE.match(found) else PHONE


def _labelled_phone(match: re.Match[str]) -> str:
    number = match.group(2)
    kept = re.sub(r"\D", "", number) in _PUBLIC or _A_DATE.match(number) or _COMPACT_DATE.fullmatch(number)
    return match.group() if kept else match.group(1) + PHONE


def _long(match: re.Match[str]) -> str:
    number = match.group()
    return number if number.endswith(_ROUND) or _COMPACT_DATE.fullmatch(number) else NUMBER


def _digits(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match.group())


def _luhn(digits: str) -> bool:
    """Whether the last digit checks the others, as in ISO/IEC 7812 and personal identity numbers."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
