"""Our broker beside others: what Benchmarks/run is made of."""
