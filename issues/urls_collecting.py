"""Pages of 一键收表, under /collect/."""

from django.urls import path

from issues.views import collecting

collect_urls = [
    path("collect/", collecting.collection_list, name="collection_list"),
    path("collect/<int:pk>/", collecting.collection_detail, name="collection_detail"),
    path("collect/<int:pk>/progress/", collecting.collection_progress, name="collection_progress"),
    path("collect/<int:pk>/look/", collecting.collection_look, name="collection_look"),
    path("collect/<int:pk>/commit/", collecting.collection_commit, name="collection_commit"),
    path("collect/<int:pk>/files/<int:file>/", collecting.collected_file, name="collected_file"),
    path("collect/<int:pk>/files/<int:file>/return/", collecting.collected_return, name="collected_return"),
]
