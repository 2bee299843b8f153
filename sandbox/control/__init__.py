"""The hand on the machine: a JSON API for tests and a page for people, over the company and its switches."""
