"""Classifiers of one attribute, fine-tuned from any backbone: the only networks that learn from labels.

They are trained by the loop of `representation.training` and judged on splits of `representation.splits`. May import
`representation` and below; knows no index, no tool.
"""
