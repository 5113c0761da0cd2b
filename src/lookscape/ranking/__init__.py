"""From votes about contestants to an order of them, how sure it is, and what to ask next."""
