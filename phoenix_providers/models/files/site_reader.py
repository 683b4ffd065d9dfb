"""The site file, in either spelling."""

from __future__ import annotations

from dataclasses import replace

from phoenix_providers.models.file_content import NewContent
from phoenix_providers.models.files.positions import Document
from phoenix_providers.models.files.validation import Context, readable, validated
from phoenix_providers.models.near_miss import is_comment
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.site import SiteFile


def read_site(document: Document, *, old_spelling: bool) -> tuple[SiteFile | None, Document, list[Problem]]:
    """Return the site as far as it can be read, the document to that extent, and every problem.

    The document has been through `lift_firewall`.
    """
    site, problems = validated(SiteFile, document.data, (), Context(document, tolerant=old_spelling))
    portainer = document.data.get("portainer_api")
    if isinstance(portainer, dict) and portainer.get("admin_password"):
        problems.append(_plain_password(document))
    if site is None:
        site, document = readable(SiteFile, document)
    return site, document, problems


def lift_firewall(document: Document, *, old_spelling: bool) -> Document:
    """Bring `shared_volumes.firewall` of existing files to the top, with its places.

    Some revisions of existing files have it at the top already. Where both stand, the one of the file's own spelling
    counts.
    """
    shared, there = document.data.get("shared_volumes"), document.place_of("shared_volumes", "firewall")
    if not isinstance(shared, dict) or there is None:
        return document
    # Keys with nothing behind them are no firewall, but have to be told.
    if not shared["firewall"] and all(map(is_comment, there.blanks)):
        return document
    if "firewall" in document.data and not old_spelling:
        return document
    place = replace(there, step="shared_volumes.firewall")
    data: NewContent = {**document.data, "firewall": shared["firewall"]}
    children = {**document.place.children, "firewall": place}
    return replace(document, data=data, place=replace(document.place, children=children))


def _plain_password(document: Document) -> Problem:
    return Problem(
        "the Portainer password stands in the configuration in plain text",
        document.locate("portainer_api", "admin_password"),
        Severity.WARNING,
        seen="a password (not shown)",
        expected="a secret of the Pulumi stack",
        next_step="pulumi config set --secret phoenix:portainerPassword, then remove it from the file and change it",
    )
