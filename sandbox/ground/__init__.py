"""What every stand-in company needs: a clock that tests can move, switches, injected faults, webhook delivery."""
