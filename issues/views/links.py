"""Addresses a page offers besides its own."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from campaigns.ground.table import query_without_page


def export_address(kind: str, query: str) -> str:
    """The download centre, asked for `kind` with the filters of `query`."""
    return f"{reverse('export_list')}?kind={kind}&{query}".rstrip("&")


def export_url(request: HttpRequest, kind: str) -> str:
    """Where the rows shown are exported (KIND of contract §2); empty as long as there is no download centre."""
    try:
        return f"{reverse('export_list')}?kind={kind}&{query_without_page(request)}".rstrip("&")
    except NoReverseMatch:
        return ""
