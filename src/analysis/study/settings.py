"""The settings of a study: the part ``study`` of its descriptor."""

import datetime as dt
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from analysis.study.dates import whole_day
from analysis.wording import with_article

Text = Annotated[str, Field(min_length=1)]


def _day(text: Any) -> dt.date:
    # Pydantic would take a bare number for seconds since 1970.
    try:
        return whole_day(text)
    except (TypeError, ValueError):
        raise ValueError("it is not a date: write YYYY-MM-DD") from None


def _ratio(number: object) -> Fraction:
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        raise ValueError("it should be a number")
    if not math.isfinite(number):
        raise ValueError("it must be a finite number")
    return Fraction(str(number))  # through its decimal text, so that 0.1 means one tenth


def _one_line_text(text: str) -> str:
    if len(text.splitlines()) > 1:
        raise ValueError("it holds a line break, and stands within a sentence")
    return text.strip().rstrip(".")


Words = Annotated[str, AfterValidator(_one_line_text)]
"""Words that are put into a sentence of a letter."""


def _checked_factor(factor: Fraction) -> Fraction:
    if factor < Fraction(1, 1_000_000):
        raise ValueError("it should be 0.000001 or more")
    return factor


Whole = Annotated[int, Field(strict=True)]
"""A whole number; true and false are refused."""
Day = Annotated[dt.date, BeforeValidator(_day)]
Ratio = Annotated[Fraction, BeforeValidator(_ratio)]


def _site_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s?#]", text):
        raise ValueError(
            "it is not the address of a folder on the web: write it whole, such as"
            " https://example.org/study/site/"
        )
    return text.rstrip("/") + "/"


SiteAddress = Annotated[str, AfterValidator(_site_address)]
"""The address of the site’s folder, with a slash at its end."""


class Setting(BaseModel):
    """A part of a descriptor; keys that are not described here are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitNoun(Setting):
    """What a unit is called."""

    singular: Text
    plural: Text

    @property
    def both(self) -> tuple[str, str]:
        """The noun for one, and for many."""
        return self.singular, self.plural


class Report(Setting):
    """The report with which the units are compared."""

    title: Text
    date: Day
    publisher: Text
    source_id: str


class CompareDate(Setting):
    """A date whose results are shown beside today's."""

    date: Day
    label: Text


class Display(Setting):
    """How results are shown: scores, on 0 to 100, are rounded once, by one rule.

    ``faces`` names the typefaces of pictures and PDFs for letters that our own does not have: files
    in the study's folder, or families that are installed.
    """

    decimals: Whole = Field(ge=0, le=6)
    rounding: Literal["half_up", "half_even"]
    faces: tuple[Text, ...] = ()


class WeightBox(Setting):
    """The weight intervals: lowest and highest factor on the raw weights below some nodes."""

    lowest_factor: Annotated[Ratio, Field(gt=0, le=1), AfterValidator(_checked_factor)]
    highest_factor: Annotated[Ratio, Field(ge=1, le=1_000_000)]
    nodes: tuple[str, ...]


def _calendar(code: str) -> str:
    import holidays  # imported here, since most studies name no calendar

    country, _, part = code.partition("-")
    try:
        holidays.country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        raise ValueError(
            "no calendar of holidays is known by this code: write a country, or a country and its"
            " part, such as AT or CA-ON (ISO 3166)"
        ) from None
    return code


Calendar = Annotated[str, AfterValidator(_calendar)]


class Law(Setting):
    """A law under which information is asked for, in the words in which a letter cites it.

    Attributes:
        countries: the countries of the units that it covers, as in units.csv; none: all others.
        name: the name of the law.
        addressee: the person in a body to whom a request is addressed.
        request: the sentence by which a letter becomes a request under it.
        refusal: what the letter asks for if part of the request is refused.
        cost: what the letter asks for if answering all of it would cost too much.
        time: the sentence on the time limit.
        days: the time limit in days after the day of receipt; ``None``: no due date is computed.
        review_days: the limit of an internal review, in the same days; ``None``: not stated.
        count: whether those are working days, or days of the calendar.
        holidays: the calendars whose holidays are not working days, such as ``CA-ON``.
    """

    countries: tuple[Text, ...] = ()
    name: Text
    addressee: Words = ""
    request: Text
    refusal: str = ""
    cost: str = ""
    time: str = ""
    days: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    review_days: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    count: Literal["working", "calendar"] = "working"
    holidays: tuple[Calendar, ...] = ()

    @model_validator(mode="after")
    def _check_counting(self) -> "Law":
        if (self.days or self.review_days) and self.count == "working" and not self.holidays:
            raise ValueError("working days are counted, and holidays names no calendar")
        if bool(self.days) != bool(self.time):
            raise ValueError("days and time go together: the number, and the sentence that says it")
        return self


class RequestSettings(Setting):
    """The subject of requests for information, and the laws under which they are made."""

    about: Words = ""
    laws: tuple[Law, ...] = ()

    @field_validator("laws")
    @classmethod
    def _check_countries(cls, laws: tuple[Law, ...]) -> tuple[Law, ...]:
        covered = [
            country
            for law in laws
            for country in law.countries or ("every country that no other names",)
        ]
        for country in covered:
            if covered.count(country) > 1:
                raise ValueError(f"two laws cover {country}")
        return laws

    def law(self, country: str) -> Law | None:
        """Return the law that covers a country; ``None``: no law does."""
        others = next((law for law in self.laws if not law.countries), None)
        return next((law for law in self.laws if country in law.countries), others)


class PersonSettings(Setting):
    """The persons about whom nothing personal may be said.

    Attributes:
        called: the phrase for such a person in a sentence, with its article.
        words: words for one such person, in addition to those for anyone.
        services: words that, after one of those words, make it the name of a service.
        events: verbs, in the past tense, of what happens to such a person somewhere.
    """

    called: Text = "a private person"
    words: tuple[Text, ...] = ()
    services: tuple[Text, ...] = ()
    events: tuple[Text, ...] = ()


class Settings(Setting):
    """The settings of a study.

    ``site_address`` is the web address of the folder ``site``; ``None``: not known yet.
    """

    status: Literal["draft", "checked"]
    contact: Text
    unit_noun: UnitNoun
    report: Report
    coders: Text
    compare_dates: tuple[CompareDate, ...]
    display: Display
    aggregation: Literal["tree", "pooled"] = "tree"
    weight_box: WeightBox
    requests: RequestSettings = RequestSettings()
    persons: PersonSettings = PersonSettings()
    site_address: SiteAddress | None = None

    @property
    def is_draft(self) -> bool:
        """Whether the results must be marked as a draft."""
        return self.status == "draft"

    @property
    def draft_mark(self) -> str:
        """The mark on every page and sheet of a draft; empty for a checked study."""
        if not self.is_draft:
            return ""
        noun = with_article(self.unit_noun.singular)
        return (
            f"DRAFT, not yet checked by named researchers: not to be used to name {noun} in public."
        )
