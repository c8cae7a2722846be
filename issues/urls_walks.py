"""Addresses of the walk and matter pages that show what was found."""

from django.urls import path

from issues.views import walks

walk_urls = [
    path("walks/<int:pk>/", walks.walk_detail, name="walk_detail"),
    path("matters/<str:code>/places/", walks.matter_places, name="matter_places"),
    path("matters/<str:code>/", walks.matter_detail, name="matter_detail"),
]
