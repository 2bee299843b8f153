"""The published addresses: each names what it accepts and calls one function of the domain."""
