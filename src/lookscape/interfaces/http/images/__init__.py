"""Images drawn or made smaller when somebody looks: photos, findings, heat maps, decoded latents, clusters.

One router each. May import `services`, `engine` and below, and `photos` for headers that all share.
"""
