"""The public pages of a shop into products with their photos: product lists, else its sitemap and structured data.

Knows no catalogue; imports fetch alone.
"""
