"""The studio: what a page is, the frame around it, its filters, forms and words. The pages are files of `pages/`.

Pages import from here; nothing here imports a page, the registry finds them.
"""
