"""The site: static pages that work from disk, on which every figure links to its sources."""

from analysis.publish.site.pages import site_files, write_site

__all__ = ["site_files", "write_site"]
