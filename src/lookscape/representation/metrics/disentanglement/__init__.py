"""How well single latents stand for single factors.

With a table of true factors: `mig`, `dci`, `factor_vae`, `sap`. Without one: `udr`, between several trained models.
All take N x D latents, one row per product, and none can tell a good model from a lucky table: factors that go
together in the catalogue (a brand and its colours) cannot be told apart by any of them.
"""
