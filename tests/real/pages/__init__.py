"""Pages as frameworks and products write them, and a browser that loads them under a policy.

The markup is a replica: the parts that a Content Security Policy decides about, at hosts that do
not exist. Nothing here goes to the network.
"""

from . import documents, frameworks, products, widgets

# What CI loads; the rest is loaded with --all.
CORE = ("rails", "wordpress", "next", "vite", "swagger", "dashboard", "django-admin", "cloud-login")

PAGES = frameworks.PAGES | products.PAGES | widgets.PAGES | documents.PAGES
SCRIPTS = frameworks.SCRIPTS | products.SCRIPTS | widgets.SCRIPTS | documents.SCRIPTS
