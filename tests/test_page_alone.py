"""The page of one unit that the briefing's command writes: a file that needs no other."""

import base64
import hashlib

from helpers import contents, run
from lxml import html
from made import real

from analysis.measure.results import measure
from analysis.publish.site.page_alone import page_alone


def test_the_page_beside_a_briefing_is_read_by_itself(tmp_path):
    out, page = tmp_path / "kent.pdf", tmp_path / "kent.html"
    done = run("brief", "--unit", "kent", "--out", out, "--page", page)
    assert done.returncode == 0 and str(page) in done.stdout, done.stderr
    root = html.parse(page).getroot()
    # Nothing is fetched, and no link leads to a file that is not there.
    assert not root.xpath("//script | //link | //img | //iframe")
    places = {name.get("id") for name in root.xpath("//*[@id]")}
    links = [link.get("href") for link in root.xpath("//a[@href]")]
    assert len(links) > 20
    assert not [to for to in links if not to.startswith("https://") and to[1:] not in places]
    style = root.xpath("//style")[0].text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in root.xpath("//meta[@http-equiv]")[0].get("content")
    # All that must be said stands on it, and what is not in it.
    text = " ".join(root.text_content().split())
    assert "This is a draft." in text and "This file is one page of a site." in text
    notices = real()["notices"]
    for notice in notices.loc[notices["scope"] == "study", "text"]:
        assert notice in text


def test_the_page_beside_a_briefing_leads_to_the_site_where_it_has_an_address():
    study = real()
    address = "https://example.org/safe/"
    settings = study.settings.model_copy(update={"site_address": address})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    object.__setattr__(study, "descriptor", descriptor)
    page = html.fromstring(page_alone(measure(study), "kent"))
    links = [link.get("href") for link in page.xpath("//a[@href]")]
    for place in ("", "index.html", "forces/index.html", "compare.html", "cite.html#page.reply"):
        assert f"{address}{place}" in links
    assert not [to for to in links if not to.startswith(("https://", "#"))]


def test_the_briefing_is_not_written_where_its_page_cannot_be(tmp_path):
    page = tmp_path / "kent.html"
    page.write_text("work")
    done = run("brief", "--unit", "kent", "--out", tmp_path / "kent.pdf", "--page", page)
    assert done.returncode == 1 and "may hold work" in done.stderr
    done = run("brief", "--out", tmp_path / "all", "--page", tmp_path / "all.html")
    assert done.returncode == 1 and "name the unit with --unit" in done.stderr
    assert list(contents(tmp_path)) == ["kent.html"] and page.read_text() == "work"
