"""Where a trained classifier looks, what its filters respond to, and whether an explanation is what it goes by.

The methods themselves are files of `classifiers.saliency`. May import `classifiers.network` and `representation`.
"""
