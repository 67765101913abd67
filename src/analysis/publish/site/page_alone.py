"""The page of one unit as a single file, with its style embedded and without broken links."""

import base64
import posixpath
from hashlib import sha256
from urllib.parse import quote, urljoin, urlsplit

from lxml import html
from markupsafe import Markup

from analysis.measure.figures import unit_figures
from analysis.measure.results import Results
from analysis.publish.context.units import unit_sections
from analysis.publish.site.page_maker import PageMaker
from analysis.publish.site.unit_pages import unit_pages

_MISSING = Markup(
    '<p class="notes" role="note">This file is one page of a site. The other pages, such as '
    "those of the sources and of the method, are {}.</p>"
)


def page_alone(results: Results, unit: str) -> bytes:
    """Return the page of a unit, given its id, as a file that needs no other file."""
    maker = PageMaker(results, unit_figures(results), [], [])
    unit_pages(maker, unit_sections(results), unit)
    path = maker.at.unit(unit)
    page = html.document_fromstring(maker.files[path].decode())
    _embed_style(page, maker.files["site.css"].decode())
    _redirect_links(page, path, maker.study.settings.site_address or "")
    return str(html.tostring(page, encoding="unicode", doctype="<!doctype html>")).encode()


def _embed_style(page: html.HtmlElement, css: str) -> None:
    """Embed the stylesheet, allow only it in the security policy, and remove the scripts."""
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']")
    allowed = base64.b64encode(sha256(css.encode()).digest()).decode()
    policy.set("content", f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'")
    style = html.Element("style")
    style.text = css
    (sheet,) = page.xpath("//link[@rel='stylesheet']")
    sheet.getparent().replace(sheet, style)
    for script in page.xpath("//script"):
        script.drop_tree()


def _redirect_links(page: html.HtmlElement, path: str, site: str) -> None:
    """Point links to the published site; without a site address, replace them by their text."""
    here = urljoin(site, quote(path))
    for link in page.xpath("//a[@href]"):
        target = urlsplit(link.get("href"))
        if target.scheme or not target.path:
            continue
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target.path))
        if place == path:
            link.set("href", f"#{target.fragment or 'page.main'}")
        elif site:
            link.set("href", urljoin(here, link.get("href")))
        else:
            _unlink(link)
    for menu in page.xpath("//nav[not(.//a[@href][not(@aria-current)])]"):
        menu.drop_tree()
    where = Markup('at <a href="{0}">{0}</a>').format(site) if site else "not in it"
    (heading,) = page.xpath("//h1")
    heading.addnext(html.fragment_fromstring(_MISSING.format(where)))


def _unlink(link: html.HtmlElement) -> None:
    """Replace a link by its text; a list item that has nothing else is removed."""
    around = link.getparent()
    if around.tag == "li" and around.text_content().strip() == link.text_content().strip():
        around.drop_tree()
    else:
        link.drop_tag()
