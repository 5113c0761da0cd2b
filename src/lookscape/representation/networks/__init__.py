"""What models are put together from: layers, pairs of networks, critics, priors, losses, backbones by name.

Torch modules and pure functions of tensors. May import `metrics` and the protocols; knows no model, no training.
"""
