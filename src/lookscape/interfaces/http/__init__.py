"""The HTTP interface: every tool as an endpoint, photos as images, and the studio's pages."""
